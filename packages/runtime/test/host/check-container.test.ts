import { findingSchema, isNootropicError } from '@nootropic/core'
import { expect, test } from 'vitest'
import { checkContainer, verifyContainer } from '../../src/host/check-container.ts'
import type { HostFacts } from '../../src/host/host-facts.ts'
import * as containers from './containers.ts'

const { bareHost, docker, dockerHardened, dockerPrivileged, podPrivileged } = containers

const told = (facts: HostFacts): string[] =>
  checkContainer(facts).map(({ severity, rule }) => `${severity} ${rule.replace('container/', '')}`)

const writableByDefault = ['medium root', 'low root-writable', 'low new-privileges']
const privileged = ['critical privileged', 'critical devices', 'critical kernel-settings']
const unconfined = ['medium system-calls', 'low confinement', 'low root-writable', 'low new-privileges']

const table: readonly (readonly [what: string, facts: HostFacts, findings: readonly string[]])[] = [
  ['a bare host', bareHost, []],
  ['a hardened service of systemd', containers.systemdService, []],
  ['Docker as it comes', docker, writableByDefault],
  ['Docker hardened', dockerHardened, []],
  ['Docker, privileged', dockerPrivileged, [...privileged, 'high capabilities', 'medium root', ...unconfined]],
  ['rootless Podman', containers.podmanRootless, writableByDefault.slice(1)],
  ['rootless Podman, privileged', containers.podmanRootlessPrivileged, unconfined],
  ['a restricted pod', containers.podRestricted, []],
  ['a baseline pod', containers.podBaseline, ['medium root', 'medium system-calls', ...writableByDefault.slice(1)]],
  [
    'a privileged pod',
    podPrivileged,
    [
      ...['critical privileged', 'critical devices', 'critical system-writable', 'critical kernel-settings'],
      ...['critical processes-to-trace', 'high capabilities', 'high host-processes', 'medium host-network'],
      ...['medium root', ...unconfined],
    ],
  ],
]

for (const [what, facts, findings] of table) {
  test(`${what} is told as it is, and refused only where a sandbox would be a pretence`, () => {
    expect(told(facts)).toEqual(findings)
    for (const finding of checkContainer(facts)) expect(findingSchema.safeParse(finding).error).toBeUndefined()
    if (findings.some((finding) => finding.startsWith('critical'))) {
      expect(() => verifyContainer(facts)).toThrow(/^expected a container .* that a sandbox can hold in/)
    } else {
      expect(verifyContainer(facts)).toHaveLength(findings.length)
    }
  })
}

const part = { path: '/srv/secret-place', shows: '/etc', isWritable: true, isSystem: false, systemPart: '/etc' }

// Of an otherwise hardened container each of these alone makes the start fail.
const pretences: readonly (readonly [rule: string, changed: Partial<HostFacts>])[] = [
  ['unreadable', { capabilities: undefined }],
  ['unreadable', { namespaces: { ...docker.namespaces, user: 'unknown' } }],
  ['devices', { devices: ['/dev/sda'] }],
  ['runtime-socket', { runtimeSockets: [{ path: '/run/docker.sock', isReachable: true, isReachableByWorker: false }] }],
  ['runtime-socket', { runtimeSockets: [{ path: '/run/docker.sock', isReachable: true, isReachableByWorker: true }] }],
  ['system-writable', { hostMounts: [{ ...part, path: '/host', shows: '/', isSystem: true, systemPart: undefined }] }],
  ['system-writable', { hostMounts: [part] }],
  ['system-writable', { hostMounts: [part], namespaces: { ...docker.namespaces, user: 'own' }, userOutside: 0 }],
  ...['SYS_MODULE', 'SYS_RAWIO', 'SYS_ADMIN', 'DAC_READ_SEARCH'].map(
    (name) => ['privileged', { capabilities: [`CAP_${name}`] }] as const,
  ),
  ['kernel-settings', { kernelSettings: ['/srv/secret-place/sysrq-trigger'] }],
  ['processes-to-trace', { processMounts: ['/srv/secret-place/proc'], capabilities: ['CAP_SYS_PTRACE'] }],
  ['processes-to-trace', { namespaces: { ...docker.namespaces, pid: 'host' }, capabilities: ['CAP_SYS_PTRACE'] }],
]

for (const [rule, changed] of pretences) {
  test(`a container with ${Object.keys(changed)[0]} for ${rule} is refused, and the error says what to change`, () => {
    const facts = { ...dockerHardened, ...changed }
    expect(told(facts)[0]).toBe(`critical ${rule}`)
    let error: unknown
    try {
      verifyContainer(facts)
    } catch (thrown) {
      error = thrown
    }
    if (!isNootropicError(error, 'ISOLATION_UNAVAILABLE')) throw error
    const [finding] = error.details.findings as ReturnType<typeof checkContainer>
    expect(error.message).toContain(`container/${rule}: `)
    expect(error.message).toContain(finding?.remediation)
    // Where the machine keeps what is for the details alone.
    expect(error.message).not.toMatch(/secret-place|sda|docker\.sock/)
  })
}

test('what is out of reach or to read only is told, and refuses nothing', () => {
  const socket = { path: '/run/docker.sock', isReachable: false, isReachableByWorker: false }
  expect(told({ ...dockerHardened, runtimeSockets: [socket] })).toEqual([])
  const volume = { path: '/models', shows: '/', isWritable: true, isSystem: false, systemPart: undefined }
  const system = { ...volume, path: '/host', isWritable: false, isSystem: true }
  const etc = { ...part, path: '/config', isWritable: false }
  expect(told({ ...dockerHardened, hostMounts: [volume] })).toEqual([])
  const [finding, ...rest] = checkContainer({ ...dockerHardened, hostMounts: [system, etc, volume] })
  expect(rest).toEqual([])
  expect(finding?.message).toContain('found / at /host, /etc at /config')
  const rootless = { namespaces: { ...docker.namespaces, user: 'own' as const }, userOutside: 1000 }
  expect(told({ ...dockerHardened, ...rootless, hostMounts: [part] })).toEqual(['high system-directories'])
  expect(told({ ...dockerHardened, processMounts: ['/host/proc'] })).toEqual(['high host-processes'])
})
