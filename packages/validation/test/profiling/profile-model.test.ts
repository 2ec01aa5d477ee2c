import { createSeededRandom } from '@nootropic/core'
import { createNode, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { feedsOfRows } from '../../src/behaviour/profiling/batch-feeds.ts'
import { describeDurations, percentile } from '../../src/behaviour/profiling/durations.ts'
import { profileModel } from '../../src/behaviour/profiling/index.ts'
import { readResources } from '../../src/behaviour/profiling/process-resources.ts'
import { diagonalClassifier, floats, modelOf } from '../support/models.ts'
import { bytes, feeds, timedModel } from './support.ts'

test('percentiles are by nearest rank', () => {
  const sorted = Array.from({ length: 100 }, (_, index) => index + 1)
  expect([0.5, 0.9, 0.95, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([50, 90, 95, 99, 100])
  expect(percentile([7], 0.01)).toBe(7)
})

test('durations give their percentiles, deviation and jitter', () => {
  expect(describeDurations([4, 2, 2, 100, 3])).toEqual({
    runs: 5,
    minimumMs: 2,
    p50Ms: 3,
    p90Ms: 100,
    p95Ms: 100,
    p99Ms: 100,
    maximumMs: 100,
    meanMs: 22.2,
    deviationMs: 1,
    jitterMs: (2 + 0 + 98 + 97) / 4,
  })
})

test('every batch and number of threads is measured after a warm-up that does not count', async () => {
  const model = timedModel(({ batch, threads, index }) => (index % 13 < 3 ? 500 : (10 * batch) / threads))
  const { clock, sessions, read } = model
  const profile = await profileModel(bytes, {
    sessions,
    feeds,
    clock,
    read,
    batches: [1, 4],
    threads: [1, 2],
    runs: 10,
  })
  expect(profile.skipped).toEqual([])
  expect(
    profile.runs.map(({ batch, threads, latency, throughput }) => [batch, threads, latency.p50Ms, throughput]),
  ).toEqual([
    [1, 1, 10, 100],
    [4, 1, 40, 100],
    [1, 2, 5, 200],
    [4, 2, 20, 200],
  ])
  expect(profile.runs[0]).toMatchObject({
    cpuMsPerRun: 20,
    memory: { warmBytes: 1003, peakBytes: 1013, growthBytes: 10, isOwnProcess: true },
  })
  expect(model.closed()).toBe(2)
})

test('feeds are repeated to a batch, and inputs that the model fixes stay', () => {
  const inputs = [
    { name: 'x', type: 'float32' as const, dims: ['batch', 2] },
    { name: 'rate', type: 'int64' as const, dims: [1] },
    { name: 'text', type: 'string' as const, dims: [null] },
  ]
  const rate = { type: 'int64', dims: [1], data: BigInt64Array.of(16000n) } as const
  const text = { type: 'string', dims: [2], data: ['a', 'b'] } as const
  const repeated = feedsOfRows(inputs, { ...feeds, rate, text }, 3)
  expect(repeated.x).toEqual({ type: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 1, 2) })
  expect(repeated.rate).toBe(rate)
  expect(repeated.text).toEqual({ type: 'string', dims: [3], data: ['a', 'b', 'a'] })
})

test('a model that fixes its batch is measured at that alone, and says what was left out', async () => {
  const { clock, sessions, read } = timedModel(() => 1, [2, 2])
  const profile = await profileModel(bytes, { sessions, feeds, clock, read, batches: [8], runs: 5 })
  expect(profile.runs.map(({ batch }) => batch)).toEqual([2])
  expect(profile.skipped).toEqual([{ name: 'batch=8, threads=1', reason: 'the model fixes its batch at 2' }])
})

test('what was measured before the time was used up is kept, and the rest is named', async () => {
  const { clock, sessions, read } = timedModel(() => 100)
  const options = { sessions, feeds, clock, read, batches: [1, 2, 4], runs: 10, budgetMs: 1600 }
  const profile = await profileModel(bytes, options)
  expect(profile.runs.map(({ latency }) => latency.runs)).toEqual([10, 1])
  expect(profile.skipped).toEqual([
    { name: 'batch=2, threads=1', reason: 'the time for profiling was used up after 1 of 10 runs' },
    { name: 'batch=4, threads=1', reason: 'the time for profiling was used up after 0 of 10 runs' },
  ])
  const none = await profileModel(bytes, { ...options, budgetMs: -1 })
  expect(none.runs).toEqual([])
  expect(none.skipped).toHaveLength(3)
})

test('the caller stops it, and keeps what there is', async () => {
  const controller = new AbortController()
  const { clock, sessions, read } = timedModel(({ index }) => {
    if (index === 7) controller.abort()
    return 1
  })
  const { signal } = controller
  const profile = await profileModel(bytes, { sessions, feeds, clock, read, runs: 10, signal })
  expect(profile.runs[0]?.latency.runs).toBe(5)
  expect(profile.skipped[0]?.reason).toBe('the caller stopped the work after 5 of 10 runs')
})

test('a run that fails ends its batch, and the runs before it stay', async () => {
  const { clock, sessions, read } = timedModel(({ index }) => (index === 9 ? 'no more' : 1))
  const profile = await profileModel(bytes, { sessions, feeds, clock, read, runs: 10 })
  expect(profile.runs[0]?.latency.runs).toBe(6)
  expect(profile.skipped[0]?.reason).toBe('INPUT_INVALID: no more after 6 of 10 runs')
})

test('a batch that the model refuses is named, and the others are measured', async () => {
  const { clock, sessions, read } = timedModel(({ batch }) => (batch === 4 ? 'too many rows' : 1))
  const profile = await profileModel(bytes, { sessions, feeds, clock, read, batches: [1, 4, 8], runs: 5 })
  expect(profile.runs.map(({ batch }) => batch)).toEqual([1, 8])
  expect(profile.skipped).toEqual([
    { name: 'batch=4, threads=1', reason: 'INPUT_INVALID: too many rows after 0 of 5 runs' },
  ])
})

test('memory that a host does not tell is named, not zero', async () => {
  const { clock, sessions } = timedModel(() => 1)
  const profile = await profileModel(bytes, { sessions, feeds, clock, runs: 5, read: () => undefined })
  expect(profile.runs[0]?.memory).toBeUndefined()
  expect(profile.runs[0]?.cpuMsPerRun).toBeUndefined()
  expect(profile.skipped[0]?.name).toBe('batch=2, threads=1: memory')
})

test('counts that measure nothing are refused', async () => {
  const { sessions } = timedModel(() => 1)
  for (const counts of [
    { runs: 0 },
    { runs: 1.5 },
    { batches: [] },
    { batches: [0] },
    { threads: [] },
    { threads: [-1] },
  ])
    await expect(profileModel(bytes, { sessions, feeds, ...counts })).rejects.toMatchObject({ code: 'USAGE' })
})

test('the operators of a real model are measured one by one, and add up', async () => {
  const model = diagonalClassifier(1, [createNode('Softmax', ['logits'], ['y'])])
  const profile = await profileModel(
    { main: writeOnnx(model) },
    { sessions: createInProcessSessions(), feeds, runs: 5, operators: true },
  )
  const { operators } = profile
  // On a busy host noise may hide such small costs, and that is then said.
  expect(operators?.skipped.map(({ name }) => name).filter((name) => name !== 'costs')).toEqual([])
  expect(operators?.operators.map(({ operator, nodes }) => [operator, nodes]).toSorted()).toEqual([
    ['Gemm', 2],
    ['Relu', 1],
    ['Softmax', 1],
  ])
  expect(operators?.nodes).toHaveLength(4)
  const sum = (values: readonly number[] = []): number => values.reduce((total, value) => total + value, 0)
  expect(sum(operators?.operators.map(({ milliseconds }) => milliseconds))).toBeCloseTo(operators?.totalMs ?? -1, 9)
  expect([0, 1]).toContain(Number(sum(operators?.operators.map(({ share }) => share)).toFixed(9)))
  expect(profile.runs[0]?.memory?.isOwnProcess).toBe(false)
})

test('the dearest operator is the one that does the work', async () => {
  const random = createSeededRandom(1)
  const weights = Array.from({ length: 256 * 256 }, () => random.uniform())
  const model = modelOf({
    nodes: [createNode('Neg', ['x'], ['negative']), createNode('MatMul', ['negative', 'w'], ['y'])],
    initializer: [floats('float32', 'w', [256, 256], weights)],
    input: ['batch', 256],
    output: ['batch', 256],
  })
  const x = { type: 'float32', dims: [128, 256], data: new Float32Array(128 * 256).fill(1) } as const
  const { operators } = await profileModel(
    { main: writeOnnx(model) },
    { sessions: createInProcessSessions(), feeds: { x }, runs: 9, operators: true },
  )
  expect(operators?.operators[0]?.operator).toBe('MatMul')
})

test('an operator that holds a graph is named as not measured', async () => {
  const branch = (value: number) => ({
    ...modelOf({ nodes: [], input: [], output: [] }).graph,
    name: `branch-${value}`,
    input: [],
    initializer: [],
    node: [createNode('Constant', [], ['made'], { value: floats('float32', 'made', [1], [value]) })],
    output: modelOf({ nodes: [], input: [], output: [1] }).graph.output.map((info) => ({ ...info, name: 'made' })),
  })
  const model = modelOf({
    nodes: [
      createNode('ReduceSum', ['x'], ['sum'], { keepdims: 0n }),
      createNode('Greater', ['sum', 'zero'], ['isPositive']),
      createNode('If', ['isPositive'], ['y'], { then_branch: branch(1), else_branch: branch(2) }),
    ],
    initializer: [floats('float32', 'zero', [], [0])],
    input: ['batch', 2],
    output: [1],
  })
  const { operators, skipped } = await profileModel(
    { main: writeOnnx(model) },
    { sessions: createInProcessSessions(), feeds, runs: 3, operators: true },
  )
  expect(operators?.operators.map(({ operator }) => operator).toSorted()).toEqual(['Greater', 'ReduceSum'])
  expect(skipped.filter(({ name }) => name !== 'operator costs')).toEqual([
    { name: 'operator y (If)', reason: 'it holds graphs of its own, or reads what is no tensor' },
  ])
})

test.runIf(process.platform === 'linux')('a session with a process of its own is read from /proc, children too', () => {
  const session = { inputs: [], outputs: [], run: async () => ({}), close: async () => {} }
  const own = readResources({ ...session, pid: process.pid } as typeof session)
  const here = readResources(session)
  expect(own?.isOwnProcess).toBe(true)
  expect(here?.isOwnProcess).toBe(false)
  expect(own?.residentBytes).toBeGreaterThan(0.5 * (here?.residentBytes ?? Number.POSITIVE_INFINITY))
  expect(own?.cpuMs).toBeGreaterThan(0)
  expect(readResources({ ...session, pid: 2 ** 30 } as typeof session)).toBeUndefined()
})
