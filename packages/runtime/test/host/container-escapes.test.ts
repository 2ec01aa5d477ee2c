import { expect, test } from 'vitest'
import { checkContainer, verifyContainer } from '../../src/host/check-container.ts'
import type { HostFacts } from '../../src/host/host-facts.ts'
import { readHostFacts } from '../../src/host/read-host-facts.ts'

// Machines as their files tell of them: what a start is refused for, and what it must not be refused for.

const dockers = '00000000a80425fb'
const everything = '000001ffffffffff'
const none = '0000000000000000'

/** What a process finds around it; what is not said is as `docker run image` has it. */
interface Found {
  readonly effective?: string
  readonly bounding?: string
  readonly noNewPrivileges?: boolean
  readonly mounts?: string
  readonly root?: string
  readonly users?: string
  readonly links?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly writable?: readonly string[]
  readonly devices?: Readonly<Record<string, readonly string[]>>
  readonly sockets?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly user?: number
}

const inside: Readonly<Record<string, string>> = {
  '/proc/self/ns/mnt': 'mnt:[4026532999]',
  '/proc/self/ns/pid': 'pid:[4026533000]',
  '/proc/self/ns/cgroup': 'cgroup:[4026533001]',
  '/var/run': '/run',
}
const firstProcesses = { '/proc/self/ns/pid': 'pid:[4026531836]' }
const firstGroups = { '/proc/self/ns/cgroup': 'cgroup:[4026531835]' }
const marked = { '/.dockerenv': '' }

const factsOf = (found: Found): HostFacts => {
  const { effective = dockers, bounding = effective, noNewPrivileges = false, user = 0, writable = [] } = found
  const texts: Readonly<Record<string, string>> = {
    '/proc/self/status': `CapPrm:\t${effective}\nCapEff:\t${effective}\nCapBnd:\t${bounding}\nNoNewPrivs:\t${Number(noNewPrivileges)}\nSeccomp:\t2\n`,
    '/proc/self/uid_map': found.users ?? '0 0 4294967295',
    '/proc/self/cgroup': '0::/\n',
    '/proc/self/mountinfo': `1 0 ${found.root ?? '0:61 / / rw - overlay overlay rw'}\n5 1 0:5 / /proc rw - proc proc rw\n${found.mounts ?? ''}\n`,
    '/proc/sys/kernel/osrelease': '6.8.0\n',
    ...(found.files ?? marked),
  }
  const devices = found.devices ?? {}
  const nodes = Object.entries(devices).flatMap(([directory, names]) => names.map((name) => `${directory}/${name}`))
  const sockets = found.sockets ?? []
  const links = { ...inside, ...found.links }
  return readHostFacts({
    files: {
      text: (path) => texts[path],
      link: (path) => links[path as keyof typeof links],
      names: (directory) => devices[directory] ?? [],
      exists: (path) => path in texts,
      identity: () => undefined,
      isKind: (path, kind) => (kind === 'socket' ? sockets : nodes).includes(path),
      isWritable: (path) => [...writable, ...nodes, ...sockets].includes(path),
      isWritableByAnybody: () => false,
    },
    ...{ platform: 'linux', environment: found.environment ?? {}, user, landlock: () => 4 },
  })
}

const critical = (facts: HostFacts): string[] =>
  checkContainer(facts)
    .filter(({ severity }) => severity === 'critical')
    .map(({ rule }) => rule.replace('container/', ''))

const unmarkedPrivileged: Found = {
  ...{ effective: everything, files: {}, links: firstProcesses, devices: { '/dev': ['sda'] } },
  writable: ['/proc/sys/kernel/core_pattern'],
}
const disk = (shows: string, path: string, options = 'rw') => `7 1 8:1 ${shows} ${path} ${options} - ext4 /dev/sda1 rw`

const refused: readonly (readonly [what: string, found: Found, rules: readonly string[]])[] = [
  [
    'containerd, privileged, with the processes of the machine and no mark',
    unmarkedPrivileged,
    ['privileged', 'devices', 'kernel-settings', 'processes-to-trace'],
  ],
  [
    'the same as an ordinary user',
    { ...unmarkedPrivileged, effective: none, bounding: everything, user: 1000, devices: {}, writable: [] },
    ['privileged', 'processes-to-trace'],
  ],
  [
    'Docker with the proc of the machine elsewhere',
    { mounts: '6 1 0:6 / /host/proc rw - proc proc rw', writable: ['/host/proc/sys/kernel/core_pattern'] },
    ['kernel-settings'],
  ],
  [
    'Docker with a part of the proc of the machine elsewhere',
    { mounts: '6 1 0:6 /sys/kernel /settings rw - proc proc rw', writable: ['/settings/core_pattern'] },
    ['kernel-settings'],
  ],
  [
    'Docker with the sysfs of the machine elsewhere',
    { mounts: '6 1 0:6 / /host/sys rw - sysfs sysfs rw', writable: ['/host/sys/power/state'] },
    ['kernel-settings'],
  ],
  [
    'Docker with the devices of the machine elsewhere',
    { mounts: '6 1 0:6 / /host/dev rw - devtmpfs udev rw', devices: { '/host/dev': ['null', 'sda'] } },
    ['devices'],
  ],
  [
    'Docker with one device of the machine elsewhere',
    { mounts: '6 1 0:6 /sda /disk rw - devtmpfs udev rw', devices: { '': ['disk'] } },
    ['devices'],
  ],
  ['Docker with a volume of LVM', { devices: { '/dev/mapper': ['models-root'] } }, ['devices']],
  ['Docker, privileged, as an ordinary user', { effective: none, bounding: everything, user: 1000 }, ['privileged']],
  ['Docker with SYS_MODULE', { effective: '00000000a80525fb' }, ['privileged']],
  ['Docker with all but MAC_ADMIN', { effective: '000001fdffffffff' }, ['privileged']],
  ...['/etc', '/etc/cron.d', '/root', '/root/.ssh', '/usr', '/usr/local', '/boot', '/@rootfs/etc', '/etc/passwd'].map(
    (shows) => [`Docker with ${shows} to write`, { mounts: disk(shows, '/host') }, ['system-writable']] as const,
  ),
  ...['docker', 'kubelet', 'containerd'].map(
    (engine) =>
      [
        `Docker with the state of ${engine} to write`,
        { mounts: disk(`/var/lib/${engine}`, '/state') },
        ['system-writable'],
      ] as const,
  ),
  [
    'Docker with an /etc of another volume to write',
    { mounts: disk('/root/etc', '/host'), files: { ...marked, '/host/passwd': '', '/host/shadow': '' } },
    ['system-writable'],
  ],
]

