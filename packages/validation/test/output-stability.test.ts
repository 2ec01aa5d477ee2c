import { NootropicError, type SessionFactory, type Tensor } from '@nootropic/core'
import { createNode, type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { testOutputStability } from '../src/behaviour/output-stability.ts'
import { openSubject } from '../src/behaviour/subject.ts'
import { openDigits } from './attacks/digits.ts'
import { diagonalClassifier, modelOf } from './support/models.ts'

const sessions = createInProcessSessions()

const stabilityOf = async (model: OnnxModel, factory: SessionFactory = sessions) => {
  const bytes = { main: writeOnnx(model) }
  const subject = await openSubject({
    path: 'model.onnx',
    model,
    bytes,
    sessions: factory,
    dataset: undefined,
    seed: 1,
  })
  try {
    return await testOutputStability(subject)
  } finally {
    await subject.close()
  }
}

/** The factory, with answers changed by what a session was opened for and what it is given. */
const answering = (
  change: (answer: number, context: { opened: number; threads: number; optimisation: string; rows: number }) => number,
): SessionFactory => {
  let opened = 0
  return {
    open: async (model, options) => {
      const session = await sessions.open(model, options)
      opened += 1
      const context = { opened, threads: options?.threads ?? 1, optimisation: options?.optimisation ?? 'all' }
      return {
        ...session,
        run: async (feeds, runOptions) => {
          const outputs = await session.run(feeds, runOptions)
          const rows = Object.values(feeds)[0]?.dims[0] ?? 0
          const changed = ({ type, dims, data }: Tensor): Tensor => ({
            type,
            dims,
            data: (data as Float32Array).map((answer) => change(answer, { ...context, rows })),
          })
          return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, changed(tensor)]))
        },
      }
    },
  }
}

test('a real model answers the same when repeated, resaved, with more threads and in a batch', async () => {
  const digits = await openDigits(8)
  const outcome = await testOutputStability(digits.subject)
  await digits.close()
  expect(outcome).toMatchObject({ verdict: 'pass', findings: [] })
  expect(outcome.measurements['difference=resaved']).toBe(0)
  expect(outcome.measurements['difference=threads']).toBeLessThan(1e-5)
  expect(outcome.measurements['difference=batch']).toBeLessThan(1e-5)
  for (const level of ['disabled', 'basic', 'extended'])
    expect(outcome.measurements[`difference=optimisation-${level}`]).toBeLessThan(1e-5)
  expect(outcome.skipped).toEqual([])
})

test('a model whose answer depends on threads or on its neighbours in the batch is named', async () => {
  const model = diagonalClassifier(4)
  const threaded = await stabilityOf(
    model,
    answering((answer, { threads }) => answer * (threads > 1 ? 1.01 : 1)),
  )
  expect(threaded.verdict).toBe('fail')
  expect(threaded.findings.map(({ rule, message }) => [rule, message])).toEqual([
    ['behaviour/unstable-output', expect.stringContaining('with 2 threads')],
  ])
  expect(threaded.measurements['difference=threads']).toBeCloseTo(0.01, 4)

  const rewritten = await stabilityOf(
    model,
    answering((answer, { optimisation }) => answer * (optimisation === 'basic' ? 1.01 : 1)),
  )
  expect(rewritten.findings.map(({ message }) => message)).toEqual([expect.stringContaining('optimisation "basic"')])

  const mixing = modelOf({
    nodes: [createNode('Softmax', ['x'], ['y'], { axis: 0n })],
    input: ['batch', 2],
    output: ['batch', 2],
  })
  const mixed = await stabilityOf(mixing)
  expect(mixed.findings.map(({ message }) => message)).toEqual([expect.stringContaining('4 examples at once')])
})

test('a resaved model has no tolerance at all', async () => {
  // The model, its trial session where one is opened, and then the resaved one.
  let last = 0
  const factory = answering((answer, { opened, threads, optimisation }) => {
    last = Math.max(last, opened)
    return threads === 1 && optimisation === 'all' && opened === last && opened > 1 ? answer * (1 + 1e-6) : answer
  })
  const outcome = await stabilityOf(diagonalClassifier(4), factory)
  expect(outcome.measurements['difference=resaved']).toBeGreaterThan(0)
  expect(outcome.findings.map(({ message }) => message)).toContainEqual(expect.stringContaining('saved anew'))
})

test('a random model is called so, and no setting is blamed for it', async () => {
  let runs = 0
  const random = await stabilityOf(
    diagonalClassifier(4),
    answering((answer) => {
      runs += 1
      return answer + runs
    }),
  )
  expect(random.verdict).toBe('fail')
  expect(random.measurements['difference=threads']).toBeUndefined()
  expect(random.findings.every(({ message }) => message.includes('in 3 runs'))).toBe(true)
})

test('numbers that are none are a finding, and not a difference', async () => {
  const outcome = await stabilityOf(
    diagonalClassifier(4),
    answering(() => Number.NaN),
  )
  expect(outcome.findings.map(({ rule }) => rule)).toEqual(['behaviour/non-finite-output'])
})

test('what a model cannot be asked is skipped by name', async () => {
  const fixed = modelOf({ nodes: [createNode('Relu', ['x'], ['y'])], input: [1, 2], output: [1, 2] })
  const outcome = await stabilityOf(fixed)
  expect(outcome.verdict).toBe('pass')
  expect(outcome.skipped?.map(({ name }) => name)).toEqual(['output-stability/batch'])

  const single: SessionFactory = {
    open: async (model, options) => {
      const session = await sessions.open(model, options)
      return {
        ...session,
        run: (feeds, runOptions) => {
          if ((Object.values(feeds)[0]?.dims[0] ?? 0) > 1) throw new NootropicError('INPUT_INVALID', 'one at a time')
          return session.run(feeds, runOptions)
        },
      }
    },
  }
  const refused = await stabilityOf(diagonalClassifier(4), single)
  expect(refused.skipped?.[0]).toEqual({
    name: 'output-stability/batch',
    reason: expect.stringContaining('one at a time'),
  })
})

test('a model that is quantised while it runs may be a step off, not another', async () => {
  const quantised = modelOf({
    nodes: [
      createNode('DynamicQuantizeLinear', ['x'], ['q', 'scale', 'zero']),
      createNode('DequantizeLinear', ['q', 'scale', 'zero'], ['y']),
    ],
    input: ['batch', 2],
    output: ['batch', 2],
  })
  // Each batch has steps of its own: alone an example is rounded otherwise than beside a larger one.
  const outcome = await stabilityOf(quantised)
  expect(outcome.measurements['difference=batch']).toBeGreaterThan(1e-4)
  expect(outcome.verdict).toBe('pass')
  const off = await stabilityOf(
    quantised,
    answering((answer, { threads }) => answer * (threads > 1 ? 1.2 : 1)),
  )
  expect(off.verdict).toBe('fail')
})
