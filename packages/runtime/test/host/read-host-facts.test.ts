import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkContainer } from '../../src/host/check-container.ts'
import type { HostFacts } from '../../src/host/host-facts.ts'
import type { HostFiles } from '../../src/host/host-files.ts'
import { type HostSource, readHostFacts } from '../../src/host/read-host-facts.ts'
import { withoutBubblewrap, withoutRoot } from '../sandbox/host.ts'

// Files of proc, as a container of Docker on Ubuntu 24.04 has them; shortened to what is read.
const dockerFiles: Readonly<Record<string, string>> = {
  '/proc/self/status': 'Name:\tnode\nUid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\nNoNewPrivs:\t0\nSeccomp:\t2\n',
  '/proc/self/uid_map': '         0          0 4294967295\n',
  '/proc/self/mountinfo': [
    '812 700 0:61 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A,upperdir=/b,workdir=/c',
    '820 812 8:1 /var/lib/docker/containers/4f/hosts /etc/hosts rw,relatime - ext4 /dev/sda1 rw',
    '821 812 8:1 /srv/my\\040models /models ro,relatime - ext4 /dev/sda1 rw',
    '822 812 0:25 /docker.sock /sockets/control rw - tmpfs tmpfs rw',
    '823 812 8:1 / /host rw,relatime - ext4 /dev/sda1 rw',
    '824 815 0:62 /sys /proc/sys ro,nosuid - proc proc rw',
  ].join('\n'),
  '/proc/self/cgroup': '0::/\n',
  '/proc/self/net/dev': 'Inter-| Receive\n face |bytes\n    lo: 0 0\n  eth0: 1 1\n',
  '/proc/self/attr/current': 'docker-default (enforce)\n',
  '/proc/self/limits':
    'Limit  Soft Limit  Hard Limit  Units\nMax core file size        unlimited            unlimited   bytes\n',
  '/proc/sys/kernel/core_pattern': '|/usr/share/apport/apport -p%p\n',
  '/proc/sys/kernel/yama/ptrace_scope': '1\n',
  '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n',
  '/proc/sys/user/max_user_namespaces': '15000\n',
  '/proc/sys/kernel/osrelease': '6.8.0-45-generic\n',
  '/proc/swaps':
    'Filename Type Size Used Priority\n/dev/dm-1 partition 1 0 -2\n/swapfile file 1 0 -3\n/dev/zram0 partition 1 0 9\n',
  '/sys/block/dm-1/dm/uuid': 'CRYPT-LUKS2-0123-cryptswap\n',
  '/sys/devices/system/cpu/vulnerabilities/mds': 'Vulnerable: Clear CPU buffers attempted, no microcode\n',
  '/sys/devices/system/cpu/vulnerabilities/l1tf': 'Not affected\n',
  '/.dockerenv': '',
  '/host/etc/passwd': '',
  '/host/usr/bin': '',
}

const recorded = (
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>>,
  identities: Readonly<Record<string, string>> = {},
): HostFiles => ({
  text: (path) => files[path],
  link: (path) => links[path],
  names: (directory) =>
    Object.keys(files).flatMap((path) => (path.startsWith(`${directory}/`) ? [path.slice(directory.length + 1)] : [])),
  exists: (path) => path in files,
  isKind: (path, kind) => (kind === 'socket' ? path === '/sockets/control' : false),
  identity: (path) => identities[path],
  isWritable: (path) => path === '/sockets/control',
  isWritableByAnybody: () => false,
})

const dockerLinks = { '/proc/self/ns/mnt': 'mnt:[4026532281]', '/proc/self/ns/pid': 'pid:[4026532284]' }
const recordedHost = (
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = dockerLinks,
  environment: HostSource['environment'] = {},
  identities: Readonly<Record<string, string>> = {},
): HostFacts =>
  readHostFacts({
    ...{ files: recorded(files, links, identities), platform: 'linux', environment, user: 0 },
    landlock: () => undefined,
  })

test('the files of a container are read as its engine meant them', () => {
  const { capabilities, ...facts } = recordedHost(dockerFiles)
  expect(capabilities).toHaveLength(14)
  expect(capabilities).toContain('CAP_MKNOD')
  expect(facts).toEqual({
    platform: 'linux',
    kernel: '6.8.0-45-generic',
    container: 'docker',
    user: 0,
    userOutside: 0,
    noNewPrivileges: false,
    hasSystemCallFilter: true,
    confinement: 'docker-default (enforce)',
    namespaces: { mount: 'own', pid: 'own', user: 'host', network: 'own' },
    isRootWritable: true,
    hostMounts: [
      { path: '/models', shows: '/srv/my models', isWritable: false, isSystem: false, systemPart: undefined },
      { path: '/host', shows: '/', isWritable: true, isSystem: true, systemPart: undefined },
    ],
    runtimeSockets: [{ path: '/sockets/control', isReachable: true, isReachableByWorker: false }],
    devices: [],
    kernelSettings: [],
    processMounts: [],
    ptraceScope: 1,
    allowsUserNamespaces: true,
    restrictsUserNamespaces: true,
    landlock: undefined,
    corePattern: '|/usr/share/apport/apport -p%p',
    coreLimit: 'unlimited',
    swaps: [
      { path: '/dev/dm-1', isEncrypted: true },
      { path: '/swapfile', isEncrypted: false },
      { path: '/dev/zram0', isEncrypted: true },
    ],
    processorFlaws: ['mds'],
  })
})

