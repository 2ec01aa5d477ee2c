import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createManualClock, findingSchema, NootropicError } from '@nootropic/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkHost, type HostCheckOptions } from '../../src/host/check-host.ts'
import { checkMachine, checkMemory } from '../../src/host/check-machine.ts'
import { checkClock, checkNode, checkTelemetry } from '../../src/host/check-program.ts'
import { checkSecrets } from '../../src/host/check-secrets.ts'
import type { HostFacts } from '../../src/host/host-facts.ts'
import type { HostCheck } from '../../src/host/host-report.ts'
import { type IsolationLayer, type IsolationReport, isolationLayers } from '../../src/sandbox/isolation.ts'
import { bareHost, docker, dockerPrivileged } from './containers.ts'

let home = ''
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'nootropic-host-')))
  mkdirSync(join(home, 'keys'), { mode: 0o700 })
  writeFileSync(join(home, 'keys', 'kek'), 'x', { mode: 0o600 })
})
afterEach(() => rmSync(home, { recursive: true }))

const put = (name: string, mode: number, text = 'x'): void => {
  mkdirSync(join(home, name, '..'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, name), text)
  chmodSync(join(home, name), mode)
}
const told = ({ verdict, findings }: HostCheck): string[] => [
  verdict,
  ...findings.map(({ severity, rule }) => `${severity} ${rule.replace('host/', '')}`),
]

const layersBut = (...missing: readonly IsolationLayer[]): IsolationReport['layers'] =>
  Object.fromEntries(
    isolationLayers.map((layer) => [
      layer,
      { state: missing.includes(layer) ? 'unavailable' : 'enforced', how: 'bubblewrap', probe: 'tried' },
    ]),
  ) as IsolationReport['layers']
const proved = (level: IsolationReport['level'], layers = layersBut()): IsolationReport => ({
  ...{ level, way: 'bubblewrap as nobody', passedOver: [{ way: 'Landlock', reason: 'no koffi' }], layers },
})
const options = (changed: Partial<HostCheckOptions> = {}): HostCheckOptions => ({
  probe: async () => proved('strong'),
  places: { home },
  facts: bareHost,
  clock: createManualClock('2026-02-01T00:00:00Z'),
  ...changed,
})

