import { type ElementType, NootropicError, type Tensor } from '@nootropic/core'
import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  readOnnx,
  writeOnnx,
} from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { areLike, joinRows, rowsOf, splitRows } from '../../src/pool/batch-tensors.ts'
import { tryBatches } from '../../src/pool/batch-trial.ts'
import { defaultPoolOptions } from '../../src/pool/pool-options.ts'
import { areRowsIndependent } from '../../src/pool/row-independence.ts'
import { failureOf } from '../failure.ts'
import { additionModel, countingModel, echoModel, nonZeroModel, productModel } from '../models.ts'
import { doubleLimits, feedsOf, openPoolOfDoubles, settled } from './worker-double.ts'

const never = new AbortController().signal
type Nodes = ReturnType<typeof createNode>[]

const weights = (name: string, ...dims: number[]) =>
  createTensor({
    name,
    type: 'float32',
    dims,
    data: Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, at) => ((at % 7) - 3) / 8),
  })

/** float32 x [n, 4] to y [n, 4], with a constant matrix, row, column and batch at hand. */
const modelOf = (node: Nodes, output: (number | string)[] = ['n', 4]): Uint8Array =>
  writeOnnx(
    createOnnxModel({
      operatorSets: { '': 17 },
      graph: {
        name: 'test',
        node,
        input: [createValueInfo({ name: 'x', type: 'float32', dims: ['n', 4] })],
        output: [createValueInfo({ name: 'y', type: 'float32', dims: output })],
        initializer: [
          weights('matrix', 4, 4),
          weights('row', 4),
          weights('first-row', 1, 4),
          weights('rows', 3, 4),
          weights('volume', 2, 1, 4),
        ],
      },
    }),
  )

const independent: Record<string, Uint8Array> = {
  'two layers': modelOf([
    createNode('Gemm', ['x', 'matrix', 'row'], ['h']),
    createNode('Relu', ['h'], ['r']),
    createNode('MatMul', ['r', 'matrix'], ['l']),
    createNode('Softmax', ['l'], ['y'], { axis: -1n }),
  ]),
  'a constant row': modelOf([createNode('Add', ['first-row', 'x'], ['y'])]),
  'rows and rows': modelOf([createNode('Sigmoid', ['x'], ['s']), createNode('Mul', ['x', 's'], ['y'])]),
  'two inputs of one length': additionModel(),
  'a product': productModel(8),
}
const dependent: Record<string, Uint8Array> = {
  'a softmax over the batch': modelOf([createNode('Softmax', ['x'], ['y'], { axis: 0n })]),
  'a softmax over the batch, counted from the end': modelOf([createNode('Softmax', ['x'], ['y'], { axis: -2n })]),
  'a mean over the batch': modelOf([createNode('ReduceMean', ['x'], ['m']), createNode('Sub', ['x', 'm'], ['y'])]),
  'a running sum': modelOf([createNode('CumSum', ['x', 'zero'], ['y'])]),
  'a product of the batch with itself': modelOf([
    createNode('MatMul', ['x', 'matrix'], ['h']),
    createNode('Gemm', ['h', 'x'], ['g'], { transB: 1n }),
    createNode('MatMul', ['g', 'x'], ['y']),
  ]),
  'a batch that is turned round': modelOf([createNode('Gemm', ['x', 'matrix'], ['y'], { transA: 1n })]),
  'a constant for each row of a batch': modelOf([createNode('Add', ['x', 'rows'], ['y'])]),
  'a constant that makes more of the batch': modelOf([createNode('Add', ['x', 'volume'], ['y'])], [2, 'n', 4]),
  'an operator of another domain': modelOf([{ ...createNode('Relu', ['x'], ['y']), domain: 'com.example' }]),
  'an operator that has an object’s name': modelOf([createNode('constructor', ['x'], ['y'])]),
  'an output without rows': modelOf([createNode('Relu', ['x'], ['y'])], [1, 4]),
  'a constant output': modelOf([createNode('Relu', ['matrix'], ['y'])]),
  'inputs of different lengths': echoModel(),
  'places that depend on values': nonZeroModel(),
  'a loop': countingModel(),
}

