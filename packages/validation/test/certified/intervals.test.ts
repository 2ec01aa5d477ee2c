import { createSeededRandom, elementCount } from '@nootropic/core'
import {
  type AttributeValue,
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  type OnnxModel,
  writeOnnx,
} from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { intervalRules } from '../../src/behaviour/certified/index.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'
import { countOutside, intervalsOf, networks, openNetwork, withOutput } from './soundness.ts'

const sessions = createInProcessSessions()

/** The networks that hold an operator without a rule, with the first of them. */
const underived: Readonly<Record<string, string>> = {
  'alexnet-norm': 'If',
  'causal-attention': 'Where',
  'channel-norms': 'GroupNormalization',
  choices: 'Greater',
  curves: 'Acosh',
  'fused-transformer': 'LayerNormalization',
  gathers: 'ScatterElements',
  gru: 'Split (beside the way)',
  hypernetwork: 'Conv (weights that are not constant)',
  'hypernetwork-transposed': 'ConvTranspose (weights that are not constant)',
  'misc-1d': 'InstanceNormalization',
  'moved-rows': 'Compress',
  'norm-pools': 'LpPool',
  pads: 'Sin',
  'parametric-relu': 'PRelu',
  products: 'Einsum',
  ramp: 'Range',
  reductions: 'ReduceProd',
  resizes: 'Resize (mode linear)',
  'root-mean-squares': 'RMSNormalization',
  'shared-sums': 'ReduceLogSum',
  steps: 'Greater',
  trigonometry: 'Sin',
  'vit-block': 'LayerNormalization',
}

/** The runtime takes seconds to open the interval graph of an unrolled LSTM; soundness.conformance.ts has it. */
const slow = 'lstm'

test('of 10,000 points in boxes of three sizes none leaves the bounds, in every network whose operators have rules', async () => {
  let points = 0
  for (const name of networks.filter((each) => each !== slow && !Object.hasOwn(underived, each))) {
    const { model, probe } = openNetwork(name)
    const intervals = await intervalsOf(model, probe)
    if (!intervals.isDerived) throw new Error(`${name}: ${intervals.reason} ${intervals.operators.join(', ')}`)
    for (const radius of [0, 0.001, 0.1]) {
      const result = await countOutside(model, intervals, probe, { radius, points: 200, seed: 1 })
      expect(result.outside, `${name} at ${radius}`).toBe(0)
      points += result.points
    }
  }
  expect(points).toBeGreaterThan(10_000)
})

test('what has no rule is named, and has no bounds', async () => {
  for (const [name, operator] of Object.entries(underived)) {
    const { model, probe } = openNetwork(name)
    const intervals = await intervalsOf(model, probe)
    expect(intervals, name).toMatchObject({ isDerived: false })
    expect('operators' in intervals && intervals.operators, name).toContain(operator)
  }
})

const random = createSeededRandom(3)
const constant = (name: string, dims: readonly number[], of: () => number = () => 2 * random.uniform() - 1) =>
  createTensor({ name, type: 'float32', dims, data: Float32Array.from({ length: elementCount(dims) }, of) })
const whole = (name: string, values: readonly number[]) =>
  createTensor({ name, type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) })