test('a host on which all is well passes, and says of what', async () => {
  const { verdict, checks, isolation } = await checkHost(options())
  expect(checks.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual([
    ...['isolation: pass', 'container: pass', 'secrets: pass', 'telemetry: pass', 'memory: pass', 'machine: pass'],
    ...['node: pass', 'clock: pass'],
  ])
  expect([verdict, isolation?.level]).toEqual(['pass', 'strong'])
})

test('only what the manifest names is checked', async () => {
  const local = await checkHost(options({ scope: ['local'], probe: () => Promise.reject(new Error('not asked for')) }))
  expect(local.checks.map(({ name }) => name)).not.toContain('isolation')
  const isolation = await checkHost(options({ scope: ['isolation'] }))
  expect(isolation.checks.map(({ name }) => name)).toEqual(['isolation', 'container'])
})

const failing = (code: 'ISOLATION_UNAVAILABLE' | 'PEER_DEPENDENCY_MISSING') => () =>
  Promise.reject(new NootropicError(code, 'expected it, found nothing; install it'))

test('isolation that is refused fails the host, and isolation that could not be tried leaves it incomplete', async () => {
  const refused = await checkHost(options({ probe: failing('ISOLATION_UNAVAILABLE') }))
  expect([refused.verdict, ...told(refused.checks[0] as HostCheck)]).toEqual([
    ...['fail', 'fail', 'critical isolation-unavailable'],
  ])
  expect(refused.checks[0]?.findings[0]?.message).toBe('expected it, found nothing; install it')
  const untried = await checkHost(options({ probe: failing('PEER_DEPENDENCY_MISSING') }))
  expect([untried.verdict, untried.isolation]).toEqual(['incomplete', undefined])
  await expect(checkHost(options({ probe: () => Promise.reject(new Error('a defect')) }))).rejects.toThrow('a defect')
})

test('isolation below strong is told with the reason, and passes where it is enough', async () => {
  const { verdict, checks } = await checkHost(options({ probe: async () => proved('standard') }))
  expect([verdict, ...told(checks[0] as HostCheck)]).toEqual(['pass', 'pass', 'low isolation-weaker'])
  expect(checks[0]?.findings[0]?.message).toContain('Landlock: no koffi')
})

test('isolation below what is required fails, and none always does; only what is waived by name is forgiven', async () => {
  const check = async (level: IsolationReport['level'], changed: Partial<HostCheckOptions>, layers = layersBut()) =>
    told((await checkHost(options({ ...changed, probe: async () => proved(level, layers) }))).checks[0] as HostCheck)
  expect(await check('limits-only', {})).toEqual(['fail', 'critical isolation-insufficient'])
  expect(await check('none', { required: 'none' })).toEqual(['fail', 'critical isolation-insufficient'])
  expect(await check('standard', { required: 'strong' })).toEqual(['fail', 'critical isolation-insufficient'])
  const open = layersBut('network')
  expect(await check('limits-only', { waive: ['network'] }, open)).toEqual([
    ...['pass', 'low isolation-waived', 'low isolation-weaker'],
  ])
  expect(await check('limits-only', {}, open)).toEqual(['fail', 'critical isolation-insufficient'])
  expect(await check('limits-only', { waive: ['network'] }, layersBut('network', 'filesystem'))).toEqual([
    ...['fail', 'critical isolation-insufficient', 'low isolation-waived'],
  ])
  expect(await check('strong', { waive: ['network'] })).toEqual(['pass'])
})

test('a filter that was not tried is named', async () => {
  const summary = async (layers: IsolationReport['layers']) =>
    (await checkHost(options({ probe: async () => proved('strong', layers) }))).checks[0]?.summary
  expect(await summary(layersBut('servingCalls'))).toContain('its second filter was not tried')
  expect(await summary(layersBut())).not.toContain('second filter')
})

test('monitoring that the manifest leaves out is told', async () => {
  const monitoringOf = async (...monitoring: readonly ('local' | 'audit')[]) =>
    told((await checkHost(options({ scope: [], monitoring }))).checks[0] as HostCheck)
  expect(await monitoringOf('local', 'audit')).toEqual(['pass'])
  expect(await monitoringOf('local')).toEqual(['pass', 'low monitoring-audit'])
})

test('a container is part of the host', async () => {
  expect((await checkHost(options({ facts: dockerPrivileged }))).verdict).toBe('fail')
  const { checks } = await checkHost(options({ facts: docker }))
  expect(checks[1]?.summary).toBe('docker')
})

test('secrets that others can read fail, by their place, by their name and by what a key begins with', () => {
  expect(told(checkSecrets({ home }))).toEqual(['pass'])
  for (const [name, text] of [
    ['keys/kek', 'x'],
    ['config/.env', 'x'],
    ['config/.env.production', 'x'],
    ['credentials.json', 'x'],
    ['config/server.pem', '-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n'],
    ['id_ed25519', 'x'],
  ] as const) {
    put(name, 0o640, text)
    const check = checkSecrets({ home })
    expect([name, ...told(check)]).toEqual([name, 'fail', 'high secret-readable'])
    expect(check.findings[0]?.message).toContain(`${join(home, name)} (0640)`)
    chmodSync(join(home, name), 0o600)
  }
  expect(told(checkSecrets({ home }))).toEqual(['pass'])
})

test('what others can write to fails, and what they can only read is told', () => {
  put('config/trusted-signers/ada.pem', 0o644, '-----BEGIN PUBLIC KEY-----\n')
  expect(told(checkSecrets({ home }))).toEqual(['pass', 'low installation-readable'])
  put('state.db', 0o602)
  expect(told(checkSecrets({ home }))).toEqual(['fail', 'high others-write', 'low installation-readable'])
})

test('settings that others can write to fail; their keys are elsewhere', () => {
  const settings = join(home, 'settings')
  put('settings/policy.yaml', 0o644)
  const places = { home: join(home, 'none'), settings }
  expect(told(checkSecrets(places))).toEqual(['pass'])
  chmodSync(join(settings, 'policy.yaml'), 0o666)
  expect(told(checkSecrets(places))).toEqual(['fail', 'high others-write'])
  put('elsewhere/kek', 0o644)
  expect(told(checkSecrets({ home, keys: join(home, 'elsewhere') }))[1]).toBe('high secret-readable')
})

test('a home that is a link is looked at where it leads, and so are its keys', () => {
  put('real/keys/kek', 0o666)
  symlinkSync(join(home, 'real'), join(home, 'link'))
  for (const path of ['link', 'link/']) {
    expect(told(checkSecrets({ home: join(home, path) }))).toEqual(['fail', 'high secret-readable'])
  }
  // Where it leads cannot be told: nor that nothing is there.
  symlinkSync('loop', join(home, 'loop'))
  expect(told(checkSecrets({ home: join(home, 'loop') }))).toEqual(['incomplete'])
  put('elsewhere/master', 0o640)
  symlinkSync(join(home, 'elsewhere'), join(home, 'real', 'linked'))
  const keys = join(home, 'real', 'linked')
  chmodSync(join(home, 'real', 'keys', 'kek'), 0o600)
  const check = checkSecrets({ home: join(home, 'link'), keys })
  expect(told(check)).toEqual(['fail', 'high secret-readable'])
  expect(check.findings[0]?.message).toContain(`found ${join(home, 'elsewhere', 'master')} (0640)`)
})

test('what links in an installation lead to is part of it; what would be all of a disk leaves it incomplete', () => {
  put('real/keys/kek', 0o600)
  put('elsewhere/master', 0o644)
  const places = { home: join(home, 'real') }
  symlinkSync(join(home, 'elsewhere', 'master'), join(home, 'real', 'keys', 'other'))
  symlinkSync(join(home, 'nowhere'), join(home, 'real', 'dangling'))
  symlinkSync('keys', join(home, 'real', 'within'))
  const readable = checkSecrets(places)
  expect(told(readable)).toEqual(['fail', 'high secret-readable'])
  expect(readable.findings[0]?.message).toContain(
    `${join(home, 'real', 'keys', 'other')} -> ${join(home, 'elsewhere', 'master')} (0644)`,
  )
  expect(readable.findings[0]?.remediation).toContain('and the same for what links lead to')
  chmodSync(join(home, 'elsewhere', 'master'), 0o600)
  expect(told(checkSecrets(places))).toEqual(['pass'])
  put('disk/models/a.onnx', 0o666)
  symlinkSync(join(home, 'disk'), join(home, 'real', 'models'))
  // One that leads back does not go round for ever.
  symlinkSync(join(home, 'disk'), join(home, 'disk', 'again'))
  expect(told(checkSecrets(places))).toEqual(['fail', 'high others-write'])
  rmSync(join(home, 'real', 'models'))
  symlinkSync('/', join(home, 'real', 'everything'))
  const incomplete = checkSecrets(places)
  expect(told(incomplete)).toEqual(['incomplete'])
  expect(incomplete.summary).toContain(`${join(home, 'real', 'everything')} cannot be looked at`)
})

test('a command that mends is whole, whatever the path', () => {
  const odd = join(home, "it's here")
  mkdirSync(odd)
  chmodSync(odd, 0o777)
  expect(checkSecrets({ home: odd }).findings[0]?.remediation).toBe(`chmod -R go-w '${odd.replace("'", "'\\''")}'`)
})

test('where no installation is there are no secrets; where modes say nothing, nobody can tell', () => {
  expect(checkSecrets({ home: join(home, 'none') })).toMatchObject({ verdict: 'pass', findings: [] })
  expect(checkSecrets({ home }, 'win32')).toMatchObject({ verdict: 'incomplete' })
})

test('a finding of the host is a finding', async () => {
  put('keys/kek', 0o666)
  const swaps = [{ path: '/swapfile', isEncrypted: false }]
  const facts = { ...bareHost, user: 0, coreLimit: 'unlimited', swaps, processorFlaws: ['mds'], ptraceScope: 0 }
  const { checks } = await checkHost(options({ facts, clock: createManualClock('2020-01-01T00:00:00Z') }))
  const findings = checks.flatMap((check) => check.findings)
  expect(findings.length).toBeGreaterThan(5)
  for (const finding of findings) expect(findingSchema.safeParse(finding).error).toBeUndefined()
})

const cases: readonly (readonly [what: string, check: () => HostCheck, told: readonly string[]])[] = [
  ...(
    [
      ['no limit of core dumps', { coreLimit: 'unlimited' }, ['fail', 'medium core-dumps']],
      ['core dumps for a program', { corePattern: '|/usr/lib/systemd/systemd-coredump' }, ['pass', 'low core-dumps']],
      ['core dumps of a byte for a program', { corePattern: '|/x', coreLimit: '1' }, ['pass']],
      ['a limit that cannot be read', { coreLimit: undefined }, ['fail', 'medium core-dumps']],
      ['an encrypted swap', { swaps: [{ path: '/dev/dm-1', isEncrypted: true }] }, ['pass']],
      ['a swap in clear', { swaps: [{ path: '/swapfile', isEncrypted: false }] }, ['pass', 'low swap']],
      ['programs that may be traced', { ptraceScope: 0 }, ['pass', 'low tracing']],
    ] satisfies readonly [string, Partial<HostFacts>, string[]][]
  ).map(([what, changed, told]) => [what, () => checkMemory({ ...bareHost, ...changed }), told] as const),
  ...(
    [
      ['root', { user: 0 }, ['pass', 'low root']],
      [
        'a runtime within reach of the user',
        { runtimeSockets: [{ path: '/run/docker.sock', isReachable: true, isReachableByWorker: true }] },
        ['fail', 'medium runtime-socket'],
      ],
      ['a flaw of the processor', { processorFlaws: ['mds'] }, ['pass', 'low processor']],
    ] satisfies readonly [string, Partial<HostFacts>, string[]][]
  ).map(([what, changed, told]) => [what, () => checkMachine({ ...bareHost, ...changed }), told] as const),
  ['an old Node', () => checkNode('20.18.3', new Date('2026-01-01')), ['fail', 'high node']],
  ['a Node without fixes', () => checkNode('20.20.0', new Date('2026-06-01')), ['pass', 'low node']],
  ['a Node with fixes', () => checkNode('24.2.0', new Date('2026-06-01')), ['pass']],
  ...['21.7.3', '23.11.1', '25.0.0'].map(
    (version) =>
      [
        `Node ${version}, of a line that has ended`,
        () => checkNode(version, new Date('2026-11-22')),
        ['fail', 'medium node'],
      ] as const,
  ),
  ['Node 25 before its end', () => checkNode('25.0.0', new Date('2026-02-01')), ['pass']],
  ['a Node of a line that is not known yet', () => checkNode('30.0.0', new Date('2029-06-01')), ['pass']],
  ['a clock that was never set', () => checkClock(new Date(0)), ['fail', 'high clock']],
  ['a clock that ran away', () => checkClock(new Date('2106-02-07')), ['fail', 'high clock']],
]

for (const [what, check, expected] of cases)
  test(`${what}: ${expected.join(', ')}`, () => expect(told(check())).toEqual(expected))

test('telemetry is told by what it leaves', () => {
  const check = (files: Readonly<Record<string, string>>, environment: Record<string, string> = {}) =>
    told(
      checkTelemetry({
        files: { text: (path) => files[path], exists: (path) => path in files },
        ...{ environment, process: 7, temporaryDirectory: '/tmp', userDirectory: '/home/ada' },
      }),
    )
  expect(check({})).toEqual(['pass'])
  expect(check({ '/tmp/mat-debug-7.log': '' })).toEqual(['fail', 'high telemetry'])
  expect(check({ '/tmp/mat-debug-8.log': '' })).toEqual(['pass'])
  const loaded = { '/proc/self/maps': '7f00 r-xp /app/node_modules/onnxruntime-node/bin/libonnxruntime.so.1\n' }
  expect(check(loaded)).toEqual(['fail', 'high telemetry'])
  expect(check(loaded, { ORT_DISABLE_TELEMETRY: '1' })).toEqual(['pass'])
  const store = { '/home/ada/.cache/Microsoft/DeveloperTools/.onnxruntime': '' }
  expect(check(store)).toEqual(['pass', 'low telemetry-before'])
})