for (const [name, main] of Object.entries(independent)) {
  test(`${name}: rows are independent`, () => expect(areRowsIndependent(readOnnx(main))).toBe(true))
}
for (const [name, main] of Object.entries(dependent)) {
  test(`${name}: rows are not said to be independent`, () => expect(areRowsIndependent(readOnnx(main))).toBe(false))
}

const tensor = (type: ElementType, dims: number[], data: Tensor['data']): Tensor => ({ type, dims, data })

test('what is joined comes apart again, of every kind, in memory of its own', () => {
  const parts = [1, 2, 3].map((rows) => ({
    float: tensor('float32', [rows, 2], new Float32Array(2 * rows).fill(rows)),
    half: tensor('float16', [rows], new Uint16Array(rows).fill(rows)),
    long: tensor('int64', [rows, 1, 1], new BigInt64Array(rows).fill(BigInt(rows))),
    text: tensor('string', [rows, 2], Array(2 * rows).fill(`☃${rows}`)),
  }))
  const [first = {}] = parts
  expect(parts.every((part) => areLike(first, part))).toBe(true)
  const joined = joinRows(parts)
  expect([rowsOf(joined), joined.float?.dims, joined.long?.dims]).toEqual([6, [6, 2], [6, 1, 1]])
  const split = splitRows(joined, [1, 2, 3])
  expect(split).toEqual(parts)
  expect(new Set(split?.map(({ float }) => (float?.data as Float32Array | undefined)?.buffer)).size).toBe(3)
  expect(splitRows(joined, [1, 2])).toBeUndefined()
})

test('tensors that have no rows, or not as many, are not joined', () => {
  const scalar = tensor('float32', [], Float32Array.of(1))
  const none = tensor('float32', [0, 2], new Float32Array())
  const two = tensor('float32', [2], new Float32Array(2))
  const three = tensor('float32', [3], new Float32Array(3))
  for (const tensors of [{ scalar }, { none }, { two, three }]) expect(rowsOf(tensors)).toBeUndefined()
  expect(areLike({ two }, { two: three })).toBe(true)
  const long = tensor('int64', [2], new BigInt64Array(2))
  const wide = tensor('float32', [2, 3], new Float32Array(6))
  const wider = tensor('float32', [2, 4], new Float32Array(8))
  for (const other of [{ two: none }, { two: long }, { other: two }, { two, more: two }, {}]) {
    expect(areLike({ two }, other)).toBe(false)
    expect(areLike(other, { two })).toBe(false)
  }
  expect(areLike({ wide }, { wide: wider })).toBe(false)
})

const floats = (...data: number[]): Record<string, Tensor> => ({
  x: { type: 'float32', dims: [1, data.length], data: Float32Array.from(data) },
})

test('a model that mixes rows gets no batches, whatever it gains', async () => {
  const session = await createInProcessSessions().open({
    main: modelOf([createNode('Softmax', ['x'], ['y'], { axis: 0n })]),
  })
  expect(await tryBatches(floats(1, 2, 3, 4), (feeds) => session.run(feeds))).toEqual(new Set())
  await session.close()
})

test('a batch is worth it from where its items take less time than alone', async () => {
  const run = async (feeds: Record<string, Tensor>) => {
    const rows = rowsOf(feeds) ?? 0
    // One row takes a millisecond; two take two; more take three.
    await new Promise((resolve) => setTimeout(resolve, Math.min(rows, 3)))
    return { y: feeds.x as Tensor }
  }
  const sizes = await tryBatches(floats(1, 2), run)
  expect([sizes.has(8), sizes.has(16)]).toEqual([true, true])
})

test('nothing is joined that is copied for longer than company saves', async () => {
  // 0.4 MiB in and as much out: two of them are tried together, and not four.
  const tried = new Set<number | undefined>()
  await tryBatches(floats(...new Float32Array(100 * 1024)), async (feeds) => {
    tried.add(rowsOf(feeds))
    return { y: feeds.x as Tensor }
  })
  expect(tried).toEqual(new Set([1, 2]))
})

