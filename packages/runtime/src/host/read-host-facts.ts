import { release } from 'node:os'
import { basename, join } from 'node:path'
import { landlockVersion } from '../sandbox/landlock/restrict.ts'
import { openKernel } from '../sandbox/native/kernel.ts'
import { parseCapabilities } from './capabilities.ts'
import { containerKind } from './container-kind.ts'
import type { HostFacts, HostMount, NamespaceOwner, RuntimeSocket, Swap } from './host-facts.ts'
import { type HostFiles, hostFiles } from './host-files.ts'
import { diskMounts, type Mount, parseMounts } from './mounts.ts'

/** Where facts come from; this machine and this process when nothing is said. */
export interface HostSource {
  readonly files: HostFiles
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly user: number | undefined
  readonly landlock: () => number | undefined
}

const askLandlock = (): number | undefined => {
  try {
    return landlockVersion(openKernel())
  } catch {
    return undefined
  }
}

const thisHost = (): HostSource => ({
  files: hostFiles,
  platform: process.platform,
  environment: process.env,
  user: process.getuid?.(),
  landlock: askLandlock,
})

// The kernel numbers its first namespaces in linux/proc_ns.h. The first mount namespace has a number of its own since
// Linux 6.18 only; before, it was the first to be counted, or the second.
const firstNamespaces: Readonly<Record<'mount' | 'pid', readonly number[]>> = {
  mount: [0xeffffff8, 0xf0000000, 0xf0000001],
  pid: [0xeffffffc],
}

const namespaceOwner = (files: HostFiles, kind: 'mount' | 'pid'): NamespaceOwner => {
  const link = files.link(`/proc/self/ns/${kind === 'mount' ? 'mnt' : kind}`)
  const [number] = /\d+/.exec(link ?? '') ?? []
  if (number === undefined) return 'unknown'
  return firstNamespaces[kind].includes(Number(number)) ? 'host' : 'own'
}

const userNamespaceOwner = (files: HostFiles): NamespaceOwner => {
  const map = files.text('/proc/self/uid_map')?.trim().split(/\s+/).join(' ')
  if (map === undefined) return 'unknown'
  return map === '0 0 4294967295' ? 'host' : 'own'
}

/** The same user as the parent namespace numbers it: the lines of a map are `inside outside count`. */
const userOutside = (files: HostFiles, user: number): number | undefined =>
  (files.text('/proc/self/uid_map') ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([inside = 0, outside = 0, count = 0]) =>
      user >= inside && user < inside + count ? [outside + user - inside] : [],
    )[0]

// A container's own network has no card: what it sees leads out through the machine's.
const networkNamespaceOwner = (files: HostFiles): NamespaceOwner => {
  const devices = files.text('/proc/self/net/dev')
  if (devices === undefined) return 'unknown'
  const cards = [...devices.matchAll(/^\s*(\S+):/gm)].map(([, name = '']) => name)
  return cards.some((card) => files.exists(`/sys/class/net/${card}/device`)) ? 'host' : 'own'
}

const socketNames = ['docker.sock', 'containerd.sock', 'podman.sock', 'crio.sock', 'cri-dockerd.sock', 'buildkitd.sock']

const usualSockets = (user: number | undefined): string[] => {
  const folders = ['', 'containerd/', 'podman/', 'crio/', 'buildkit/', 'k3s/containerd/', `user/${user}/`]
  const named = [...folders, `user/${user}/podman/`].flatMap((folder) =>
    socketNames.map((name) => `/run/${folder}${name}`),
  )
  return [...named, ...socketNames.map((name) => `/var/run/${name}`)]
}

/** Usual places, what the clients' variables name, and mounts of a socket under another name. */
const findSockets = ({ files, environment, user }: HostSource, mounts: readonly Mount[]): RuntimeSocket[] => {
  const named = [environment.DOCKER_HOST, environment.CONTAINER_HOST].flatMap((address) =>
    address?.startsWith('unix://') ? [address.slice('unix://'.length)] : [],
  )
  const mounted = mounts.filter(({ root }) => socketNames.includes(basename(root))).map(({ path }) => path)
  // Usually a link to /run.
  const isLinked = files.link('/var/run') !== undefined
  const real = (path: string): string => (isLinked ? path.replace(/^\/var(?=\/run\/)/, '') : path)
  const paths = new Set([...usualSockets(user), ...named, ...mounted].map(real))
  return [...paths]
    .filter((path) => files.isKind(path, 'socket'))
    .map((path) => {
      const isReachable = files.isWritable(path)
      return { path, isReachable, isReachableByWorker: user === 0 ? files.isWritableByAnybody(path) : isReachable }
    })
}

const findHostMounts = (files: HostFiles, mounts: readonly Mount[]): HostMount[] =>
  diskMounts(mounts).map(({ path, root, isWritable }) => ({
    path,
    shows: root,
    isWritable,
    isSystem: files.exists(join(path, 'etc/passwd')) && files.exists(join(path, 'usr/bin')),
  }))