for (const [what, found, rules] of refused) {
  test(`${what} is refused`, () => {
    const facts = factsOf(found)
    expect(critical(facts)).toEqual(rules)
    expect(() => verifyContainer(facts)).toThrow(/^expected a container .* that a sandbox can hold in/)
  })
}

const service: Found = {
  ...{ effective: everything, users: '0 0 4294967295', root: '8:1 / / rw - ext4 /dev/sda1 rw' },
  links: { ...firstProcesses, ...firstGroups },
  files: { '/proc/self/cgroup': '0::/system.slice/models.service\n', '/run/systemd/system': '' },
  devices: { '/dev': ['sda'] },
  writable: ['/proc/sys/kernel/core_pattern'],
}
const rootless = '0 1000 1\n1 100000 65536'

const accepted: readonly (readonly [what: string, found: Found])[] = [
  ['Docker as it comes', {}],
  [
    'Docker with its own files, a volume and the time zone',
    {
      mounts: [
        disk('/var/lib/docker/containers/4f/hosts', '/etc/hosts'),
        disk('/var/lib/docker/volumes/data/_data', '/data'),
        disk('/etc/localtime', '/etc/localtime'),
        disk('/etc/letsencrypt', '/certificates'),
        disk('/home/ada/models', '/models'),
        disk('/opt/conda', '/opt/conda'),
      ].join('\n'),
      files: { ...marked, '/opt/conda/bin': '', '/opt/conda/lib': '', '/opt/conda/share': '' },
    },
  ],
  ['Docker with /etc to read', { mounts: disk('/etc', '/host/etc', 'ro') }],
  ['a collector with the proc of the machine to read', { mounts: '6 1 0:6 / /host/proc ro - proc proc rw' }],
  ['Docker as an ordinary user', { effective: none, bounding: dockers, user: 10001 }],
  [
    'an ordinary user who may gain nothing, whatever is the bound',
    { effective: none, bounding: everything, noNewPrivileges: true, user: 10001 },
  ],
  [
    'rootless Podman',
    { files: { '/run/.containerenv': '' }, users: rootless, mounts: disk('/home/ada/models', '/models') },
  ],
  [
    'rootless Podman, privileged, with /etc',
    { files: { '/run/.containerenv': '' }, users: rootless, effective: everything, mounts: disk('/etc', '/host') },
  ],
  [
    'a restricted pod',
    {
      ...{ effective: none, bounding: none, noNewPrivileges: true, user: 10001, files: {} },
      environment: { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
      mounts: disk('/var/lib/kubelet/pods/4f/volumes/kubernetes.io~empty-dir/work', '/work'),
    },
  ],
  ['a baseline pod', { files: {}, environment: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }],
  ['a service of root with PrivateTmp', service],
  [
    'a service of an ordinary user with PrivateTmp, and a partition',
    { ...service, ...{ effective: none, bounding: everything, user: 997 }, mounts: disk('/', '/boot') },
  ],
  ['a service with PrivatePIDs', { ...service, links: firstGroups }],
  [
    'a service of version 1',
    { ...service, files: { ...service.files, '/proc/self/cgroup': '1:name=systemd:/a.slice/b.service\n' } },
  ],
  [
    'bubblewrap and Flatpak of an ordinary user',
    {
      ...{ effective: none, bounding: none, noNewPrivileges: true, user: 1000, users: '1000 1000 1', files: {} },
      root: '0:70 / / rw - tmpfs tmpfs rw',
      environment: { container: 'flatpak' },
      mounts: [disk('/usr', '/usr', 'ro'), disk('/etc', '/run/host/etc', 'ro'), disk('/home/ada', '/home/ada')].join(
        '\n',
      ),
    },
  ],
  [
    'bubblewrap over all of the machine, in its processes',
    {
      ...{ effective: none, bounding: none, noNewPrivileges: true, user: 1000, users: '1000 1000 1', files: {} },
      ...{ links: firstProcesses, root: '8:1 / / rw - ext4 /dev/sda1 rw' },
    },
  ],
  ['a bare machine', { ...service, files: {}, links: { '/proc/self/ns/mnt': 'mnt:[4026531841]' } }],
]

for (const [what, found] of accepted) {
  test(`${what} is not refused`, () => {
    const facts = factsOf(found)
    expect(critical(facts)).toEqual([])
    expect(verifyContainer(facts)).toEqual(checkContainer(facts))
  })
}

test('this machine is not refused for what its tests run in', () => {
  if (readHostFacts().namespaces.mount === 'host') expect(verifyContainer(readHostFacts())).toEqual([])
})
