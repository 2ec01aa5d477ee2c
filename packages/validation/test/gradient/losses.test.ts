import { elementCount, type Tensor } from '@nootropic/core'
import { createNode, type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { buildGradient, type LossName, lossNames } from '../../src/gradient/index.ts'
import { relativeError } from '../support/gradient-check.ts'
import { floats, modelOf, numbers } from '../support/models.ts'

const sessions = createInProcessSessions()
const rows = 3
const probe = { type: 'float64', dims: [rows, 4], data: Float64Array.from(numbers(rows * 4, 6)) } as const

/** Four numbers in, `classes` scores out, behind an activation or none. */
const network = (classes: number, activation?: string): OnnxModel =>
  modelOf({
    nodes: [
      createNode('Tanh', ['x'], ['h']),
      createNode('MatMul', ['h', 'w'], [activation === undefined ? 'y' : 'z']),
      ...(activation === undefined ? [] : [createNode(activation, ['z'], ['y'])]),
    ],
    initializer: [floats('float64', 'w', [4, classes], numbers(4 * classes, 8))],
    input: ['batch', 4],
    output: ['batch', classes],
    type: 'float64',
  })

interface Evaluation {
  readonly losses: readonly number[]
  readonly scores: readonly number[]
  readonly slope: readonly number[]
}

const evaluator = async (
  model: OnnxModel,
  loss: LossName,
  given: { labels: readonly number[]; target?: readonly number[] },
) => {
  const gradient = await buildGradient(model, { loss, sessions, probe })
  if (!gradient.isDerived) throw new Error(gradient.reason)
  const { names } = gradient
  const session = await sessions.open({ main: writeOnnx(gradient.model) })
  const labelsType = session.inputs.find(({ name }) => name === names.labels)?.type
  const integers = (values: readonly number[]): Tensor => ({
    type: 'int64',
    dims: [values.length],
    data: BigInt64Array.from(values, BigInt),
  })
  const labels: Tensor =
    labelsType === 'int64'
      ? integers(given.labels)
      : { type: 'float64', dims: [rows, given.labels.length / rows], data: Float64Array.from(given.labels) }
  const run = async (data: Float64Array): Promise<Evaluation> => {
    const outputs = await session.run({
      [names.input]: { ...probe, data },
      [names.labels]: labels,
      ...(names.target === undefined ? {} : { [names.target]: integers(given.target ?? []) }),
    })
    const read = (name: string): number[] => Array.from(outputs[name]?.data as Float64Array)
    return { losses: read(names.loss), scores: read(names.value), slope: read(names.slope) }
  }
  return { run, close: () => session.close() }
}

const compare = async (...of: Parameters<typeof evaluator>) => {
  const { run, close } = await evaluator(...of)
  const { losses, scores, slope } = await run(probe.data)
  const differences: number[] = []
  const distance = 1e-5
  for (let index = 0; index < elementCount(probe.dims); index += 1) {
    const total = async (by: number): Promise<number> => {
      const moved = await run(probe.data.with(index, (probe.data[index] ?? 0) + by))
      return moved.losses.reduce((sum, value) => sum + value, 0)
    }
    differences.push(((await total(distance)) - (await total(-distance))) / (2 * distance))
  }
  await close()
  expect(slope.some((value) => value !== 0)).toBe(true)
  expect(relativeError(slope, differences)).toBeLessThan(1e-7)
  return { losses, scores }
}

test('every loss is tested here', () => {
  expect(lossNames).toEqual(['cross-entropy', 'margin', 'dlr', 'targeted-dlr', 'mse', 'bce', 'cosine', 'seed'])
})

for (const loss of ['cross-entropy', 'margin', 'dlr'] as const) {
  for (const activation of [undefined, 'Softmax']) {
    test(`${loss} over ${activation ?? 'logits'} has the slope of its differences`, async () => {
      await compare(network(5, activation), loss, { labels: [0, 4, 2] })
    })
  }
}

test('the difference of logits ratio is its formula, right and wrong answers alike', async () => {
  const labels = [0, 4, 2]
  const { losses, scores } = await compare(network(5), 'dlr', { labels })
  const expected = labels.map((label, index) => {
    const row = scores.slice(index * 5, index * 5 + 5)
    const sorted = row.toSorted((left, right) => right - left)
    const wrong = Math.max(...row.filter((_, place) => place !== label))
    return -((row[label] ?? 0) - wrong) / ((sorted[0] ?? 0) - (sorted[2] ?? 0))
  })
  expect(relativeError(losses, expected)).toBeLessThan(1e-9)
})

test('the targeted ratio is its formula', async () => {
  const [labels, target] = [
    [0, 4, 2],
    [1, 2, 3],
  ]
  const { losses, scores } = await compare(network(5), 'targeted-dlr', { labels, target })
  const expected = labels.map((label, index) => {
    const row = scores.slice(index * 5, index * 5 + 5)
    const sorted = row.toSorted((left, right) => right - left)
    const below = (sorted[0] ?? 0) - ((sorted[2] ?? 0) + (sorted[3] ?? 0)) / 2
    return -((row[label] ?? 0) - (row[target[index] ?? 0] ?? 0)) / below
  })
  expect(relativeError(losses, expected)).toBeLessThan(1e-9)
})

for (const loss of ['mse', 'cosine', 'seed'] as const) {
  test(`${loss} against a tensor has the slope of its differences`, async () => {
    await compare(network(5), loss, { labels: numbers(rows * 5, 2) })
  })
}

for (const [name, activation] of [
  ['logits', undefined],
  ['a sigmoid', 'Sigmoid'],
] as const) {
  test(`cross-entropy of each element over ${name} has the slope of its differences`, async () => {
    await compare(network(2, activation), 'bce', { labels: [0, 1, 1, 0, 1, 1] })
  })
}

test('one sigmoid has a slope by every loss that it can have', async () => {
  for (const loss of ['cross-entropy', 'margin'] as const)
    await compare(network(1, 'Sigmoid'), loss, { labels: [0, 1, 1] })
  for (const loss of ['bce', 'mse'] as const) await compare(network(1, 'Sigmoid'), loss, { labels: [0, 1, 1] })
})

test('a loss that needs more classes than there are is refused', async () => {
  expect(await buildGradient(network(2), { loss: 'dlr', sessions, probe })).toMatchObject({
    isDerived: false,
    reason: 'dlr needs 3 classes, the output has 2',
  })
})
