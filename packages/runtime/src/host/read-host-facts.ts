import { release } from 'node:os'
import { basename, join } from 'node:path'
import { landlockVersion } from '../sandbox/landlock/restrict.ts'
import { openKernel } from '../sandbox/native/kernel.ts'
import { parseCapabilities } from './capabilities.ts'
import { containerKind } from './container-kind.ts'
import type { HostFacts, RuntimeSocket, Swap } from './host-facts.ts'
import { type HostFiles, hostFiles } from './host-files.ts'
import { findDevices, findHostMounts, findKernelSettings } from './machine-parts.ts'
import { isOnDisk, type Mount, parseMounts } from './mounts.ts'
import {
  isUnitOfMachine,
  namespaceOwner,
  networkNamespaceOwner,
  sharesRoot,
  userNamespaceOwner,
  userOutside,
} from './namespaces.ts'

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

/** Capabilities that this process has or may take; and, where programs may give some, those that none can go beyond. */
const reachableCapabilities = (field: (name: string) => string | undefined): string[] | undefined => {
  const effective = field('CapEff')
  if (effective === undefined) return undefined
  const bounding = field('NoNewPrivs') === '1' ? undefined : field('CapBnd')
  const sets = [effective, field('CapPrm'), bounding].filter((set) => set !== undefined)
  return [...new Set(sets.flatMap(parseCapabilities))]
}

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
  const kernel = setting('kernel/osrelease') ?? release()
  const root = mounts.findLast(({ path }) => path === '/')
  const namespaces = {
    mount: namespaceOwner(files, kernel, 'mnt'),
    pid: namespaceOwner(files, kernel, 'pid'),
    user: userNamespaceOwner(files),
    network: networkNamespaceOwner(files),
  }
  const marks = {
    hasDockerFile: files.exists('/.dockerenv'),
    hasPodmanFile: files.exists('/run/.containerenv'),
    variable: environment.container ?? /(?:^|\0)container=([^\0]*)/.exec(files.text('/proc/1/environ') ?? '')?.[1],
    hasKubernetesService: environment.KUBERNETES_SERVICE_HOST !== undefined,
    cgroup: files.text('/proc/self/cgroup') ?? '',
    // What an engine runs there has a root directory of layers.
    isWindowsSubsystem: /microsoft/i.test(kernel) && root !== undefined && isOnDisk(root),
    isMachineRoot: isUnitOfMachine(files, kernel) || sharesRoot(files, namespaces.pid),
  }
  return {
    platform,
    kernel,
    container: platform === 'linux' ? containerKind(marks, namespaces) : undefined,
    user,
    userOutside: user === undefined ? undefined : userOutside(files, user),
    capabilities: reachableCapabilities(field),
    noNewPrivileges: yesOrNo(field('NoNewPrivs')),
    hasSystemCallFilter: yesOrNo(field('Seccomp')),
    confinement: confinementOf(files),
    namespaces,
    isRootWritable: root?.isWritable,
    hostMounts: findHostMounts(files, mounts),
    runtimeSockets: findSockets(source, mounts),
    devices: findDevices(files, mounts),
    kernelSettings: findKernelSettings(files, mounts),
    processMounts: mounts
      .filter(({ type, root, path }) => type === 'proc' && root === '/' && path !== '/proc')
      .map(({ path }) => path),
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