const { '/.dockerenv': _, ...unmarked } = dockerFiles
const onWindows = { '/proc/sys/kernel/osrelease': '5.15.167.4-microsoft-standard-WSL2\n' }
const onDisk = { '/proc/self/mountinfo': '812 700 8:32 / / rw,relatime - ext4 /dev/sdc rw\n' }
const newKernel = { '/proc/sys/kernel/osrelease': '6.18.1\n' }
const firstMounts = (number: number) => ({ ...dockerLinks, '/proc/self/ns/mnt': `mnt:[${number}]` })
const onMachineProcesses = { ...dockerLinks, '/proc/self/ns/pid': 'pid:[4026531836]' }
const inFirstGroups = { ...onMachineProcesses, '/proc/self/ns/cgroup': 'cgroup:[4026531835]' }
const unit = (path: string) => ({ ...unmarked, '/proc/self/cgroup': `0::${path}\n`, '/run/systemd/system': '' })
const id = 'f'.repeat(64)
const kinds: readonly (readonly [kind: string | undefined, what: string, facts: () => HostFacts])[] = [
  ['podman', 'its file', () => recordedHost({ ...unmarked, '/run/.containerenv': '' })],
  [
    'kubernetes',
    'its variables',
    () => recordedHost(dockerFiles, dockerLinks, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }),
  ],
  ['docker', 'its control group', () => recordedHost({ ...unmarked, '/proc/self/cgroup': '1:cpu:/docker/4f\n' })],
  ['systemd-nspawn', "systemd's variable", () => recordedHost(unmarked, dockerLinks, { container: 'systemd-nspawn' })],
  [
    'lxc',
    'the variable of the first process',
    () => recordedHost({ ...unmarked, '/proc/1/environ': 'A=1\0container=lxc\0' }),
  ],
  ['unknown', 'files and processes of its own', () => recordedHost(unmarked)],
  [undefined, 'a Linux on Windows', () => recordedHost({ ...unmarked, ...onWindows, ...onDisk })],
  ['unknown', 'a root directory of layers in a Linux on Windows', () => recordedHost({ ...unmarked, ...onWindows })],
  ['docker', 'a mark in a Linux on Windows', () => recordedHost({ ...dockerFiles, ...onWindows })],
  ['docker', 'a mark where namespaces cannot be told', () => recordedHost(dockerFiles, {})],
  ['unknown', 'files of its own alone', () => recordedHost(unmarked, onMachineProcesses)],
  ['unknown', 'nothing that can be read', () => recordedHost({}, {})],
  [
    undefined,
    "the machine's own root directory",
    () => recordedHost(unmarked, onMachineProcesses, {}, { '/': '8:2', '/proc/1/root': '8:2' }),
  ],
  [
    'unknown',
    "another root directory than the machine's",
    () => recordedHost(unmarked, onMachineProcesses, {}, { '/': '61:9', '/proc/1/root': '8:2' }),
  ],
  [
    'unknown',
    'the root directory of the first of its own processes',
    () => recordedHost(unmarked, dockerLinks, {}, { '/': '61:9', '/proc/1/root': '61:9' }),
  ],
  [undefined, 'a service of systemd', () => recordedHost(unit('/system.slice/models.service'), inFirstGroups)],
  [
    undefined,
    'a group below a service',
    () => recordedHost(unit('/user.slice/user-1000.slice/user@1000.service/app.slice/m.service/main'), inFirstGroups),
  ],
  [
    'unknown',
    'a service in groups of its own',
    () => recordedHost(unit('/system.slice/models.service'), onMachineProcesses),
  ],
  ['unknown', 'a group of an engine', () => recordedHost(unit(`/system.slice/nerdctl-${id}.scope`), inFirstGroups)],
  ['unknown', 'a group of a machine', () => recordedHost(unit('/machine.slice/a.service/payload'), inFirstGroups)],
  [undefined, 'a mark in the image of a virtual machine', () => recordedHost(dockerFiles, firstMounts(0xf0000001))],
  [undefined, 'the first files', () => recordedHost({ ...dockerFiles, ...newKernel }, firstMounts(0xeffffff8))],
  [
    'docker',
    'what was the number of the first files',
    () => recordedHost({ ...dockerFiles, ...newKernel }, firstMounts(0xf0000000)),
  ],
]

for (const [kind, what, facts] of kinds) {
  test(`${what} tells ${kind ?? 'no'} container`, () => expect(facts().container).toBe(kind))
}

test('a host that tells nothing is taken for nothing', () => {
  const facts = recordedHost({ '/.dockerenv': '' }, {})
  expect(facts.container).toBe('docker')
  expect(checkContainer(facts).map(({ rule }) => rule)).toContain('container/unreadable')
})