/** A pool whose model can be joined; its doubles answer the trial by themselves, one row as slowly as sixteen. */
const openBatching = async () => {
  const opened = openPoolOfDoubles({
    options: { ...defaultPoolOptions, batching: true },
    limits: { ...doubleLimits, deadlineMs: 10_000, queueLength: 64, queueBytes: 1e6 },
    mayJoin: async () => true,
  })
  const { pool, runs, alive, given } = opened
  const first = pool.run(feedsOf(0), never)
  ;(await given(1)).answer()
  await first
  while (alive.size < 2) await settled()
  // The first of these keeps a worker until the trial on the other is over.
  const busy = [1, 2, 3].map((value) => pool.run(feedsOf(value), never))
  const held = await given(2)
  let answered = 2
  let isHeld = true
  const trial = (async () => {
    while (isHeld) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      for (; answered < runs.length; answered += 1) runs[answered]?.answer()
      if (pool.metrics.warm > 0) isHeld = false
    }
  })()
  await trial
  return { ...opened, held, busy }
}

test('those who wait are run as one, and each gets its own answer', async () => {
  const { pool, held, busy, runs, given, events } = await openBatching()
  const before = runs.length
  const more = [4, 5, 6].map((value) => pool.run(feedsOf(value), never))
  held.answer()
  const batch = await given(before + 1)
  expect(batch.rows).toBe(5)
  batch.answer()
  const outputs = await Promise.all([...busy, ...more])
  expect(outputs.map(({ y }) => [y?.dims, y?.data[0]])).toEqual([1, 2, 3, 4, 5, 6].map((value) => [[1, 1], value]))
  expect(events).toContainEqual({ type: 'batch-run', size: 5 })
  await pool.close()
})

test('a batch that ends its worker is run again one by one, and only the input that did it is blamed', async () => {
  const { pool, held, busy, runs, given } = await openBatching()
  const before = runs.length
  const bad = failureOf(pool.run(feedsOf(666), never))
  held.answer()
  ;(await given(before + 1)).die('died of the run')
  for (let count = before + 2; ; count += 1) {
    const run = await given(count)
    expect(run.rows).toBe(1)
    if (run.value === 666) run.die('died of the run')
    else run.answer()
    await settled()
    if (pool.metrics.running === 0 && pool.metrics.waiting === 0) break
  }
  expect((await Promise.all(busy)).map(({ y }) => y?.data[0])).toEqual([1, 2, 3])
  expect((await bad).details.quarantined).toBeDefined()
  expect(runs.slice(before + 1).filter(({ value }) => value === 666)).toHaveLength(2)
  await pool.close()
})

test('who gives up in a batch leaves the others in it', async () => {
  const { pool, held, busy, runs, given, alive } = await openBatching()
  const before = runs.length
  const stops = [new AbortController(), new AbortController()]
  const gone = stops.map(({ signal }) => failureOf(pool.run(feedsOf(9), signal)))
  held.answer()
  const batch = await given(before + 1)
  expect(batch.rows).toBe(4)
  const abort = new NootropicError('ABORTED', 'enough')
  for (const stop of stops) stop.abort(abort)
  expect(await Promise.all(gone)).toEqual([abort, abort])
  expect(alive.has(batch.pid)).toBe(true)
  batch.answer()
  expect((await Promise.all(busy)).map(({ y }) => y?.data[0])).toEqual([1, 2, 3])
  await pool.close()
})

test('when everybody in a batch has given up, the run is ended', async () => {
  const { pool, held, busy, runs, given, alive } = await openBatching()
  held.answer()
  ;(await given(runs.length + 1)).answer()
  await Promise.all(busy)
  await settled()
  const before = runs.length
  const one = pool.run(feedsOf(1), never)
  const stops = [new AbortController(), new AbortController()]
  const gone = stops.map(({ signal }) => failureOf(pool.run(feedsOf(9), signal)))
  ;(await given(before + 1)).answer()
  await one
  const batch = await given(before + 2)
  expect(batch.rows).toBe(2)
  for (const stop of stops) stop.abort(new NootropicError('ABORTED', 'enough'))
  await Promise.all(gone)
  expect(alive.has(batch.pid)).toBe(false)
  await pool.close()
})
