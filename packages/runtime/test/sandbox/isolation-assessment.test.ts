import { expect, test } from 'vitest'
import { assessLayers, assessServing } from '../../src/sandbox/assess-isolation.ts'
import type { HostView } from '../../src/sandbox/host-view.ts'
import {
  type IsolationClaims,
  type IsolationLayer,
  type IsolationReport,
  isolationLayers,
  levelOf,
} from '../../src/sandbox/isolation.ts'
import { acts, actsAt, type Stage } from '../../src/worker/acts.ts'
import type { ActResult, CanaryResult } from '../../src/worker/canary.ts'

const resultsOf = (stage: Stage, result: ActResult): Record<string, ActResult> =>
  Object.fromEntries(actsAt(stage).map(({ name }) => [name, result]))

const status = { Uid: '65534', CapEff: '0000000000000000', NoNewPrivs: '1', Seccomp: '2' }
const refusing: CanaryResult = {
  acts: resultsOf('start', { outcome: 'refused', detail: 'EPERM' }),
  environment: ['ORT_DISABLE_TELEMETRY'],
  namespaces: { pid: 'pid:[2]', net: 'net:[2]' },
  status,
  kernel: 'Linux',
}
const host: HostView = {
  namespaces: { pid: 'pid:[1]', net: 'net:[1]' },
  kernel: 'Linux',
  isNode: true,
  hasOwnUsers: true,
  status,
  addedFilters: 1,
  limits: { cpu: '60', data: '1', core: '1' },
  dumpsToProgram: true,
}
const claims: IsolationClaims = Object.fromEntries(isolationLayers.map((layer) => [layer, 'claimed']))

const reportOf = (canary: CanaryResult, view: HostView, claimed = claims): IsolationReport => {
  const layers = assessLayers(canary, view, claimed)
  return { level: levelOf(layers), way: 'test', passedOver: [], layers }
}

test('a worker that is refused everything is strongly isolated', () => {
  const { level, layers } = reportOf(refusing, host)
  expect(level).toBe('strong')
  const enforced = isolationLayers.filter((layer) => layers[layer].state === 'enforced')
  expect(enforced).toEqual(isolationLayers.filter((layer) => layer !== 'servingCalls' && layer !== 'gvisor'))
})

test('a layer that is waived is missed by no level; all others are', () => {
  const openNetwork = Object.fromEntries(actsAt('start').map(({ name }) => [name, refusing.acts[name] as ActResult]))
  for (const { name } of acts.start.network) openNetwork[name] = { outcome: 'open', detail: 'done' }
  const { network: _, ...others } = claims
  const { level, layers } = reportOf({ ...refusing, acts: openNetwork }, host, others)
  expect([level, layers.network.state]).toEqual(['limits-only', 'unavailable'])
  expect(levelOf(layers, ['network'])).toBe('strong')
  expect(levelOf(layers, ['filesystem'])).toBe('limits-only')
})

const withActs = (changed: Record<string, ActResult>): CanaryResult => ({
  ...refusing,
  acts: { ...refusing.acts, ...changed },
})

test('one act that came through fails its layer, whichever it is', () => {
  // With process ids of its own, the host's means nobody.
  const sameIds = { ...host, namespaces: refusing.namespaces }
  for (const [layer, table] of Object.entries(acts.start)) {
    for (const { name } of table) {
      const { layers } = reportOf(withActs({ [name]: { outcome: 'open', detail: 'done' } }), sameIds)
      expect(layers[layer as IsolationLayer], name).toMatchObject({
        state: 'failed',
        probe: expect.stringContaining(name),
      })
    }
  }
})

test('an act that was not answered came through', () => {
  for (const [layer, table] of Object.entries(acts.start)) {
    const name = table[0]?.name ?? ''
    const { [name]: _, ...answered } = refusing.acts
    const { layers } = reportOf({ ...refusing, acts: answered }, { ...host, namespaces: refusing.namespaces })
    expect(layers[layer as IsolationLayer].state, layer).toBe('failed')
  }
})

test('a layer of which nothing was tried is not held', () => {
  const untried = withActs(resultsOf('start', { outcome: 'untried', detail: 'needs koffi' }))
  expect(reportOf(untried, host).layers.filesystem).toMatchObject({ state: 'failed', probe: 'nothing was tried' })
})