test('SELinux and AppArmor that confine nothing are no confinement', () => {
  for (const label of ['unconfined\n', 'system_u:system_r:unconfined_t:s0\0', 'system_u:system_r:spc_t:s0\0', '']) {
    expect(recordedHost({ ...dockerFiles, '/proc/self/attr/current': label }).confinement).toBeUndefined()
  }
})

const directory = mkdtempSync(join(tmpdir(), 'nootropic-facts-'))
const servers: Server[] = []
beforeAll(async () => {
  for (const [name, kind] of [
    ['podman', '.containerenv'],
    ['socket', '.containerenv'],
  ] as const) {
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, name, kind), '')
  }
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(join(directory, 'socket', 'docker.sock'), resolve))
})
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(directory, { recursive: true })
})

const program = fileURLToPath(new URL('tell-facts.ts', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

const factsUnder = async (...prefix: readonly string[]): Promise<HostFacts> => {
  const node = [process.execPath, '--conditions=@nootropic/source', '--import', loader, program]
  const [first = '', ...words] = [...prefix, ...node]
  const { stdout } = await promisify(execFile)(first, words, {
    env: { PATH: process.env.PATH, TSX_DISABLE_CACHE: '1' },
  })
  return JSON.parse(stdout)
}

const rulesUnder = async (...prefix: readonly string[]): Promise<string[]> =>
  checkContainer(await factsUnder(...prefix)).map(
    ({ severity, rule }) => `${severity} ${rule.replace('container/', '')}`,
  )

// bubblewrap makes the namespaces that a container engine makes.
const contained = (run: string, ...more: string[]): string[] => [
  ...['bwrap', '--unshare-user', '--unshare-ipc', '--unshare-net', '--unshare-uts', '--cap-drop', 'ALL'],
  ...['--uid', '1000', '--gid', '1000', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'],
  ...['--ro-bind', join(directory, run), '/run', ...more],
]
const ownProcesses = '--unshare-pid'

test.skipIf(withoutBubblewrap)(`real namespaces are a container, told by its mark${withoutBubblewrap}`, async () => {
  const facts = await factsUnder(...contained('podman', ownProcesses))
  expect(facts).toMatchObject({
    ...{ container: 'podman', user: 1000, userOutside: process.getuid?.(), capabilities: [], noNewPrivileges: true },
    namespaces: { mount: 'own', pid: 'own', user: 'own', network: 'own' },
    ...{ isRootWritable: false, devices: [], runtimeSockets: [] },
  })
})

test.skipIf(withoutBubblewrap)(
  `a runtime's socket in real namespaces refuses the start${withoutBubblewrap}`,
  async () => {
    const [within, without] = await Promise.all([
      rulesUnder(...contained('socket', ownProcesses)),
      rulesUnder(...contained('podman', ownProcesses)),
    ])
    expect(within).toContain('critical runtime-socket')
    expect(without).not.toContain('critical runtime-socket')
  },
)

test.skipIf(withoutBubblewrap)(`the machine's processes in real namespaces are told${withoutBubblewrap}`, async () => {
  const [shared, own] = await Promise.all([
    rulesUnder(...contained('podman')),
    rulesUnder(...contained('podman', ownProcesses)),
  ])
  expect(shared).toContain('high host-processes')
  expect(own).not.toContain('high host-processes')
})

const isOnDisk = /^\S+ \S+ \S+ \/ \/ .* - (ext4|xfs|btrfs) /m.test(readFileSync('/proc/self/mountinfo', 'utf8'))
const withoutDisk = withoutBubblewrap || (isOnDisk ? '' : ' (skipped: the root directory is on no disk)')
test.skipIf(withoutDisk)(
  `the machine's root directory in real namespaces refuses the start where it can be written${withoutDisk}`,
  async () => {
    // A directory of its own: nothing can be made in a root directory to read only.
    const inside = (mount: string) => contained('podman', ownProcesses, '--tmpfs', '/mnt', mount, '/', '/mnt/host')
    const [writable, readOnly] = await Promise.all([
      rulesUnder(...inside('--bind')),
      rulesUnder(...inside('--ro-bind')),
    ])
    expect(writable).toContain('critical system-writable')
    expect(readOnly).toContain('high system-directories')
    expect(readOnly).not.toContain('critical system-writable')
  },
)

test.skipIf(withoutRoot)(
  `root in namespaces with all its capabilities is a privileged container${withoutRoot}`,
  async () => {
    const namespaces = ['unshare', '--mount', '--pid', '--fork', '--mount-proc']
    const drop = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs', '--']
    const [full, dropped] = await Promise.all([rulesUnder(...namespaces), rulesUnder(...namespaces, ...drop)])
    expect(full).toContain('critical privileged')
    expect(dropped).not.toContain('critical privileged')
    expect(dropped).not.toContain('low new-privileges')
  },
)

test('this process tells of itself what the kernel does', () => {
  const facts = readHostFacts()
  expect(facts.user).toBe(process.getuid?.())
  expect(facts.platform).toBe(process.platform)
  expect(facts.namespaces.pid === 'unknown').toBe(process.platform !== 'linux')
})
