import { createNode, type NodeProto, type OnnxModel, type TensorProto, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { buildGradient } from '../../src/gradient/index.ts'
import { relativeError } from '../support/gradient-check.ts'
import { floats, modelOf, numbers } from '../support/models.ts'

interface ExpansionCase {
  readonly name: string
  /** From `x` to `y`. */
  readonly nodes: readonly NodeProto[]
  readonly weights?: Readonly<Record<string, readonly number[]>>
  readonly dims: readonly number[]
}

const sessions = createInProcessSessions()
type Attributes = Parameters<typeof createNode>[3]
const fused = (opType: string, inputs: readonly string[], attributes: Attributes = {}, outputs = ['y']): NodeProto => ({
  ...createNode(opType, inputs, outputs, attributes),
  domain: 'com.microsoft',
})
const summed = (outputs: readonly string[]): NodeProto[] => [
  ...outputs.map((name) => createNode('Flatten', [name], [`flat-${name}`], { axis: 1n })),
  createNode(
    'Concat',
    outputs.map((name) => `flat-${name}`),
    ['y'],
    { axis: 1n },
  ),
]

/** A recurrent layer over 4 steps of 3 numbers, whose outputs are told batch first. */
const recurrent = (opType: string, attributes: Attributes, extra: readonly string[] = []): NodeProto[] => [
  createNode('Transpose', ['x'], ['steps'], { perm: [1n, 0n, 2n] }),
  createNode(opType, ['steps', 'w', 'r', 'b', ...extra], ['all', 'last'], { hidden_size: 2n, ...attributes }),
  createNode('Transpose', ['all'], ['all-first'], { perm: [2n, 0n, 1n, 3n] }),
  createNode('Transpose', ['last'], ['last-first'], { perm: [1n, 0n, 2n] }),
  ...summed(['all-first', 'last-first']),
]
const recurrentWeights = (gates: number, directions: number) => ({
  w: [directions, gates * 2, 3],
  r: [directions, gates * 2, 2],
  b: [directions, gates * 4],
})

const cases: readonly ExpansionCase[] = [
  ...(['forward', 'reverse', 'bidirectional'] as const).flatMap((direction): ExpansionCase[] => {
    const directions = direction === 'bidirectional' ? 2 : 1
    return [
      {
        name: `LSTM ${direction}`,
        nodes: recurrent('LSTM', { direction }),
        weights: recurrentWeights(4, directions),
        dims: [2, 4, 3],
      },
      {
        name: `GRU ${direction}`,
        nodes: recurrent('GRU', { direction }),
        weights: recurrentWeights(3, directions),
        dims: [2, 4, 3],
      },
      {
        name: `RNN ${direction}`,
        nodes: recurrent('RNN', { direction }),
        weights: recurrentWeights(1, directions),
        dims: [2, 4, 3],
      },
    ]
  }),
  {
    name: 'LSTM with peepholes and starting states',
    nodes: recurrent('LSTM', {}, ['', 'h', 'c', 'p']),
    weights: { ...recurrentWeights(4, 1), h: [1, 2, 2], c: [1, 2, 2], p: [1, 6] },
    dims: [2, 4, 3],
  },
  {
    name: 'GRU that resets last',
    nodes: recurrent('GRU', { linear_before_reset: 1n }),
    weights: recurrentWeights(3, 1),
    dims: [2, 4, 3],
  },
  ...['Relu', 'Tanh', 'Sigmoid'].map(
    (activation): ExpansionCase => ({
      name: `FusedConv ${activation}`,
      nodes: [fused('FusedConv', ['x', 'k', 'b'], { activation, pads: [1n, 1n, 1n, 1n] }, ['c']), ...summed(['c'])],
      weights: { k: [3, 2, 3, 3], b: [3] },
      dims: [2, 2, 4, 4],
    }),
  ),
  {
    name: 'FusedConv with a sum',
    nodes: [
      fused('FusedConv', ['x', 'k', 'b', 'x'], { activation: 'Relu', kernel_shape: [1n, 1n] }, ['c']),
      ...summed(['c']),
    ],
    weights: { k: [2, 2, 1, 1], b: [2] },
    dims: [2, 2, 4, 4],
  },
  {
    name: 'FusedGemm LeakyRelu',
    nodes: [fused('FusedGemm', ['x', 'k', 'b'], { activation: 'LeakyRelu', activation_alpha: 0.2, transB: 1n })],
    weights: { k: [5, 4], b: [5] },
    dims: [2, 4],
  },
  {
    name: 'FusedMatMul',
    nodes: [fused('FusedMatMul', ['x', 'k'], { alpha: 0.5, transA: 1n, transB: 1n }, ['m']), ...summed(['m'])],
    weights: { k: [5, 3] },
    dims: [2, 3, 4],
  },
  { name: 'Gelu', nodes: [fused('Gelu', ['x'])], dims: [2, 6] },
  { name: 'BiasGelu', nodes: [fused('BiasGelu', ['x', 'b'])], weights: { b: [6] }, dims: [2, 6] },
  { name: 'FastGelu', nodes: [fused('FastGelu', ['x', 'b'])], weights: { b: [6] }, dims: [2, 6] },
  { name: 'QuickGelu', nodes: [fused('QuickGelu', ['x'], { alpha: 1.5 })], dims: [2, 6] },
  {
    name: 'SkipLayerNormalization',
    nodes: [fused('SkipLayerNormalization', ['x', 'x', 'g', 'b', 'c'], { epsilon: 1e-3 }, ['s']), ...summed(['s'])],
    weights: { g: [4], b: [4], c: [4] },
    dims: [2, 3, 4],
  },
  {
    name: 'SkipSimplifiedLayerNormalization',
    nodes: [fused('SkipSimplifiedLayerNormalization', ['x', 'x', 'g'], { epsilon: 1e-3 }, ['s']), ...summed(['s'])],
    weights: { g: [4] },
    dims: [2, 3, 4],
  },
  {
    name: 'Attention',
    nodes: [fused('Attention', ['x', 'k', 'b'], { num_heads: 2n }, ['a']), ...summed(['a'])],
    weights: { k: [4, 12], b: [12] },
    dims: [2, 3, 4],
  },
  {
    name: 'MultiHeadAttention',
    nodes: [fused('MultiHeadAttention', ['x', 'x', 'x', 'b'], { num_heads: 2n }, ['a']), ...summed(['a'])],
    weights: { b: [12] },
    dims: [2, 3, 4],
  },
]

const modelFrom = ({ nodes, weights = {}, dims }: ExpansionCase): OnnxModel => {
  const initializer: TensorProto[] = Object.entries(weights).map(([name, shape], seed) =>
    floats(
      'float32',
      name,
      shape,
      numbers(
        shape.reduce((product, dim) => product * dim, 1),
        seed + 20,
      ),
    ),
  )
  const model = modelOf({ nodes, initializer, input: ['batch', ...dims.slice(1)], output: ['batch', null] })
  return {
    ...model,
    opsetImport: [
      ...model.opsetImport,
      ...modelOf({ nodes: [], input: [], output: [] }).opsetImport.map((set) => ({
        ...set,
        domain: 'com.microsoft',
        version: 1,
      })),
    ],
  }
}

for (const expansionCase of cases) {
  test(`${expansionCase.name} is expanded to what the runtime computes, and its slope is that of the loss`, async () => {
    const { dims } = expansionCase
    const length = dims.reduce((product, dim) => product * dim, 1)
    const inputs = { type: 'float32', dims, data: Float32Array.from(numbers(length, 7)) } as const
    const model = modelFrom(expansionCase)
    const original = await sessions.open({ main: writeOnnx(model) })
    const expected = Array.from((await original.run({ x: inputs })).y?.data as Float32Array)
    await original.close()
    const gradient = await buildGradient(model, { loss: 'seed', sessions, probe: inputs })
    if (!gradient.isDerived) throw new Error(`${gradient.reason}: ${gradient.operators.join(', ')}`)
    const { names } = gradient
    const session = await sessions.open({ main: writeOnnx(gradient.model) })
    const width = expected.length / (dims[0] ?? 1)
    const weights = numbers(expected.length, 3)
    const seed = { type: 'float32', dims: [dims[0] ?? 1, width], data: Float32Array.from(weights) } as const
    const run = (data: Float32Array) => session.run({ [names.input]: { ...inputs, data }, [names.labels]: seed })
    const outputs = await run(inputs.data)
    const value = Array.from(outputs[names.value]?.data as Float32Array)
    expect(relativeError(value, expected)).toBeLessThan(1e-5)
    const slope = Array.from(outputs[names.slope]?.data as Float32Array)
    const distance = 1e-2
    const differences: number[] = []
    for (let index = 0; index < length; index += 1) {
      const total = async (by: number): Promise<number> => {
        const moved = await run(inputs.data.map((each, place) => (place === index ? each + by : each)))
        const values = Array.from(moved[names.value]?.data as Float32Array)
        return weights.reduce((sum, weight, place) => sum + weight * (values[place] ?? Number.NaN), 0)
      }
      differences.push(((await total(distance)) - (await total(-distance))) / (2 * distance))
    }
    await session.close()
    expect(relativeError(slope, differences)).toBeLessThan(5e-3)
  })
}