const faults: [IsolationLayer, string, Partial<CanaryResult>, Partial<HostView>][] = [
  ['namespaces', 'shares a namespace', { namespaces: { pid: 'pid:[1]', net: 'net:[2]' } }, {}],
  ['namespaces', 'cannot be compared with its host', {}, { namespaces: {} }],
  ['systemCalls', 'has no filter', { status: { ...status, Seccomp: '0' } }, {}],
  ['systemCalls', 'has the filters of its host only', {}, { addedFilters: 0 }],
  ['cpu', 'has unlimited time', {}, { limits: { cpu: 'unlimited', data: '1', core: '1' } }],
  ['coreDumps', 'dumps core to a file', {}, { limits: { cpu: '60', data: '1', core: 'unlimited' } }],
  ['coreDumps', 'dumps core to a program', {}, { limits: { cpu: '60', data: '1', core: '0' } }],
  ['coreDumps', 'has limits that nobody can read', {}, { limits: { cpu: '60', data: '1', core: 'unknown' } }],
  ['environment', 'sees a variable', { environment: ['AWS_SECRET_ACCESS_KEY'] }, {}],
  ['privileges', 'is root outside', {}, { status: { ...status, Uid: '0' } }],
  ['privileges', 'is nobody that can be seen', {}, { status: {} }],
  ['privileges', 'has a capability', { status: { ...status, CapEff: '0000000000200000' } }, {}],
  ['privileges', 'can get new privileges', { status: { ...status, NoNewPrivs: '0' } }, {}],
]

for (const [layer, what, canary, view] of faults) {
  test(`a worker that ${what} fails for its ${layer}`, () => {
    const { layers } = reportOf({ ...refusing, ...canary }, { ...host, ...view })
    expect(layers[layer].state).toBe('failed')
    const { [layer]: _, ...others } = claims
    expect(reportOf({ ...refusing, ...canary }, { ...host, ...view }, others).layers[layer].state).toBe('unavailable')
  })
}

test('a limit of no core at all is enough where the kernel hands cores to no program', () => {
  const view = { ...host, limits: { cpu: '60', data: '1', core: '0' }, dumpsToProgram: false }
  expect(reportOf(refusing, view).layers.coreDumps.state).toBe('enforced')
})

// What only a kernel in user space makes of a worker: it hears of another kernel, and Linux knows of no Node.
const elsewhere = { ...refusing, kernel: 'gVisor' }
const around: HostView = { ...host, isNode: false }

test('a kernel of its own is one that calls itself otherwise and runs no Node on the host', () => {
  const stateOf = (canary: CanaryResult, view: HostView) => reportOf(canary, view).layers.gvisor.state
  expect(stateOf(elsewhere, around)).toBe('enforced')
  expect(stateOf(refusing, around)).toBe('failed')
  expect(stateOf(elsewhere, host)).toBe('failed')
  expect(stateOf(elsewhere, { ...around, isNode: undefined })).toBe('failed')
})

test("what a kernel of its own may do on the host counts, and the host's number of filters does not", () => {
  const layersOf = (view: HostView) => reportOf(elsewhere, view).layers
  expect(layersOf({ ...around, addedFilters: 0 }).systemCalls.state).toBe('enforced')
  expect(layersOf(around).memory.state).toBe('enforced')
  const unlimited = { ...around, limits: { ...around.limits, data: 'unlimited' } }
  expect(layersOf(unlimited).memory.state).toBe('failed')
  const capable = { ...around, status: { ...status, CapEff: '0000000000240000' } }
  expect(layersOf(capable).privileges.state).toBe('enforced')
  expect(layersOf({ ...capable, hasOwnUsers: false }).privileges.state).toBe('failed')
})

test('any wall is enough, and one there must be', () => {
  const none = { state: 'unavailable', how: 'nothing', probe: '' } as const
  const held = { ...none, state: 'enforced' } as const
  const layers = { ...reportOf(refusing, host).layers, gvisor: none }
  expect(levelOf({ ...layers, landlock: none })).toBe('strong')
  expect(levelOf({ ...layers, namespaces: none })).toBe('strong')
  expect(levelOf({ ...layers, namespaces: none, landlock: none, gvisor: held })).toBe('strong')
  expect(levelOf({ ...layers, namespaces: none, landlock: none })).toBe('limits-only')
})

test('without any of its layers, strong is not strong', () => {
  const { layers } = reportOf(refusing, host)
  const needed: IsolationLayer[] = [
    ...(['filesystem', 'network', 'environment', 'memory', 'descriptors', 'coreDumps'] as const),
    ...(['systemCalls', 'processes', 'signals', 'privileges'] as const),
  ]
  for (const layer of needed) {
    expect(levelOf({ ...layers, [layer]: { ...layers[layer], state: 'unavailable' } }), layer).not.toBe('strong')
  }
})

test('the second filter is proved by what the loaded worker is refused and by what the kernel counts', () => {
  const before = reportOf(refusing, host)
  const serving = { ...refusing, acts: resultsOf('serve', { outcome: 'refused', detail: 'EPERM' }) }
  const stateWith = (canary: CanaryResult, addedFilters: number | undefined) =>
    assessServing(before, canary, { ...host, addedFilters }, claims).layers.servingCalls.state
  expect(stateWith(serving, 2)).toBe('enforced')
  expect(stateWith(serving, undefined)).toBe('enforced')
  // A worker that says what it likes cannot add a filter.
  expect(stateWith(serving, 1)).toBe('failed')
  expect(stateWith({ ...serving, acts: {} }, 2)).toBe('failed')
})