// Of linux/Documentation/admin-guide/devices.txt: what reads or writes past every mode of a file.
const memoryDevices = ['/dev/mem', '/dev/kmem', '/dev/port']

const findDevices = (files: HostFiles): string[] =>
  [...files.names('/dev').map((name) => `/dev/${name}`), ...memoryDevices]
    .filter((path) => !/\/(loop|ram|zram|nbd)\d+$/.test(path))
    .filter((path) => files.isKind(path, 'block device') || memoryDevices.includes(path))
    .filter((path, index, all) => all.indexOf(path) === index && files.isWritable(path))

const findSwaps = (files: HostFiles): Swap[] =>
  (files.text('/proc/swaps') ?? '')
    .split('\n')
    .slice(1)
    .flatMap((line) => (line === '' ? [] : [line.split(/\s/)[0] ?? '']))
    .map((path) => {
      const device = basename(files.link(path) ?? path)
      const mapped = files.text(`/sys/block/${device}/dm/uuid`) ?? ''
      return { path, isEncrypted: device.startsWith('zram') || mapped.startsWith('CRYPT-') }
    })

const findFlaws = (files: HostFiles): string[] => {
  const directory = '/sys/devices/system/cpu/vulnerabilities'
  return files.names(directory).filter((name) => files.text(join(directory, name))?.startsWith('Vulnerable'))
}

const confinementOf = (files: HostFiles): string | undefined => {
  // AppArmor's text ends with a line feed, SELinux's with a zero byte.
  const label = (files.text('/proc/self/attr/apparmor/current') ?? files.text('/proc/self/attr/current') ?? '').replace(
    /[\0\n]/g,
    '',
  )
  return label === '' || label.startsWith('unconfined') || /:(unconfined|spc)_t:/.test(label) ? undefined : label
}

const yesOrNo = (text: string | undefined): boolean | undefined => (text === undefined ? undefined : text !== '0')

/**
 * Reads what is known of this machine, of the container around this process if there is one, and of the process.
 *
 * @example
 * ```ts
 * readHostFacts().container // 'docker', or undefined on the machine itself
 * ```
 */
export const readHostFacts = (source: HostSource = thisHost()): HostFacts => {
  const { files, platform, environment, user } = source
  const status = files.text('/proc/self/status') ?? ''
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1]
  const setting = (name: string): string | undefined => files.text(`/proc/sys/${name}`)?.trim()
  const mounts = parseMounts(files.text('/proc/self/mountinfo') ?? '')
  const namespaces = {
    mount: namespaceOwner(files, 'mount'),
    pid: namespaceOwner(files, 'pid'),
    user: userNamespaceOwner(files),
    network: networkNamespaceOwner(files),
  }
  const marks = {
    hasDockerFile: files.exists('/.dockerenv'),
    hasPodmanFile: files.exists('/run/.containerenv'),
    variable: environment.container ?? /(?:^|\0)container=([^\0]*)/.exec(files.text('/proc/1/environ') ?? '')?.[1],
    hasKubernetesService: environment.KUBERNETES_SERVICE_HOST !== undefined,
    cgroup: files.text('/proc/self/cgroup') ?? '',
    isWindowsSubsystem: /microsoft/i.test(setting('kernel/osrelease') ?? ''),
  }
  const capabilities = field('CapEff')
  return {
    platform,
    kernel: release(),
    container: platform === 'linux' ? containerKind(marks, namespaces) : undefined,
    user,
    userOutside: user === undefined ? undefined : userOutside(files, user),
    capabilities: capabilities === undefined ? undefined : parseCapabilities(capabilities),
    noNewPrivileges: yesOrNo(field('NoNewPrivs')),
    hasSystemCallFilter: yesOrNo(field('Seccomp')),
    confinement: confinementOf(files),
    namespaces,
    isRootWritable: mounts.findLast(({ path }) => path === '/')?.isWritable,
    hostMounts: findHostMounts(files, mounts),
    runtimeSockets: findSockets(source, mounts),
    devices: findDevices(files),
    mayChangeKernelSettings: files.isWritable('/proc/sys/kernel/core_pattern'),
    ptraceScope: Number(setting('kernel/yama/ptrace_scope') ?? 0),
    allowsUserNamespaces:
      setting('user/max_user_namespaces') !== '0' && setting('kernel/unprivileged_userns_clone') !== '0',
    restrictsUserNamespaces: setting('kernel/apparmor_restrict_unprivileged_userns') === '1',
    landlock: source.landlock(),
    corePattern: setting('kernel/core_pattern'),
    coreLimit: /^Max core file size\s+(\S+)/m.exec(files.text('/proc/self/limits') ?? '')?.[1],
    swaps: findSwaps(files),
    processorFlaws: findFlaws(files),
  }
}