interface Single {
  readonly inputs?: readonly ReturnType<typeof constant>[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly dims?: readonly number[]
  /** The value is made positive first. */
  readonly isPositive?: boolean
  readonly outputs?: number
  /** Further inputs, all of them the model's own input. */
  readonly copies?: number
}

const picture = [2, 3, 6, 6]

/** Every operator that has a rule, once, as a model of its own. */
const singles: Readonly<Record<string, Single>> = {
  Abs: {},
  Add: { inputs: [constant('c', [3, 1, 1])] },
  Atan: {},
  AveragePool: { attributes: { kernel_shape: [3n, 2n], pads: [1n, 0n, 1n, 0n], strides: [2n, 1n] } },
  BatchNormalization: {
    inputs: [
      constant('s', [3]),
      constant('b', [3]),
      constant('m', [3]),
      constant('v', [3], () => random.uniform() + 0.1),
    ],
  },
  Ceil: {},
  Celu: { attributes: { alpha: 0.7 } },
  Clip: { inputs: [constant('from', [], () => -0.3), constant('to', [], () => 0.4)] },
  Concat: { inputs: [constant('c', [2, 1, 6, 6])], attributes: { axis: 1n } },
  Conv: { inputs: [constant('w', [4, 3, 3, 3]), constant('b', [4])], attributes: { pads: [1n, 1n, 1n, 1n] } },
  ConvTranspose: { inputs: [constant('w', [3, 2, 2, 2]), constant('b', [2])], attributes: { strides: [2n, 2n] } },
  DepthToSpace: { dims: [2, 4, 3, 3], attributes: { blocksize: 2n } },
  Div: { inputs: [constant('c', [3, 1, 1], () => random.uniform() - 2)] },
  Dropout: {},
  Elu: { attributes: { alpha: 1.3 } },
  Erf: {},
  Exp: {},
  Expand: { dims: [2, 3, 1, 1], inputs: [whole('shape', [2, 3, 4, 4])] },
  Flatten: {},
  Floor: {},
  Gather: { inputs: [whole('places', [2, 0, 2])], attributes: { axis: 1n } },
  Gemm: {
    dims: [2, 5],
    inputs: [constant('w', [4, 5]), constant('c', [4])],
    attributes: { alpha: -0.7, beta: 1.2, transB: 1n },
  },
  GlobalAveragePool: {},
  GlobalMaxPool: {},
  HardSigmoid: { attributes: { alpha: 0.9 } },
  HardSwish: {},
  Identity: {},
  LeakyRelu: { attributes: { alpha: 0.1 } },
  Log: { isPositive: true },
  MatMul: { dims: [2, 5], inputs: [constant('w', [5, 3])] },
  Max: { inputs: [constant('c', [3, 1, 1])] },
  MaxPool: { attributes: { kernel_shape: [3n, 3n], strides: [2n, 2n] } },
  Min: { copies: 1, inputs: [constant('c', [3, 1, 1])] },
  Mul: { copies: 1 },
  Neg: {},
  Pad: { inputs: [whole('pads', [0, 0, 1, 1, 0, 0, 1, 1])], attributes: { mode: 'reflect' } },
  Pow: { inputs: [constant('two', [], () => 2)] },
  Reciprocal: { isPositive: true },
  ReduceMax: { inputs: [whole('axes', [1])] },
  ReduceMean: { inputs: [whole('axes', [2, 3])] },
  ReduceMin: { inputs: [whole('axes', [2])] },
  ReduceSum: { inputs: [whole('axes', [1])] },
  Relu: {},
  Reshape: { inputs: [whole('shape', [0, -1])] },
  Resize: {
    inputs: [constant('', []), constant('scales', [4], () => 2)],
    attributes: { mode: 'nearest' },
  },
  Round: {},
  Selu: {},
  Sigmoid: {},
  Sign: {},
  Slice: { inputs: [whole('starts', [5]), whole('ends', [0]), whole('axes', [2]), whole('steps', [-2])] },
  Softmax: { attributes: { axis: 1n } },
  Softplus: {},
  Softsign: {},
  SpaceToDepth: { attributes: { blocksize: 2n } },
  Split: { attributes: { axis: 1n, num_outputs: 3n }, outputs: 3 },
  Sqrt: { isPositive: true },
  Squeeze: { dims: [2, 3, 1], inputs: [whole('axes', [2])] },
  Sub: { copies: 1 },
  Sum: { copies: 1, inputs: [constant('c', [3, 1, 1])] },
  Tanh: {},
  ThresholdedRelu: { attributes: { alpha: 0.4 } },
  Tile: { inputs: [whole('repeats', [1, 2, 1, 1])] },
  Transpose: { attributes: { perm: [0n, 2n, 3n, 1n] } },
  Unsqueeze: { inputs: [whole('axes', [1])] },
}

/** The operator behind a product with a constant, as in a model; the last of its outputs is the model's. */
const modelOf = async (opType: string, single: Single): Promise<OnnxModel> => {
  const { inputs = [], attributes = {}, dims = picture, isPositive = false, outputs = 1, copies = 0 } = single
  const names = Array.from({ length: outputs }, (_, index) => (index === outputs - 1 ? 'y' : `part${index}`))
  const given = inputs.map(({ name }) => name)
  const moving = isPositive ? 'positive' : 'scaled'
  const model = createOnnxModel({
    operatorSets: { '': 18 },
    graph: {
      name: opType,
      input: [createValueInfo({ name: 'x', type: 'float32', dims: ['batch', ...dims.slice(1)] })],
      output: [],
      initializer: [
        ...inputs.filter(({ name }) => name !== ''),
        constant('scale', [], () => 1.7),
        constant('lift', [], () => 8),
      ],
      node: [
        createNode('Mul', ['x', 'scale'], ['scaled']),
        ...(isPositive ? [createNode('Add', ['scaled', 'lift'], ['positive'])] : []),
        createNode(opType, [moving, ...Array.from({ length: copies }, () => 'x'), ...given], names, attributes),
      ],
    },
  })
  const session = await sessions.open({ main: writeOnnx(withOutput(model, 'y')) })
  const output = session.outputs.map(createValueInfo)
  await session.close()
  return { ...model, graph: { ...model.graph, output } }
}

test('every operator that has a rule keeps its points inside its bounds by itself', async () => {
  expect(Object.keys(singles)).toEqual([...intervalRules.keys()])
  for (const [opType, single] of Object.entries(singles)) {
    const model = await modelOf(opType, single)
    const dims = single.dims ?? picture
    const probe: FloatTensor = {
      type: 'float32',
      dims,
      data: Float32Array.from({ length: elementCount(dims) }, () => 4 * random.uniform() - 2),
    }
    const intervals = await intervalsOf(model, probe)
    if (!intervals.isDerived) throw new Error(`${opType}: ${intervals.reason} ${intervals.operators.join(', ')}`)
    for (const radius of [0, 0.01, 1]) {
      const { outside } = await countOutside(model, intervals, probe, { radius, points: 36, seed: 2 })
      expect(outside, `${opType} at ${radius}`).toBe(0)
    }
  }
})

const boundsOf = async (
  model: OnnxModel,
  lower: readonly number[],
  upper: readonly number[],
  dims: readonly number[],
) => {
  const tensor = (values: readonly number[]): FloatTensor => ({
    type: 'float32',
    dims,
    data: Float32Array.from(values),
  })
  const intervals = await intervalsOf(model, tensor(lower))
  if (!intervals.isDerived) throw new Error(`${intervals.reason} ${intervals.operators.join(', ')}`)
  const session = await sessions.open({ main: writeOnnx(intervals.model) })
  const outputs = await session.run({ [intervals.names.lower]: tensor(lower), [intervals.names.upper]: tensor(upper) })
  await session.close()
  return [intervals.names.least, intervals.names.greatest].map((name) =>
    Array.from(outputs[name]?.data as Float32Array),
  )
}

test('the bounds of an affine map are its exact range, but for rounding', async () => {
  const weights = [
    [1, -2, 0.5],
    [-1, 3, 0],
  ]
  const model = await modelOf('Gemm', {
    dims: [1, 3],
    inputs: [
      createTensor({ name: 'w', type: 'float32', dims: [2, 3], data: Float32Array.from(weights.flat()) }),
      createTensor({ name: 'c', type: 'float32', dims: [2], data: Float32Array.of(0.25, -4) }),
    ],
    attributes: { transB: 1n },
  })
  const [lower, upper] = [
    [-1, 0, 2],
    [1, 0.5, 3],
  ]
  const [least = [], greatest = []] = await boundsOf(model, lower, upper, [1, 3])
  weights.forEach((row, index) => {
    const ends = row.map((weight, place) => [1.7 * weight * (lower[place] ?? 0), 1.7 * weight * (upper[place] ?? 0)])
    const bias = [0.25, -4][index] ?? 0
    const exactLeast = ends.reduce((sum, pair) => sum + Math.min(...pair), bias)
    const exactGreatest = ends.reduce((sum, pair) => sum + Math.max(...pair), bias)
    expect(exactLeast - (least[index] ?? 0)).toBeGreaterThan(0)
    expect(exactLeast - (least[index] ?? 0)).toBeLessThan(1e-4)
    expect((greatest[index] ?? 0) - exactGreatest).toBeGreaterThan(0)
    expect((greatest[index] ?? 0) - exactGreatest).toBeLessThan(1e-4)
  })
})

test('numbers that overflow on the way bound nothing, whatever stands behind them', async () => {
  for (const behind of ['Relu', 'Clip', 'Sigmoid', 'Softmax', 'MaxPool'] as const) {
    const single = singles[behind] ?? {}
    const inner = await modelOf(behind, { ...single, dims: [1, 3, 6, 6] })
    const huge = createTensor({
      name: 'huge',
      type: 'float32',
      dims: [3, 3, 1, 1],
      data: new Float32Array(9).fill(3e38),
    })
    const model: OnnxModel = {
      ...inner,
      graph: {
        ...inner.graph,
        initializer: [...inner.graph.initializer, huge],
        node: [
          createNode('Conv', ['x', 'huge'], ['burst']),
          createNode('Conv', ['burst', 'huge'], ['nothing']),
          ...inner.graph.node.map((node) => ({
            ...node,
            input: node.input.map((name) => (name === 'x' ? 'nothing' : name)),
          })),
        ],
      },
    }
    const [least = [], greatest = []] = await boundsOf(
      model,
      new Array<number>(108).fill(-1),
      new Array<number>(108).fill(1),
      [1, 3, 6, 6],
    )
    // The model itself gives what is no number, which no end of a clip bounds.
    expect(new Set(least), behind).toEqual(new Set([Number.NEGATIVE_INFINITY]))
    expect(new Set(greatest), behind).toEqual(new Set([Number.POSITIVE_INFINITY]))
  }
})

test('numbers below the least normal one are rounded by more than a share of them, and stay inside their bounds', async () => {
  const normal = createSeededRandom(5)
  const weights = (name: string, dims: readonly number[], scale: number) =>
    constant(name, dims, () => scale * normal.normal())
  const model = createOnnxModel({
    operatorSets: { '': 18 },
    graph: {
      name: 'underflow',
      input: [createValueInfo({ name: 'x', type: 'float32', dims: ['batch', 8] })],
      output: [createValueInfo({ name: 'y', type: 'float32', dims: ['batch', 2] })],
      initializer: [weights('w', [8, 8], 1e-30), weights('v', [8, 8], 1e-12), weights('u', [8, 2], 3e37)],
      node: [
        createNode('Gemm', ['x', 'w'], ['tiny']),
        createNode('Gemm', ['tiny', 'v'], ['tinier']),
        createNode('Gemm', ['tinier', 'u'], ['y']),
      ],
    },
  })
  const probe = { type: 'float32', dims: [2, 8], data: new Float32Array(16).fill(0.5) } as const
  const intervals = await intervalsOf(model, probe)
  if (!intervals.isDerived) throw new Error(intervals.reason)
  expect(await countOutside(model, intervals, probe, { radius: 1e-4, points: 200, seed: 1 })).toMatchObject({
    outside: 0,
  })
})

test('a dropout that trains and a power that broadcasts have no bounds', async () => {
  const ratio = constant('ratio', [], () => 0.5)
  const flag = (name: string, value: number) =>
    createTensor({ name, type: 'bool', dims: [], data: Uint8Array.of(value) })
  const derived = async (opType: string, inputs: Single['inputs'], dims: readonly number[]) => {
    const model = await modelOf(opType, { ...(inputs === undefined ? {} : { inputs }), dims })
    const data = new Float32Array(elementCount(dims)).fill(0.5)
    return (await intervalsOf(model, { type: 'float32', dims, data })).isDerived
  }
  expect(await derived('Dropout', [ratio, flag('training', 1)], [2, 3])).toBe(false)
  expect(await derived('Dropout', [ratio, flag('training', 0)], [2, 3])).toBe(true)
  expect(await derived('Pow', [constant('two', [2], () => 2)], [2, 1])).toBe(false)
})

/** The functions whose kernels approximate, in float64. */
const exactly: Readonly<Record<string, (x: number) => number>> = {
  Atan: Math.atan,
  Celu: (x) => Math.max(0, x) + Math.min(0, Math.expm1(x)),
  Elu: (x) => (x > 0 ? x : Math.expm1(x)),
  Exp: Math.exp,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Softplus: (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x),
  Softsign: (x) => x / (1 + Math.abs(x)),
  Tanh: Math.tanh,
}

test('kernels that approximate stay within half of what bounds are widened by', async () => {
  const points = Float32Array.from({ length: 40_001 }, (_, index) => (index - 20_000) / 1000)
  for (const [opType, exact] of Object.entries(exactly)) {
    const model = createOnnxModel({
      operatorSets: { '': 18 },
      graph: {
        name: opType,
        input: [createValueInfo({ name: 'x', type: 'float32', dims: ['batch'] })],
        output: [createValueInfo({ name: 'y', type: 'float32', dims: ['batch'] })],
        node: [createNode(opType, ['x'], ['y'])],
      },
    })
    const session = await sessions.open({ main: writeOnnx(model) })
    const { y } = await session.run({ x: { type: 'float32', dims: [points.length], data: points } })
    await session.close()
    const worst = Array.from(y?.data as Float32Array).reduce((most, value, index) => {
      const expected = exact(points[index] ?? 0)
      return Math.max(most, Math.abs(value - expected) / (1 + Math.abs(expected)))
    }, 0)
    expect(worst, opType).toBeLessThan(2 ** -19)
  }
})
