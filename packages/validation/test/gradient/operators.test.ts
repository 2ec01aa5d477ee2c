import { isNootropicError } from '@nootropic/core'
import { type NodeProto, createNode as node } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { relativeError } from '../support/gradient-check.ts'
import { floats, integers, numbers } from '../support/models.ts'
import { compareOperator, derivativesAt, flatOperatorsOf, type OperatorCase } from '../support/operator-check.ts'
import { type Attributes, one, part, scalar, whole } from '../support/operator-nodes.ts'

/** The error function by its Taylor series, which converges fast below 2. */
const erf = (x: number): number => {
  let term = x
  let sum = x
  for (let n = 1; n < 60; n += 1) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

/** Operators of one input: attributes, formula where there is no float64 kernel, and inputs where the domain is bounded. */
const unary: readonly {
  readonly operator: string
  readonly attributes?: Attributes
  readonly formula?: (x: number) => number
  readonly at?: readonly number[]
  readonly opset?: number
}[] = [
  { operator: 'Abs' },
  { operator: 'Acos', formula: Math.acos, at: [-0.9, -0.3, 0.2, 0.8] },
  { operator: 'Acosh', formula: Math.acosh, at: [1.1, 1.5, 2, 7] },
  { operator: 'Asin', formula: Math.asin, at: [-0.9, -0.3, 0.2, 0.8] },
  { operator: 'Asinh', formula: Math.asinh },
  { operator: 'Atan', formula: Math.atan },
  { operator: 'Atanh', formula: Math.atanh, at: [-0.9, -0.3, 0.2, 0.8] },
  {
    operator: 'Celu',
    attributes: { alpha: 1.5 },
    formula: (x) => Math.max(0, x) + Math.min(0, 1.5 * Math.expm1(x / 1.5)),
  },
  { operator: 'Cos' },
  { operator: 'Cosh', formula: Math.cosh },
  { operator: 'Elu', attributes: { alpha: 0.5 }, opset: 18 },
  { operator: 'Erf', formula: erf },
  { operator: 'Exp' },
  { operator: 'Gelu', formula: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)) },
  {
    operator: 'Gelu',
    attributes: { approximate: 'tanh' },
    formula: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  },
  { operator: 'HardSigmoid', attributes: { alpha: 0.5, beta: 0.25 }, opset: 18, at: [-2, -0.3, 0.4, 2] },
  { operator: 'HardSwish', opset: 18, at: [-4, -2, -0.4, 1, 2.8, 5] },
  { operator: 'Log', at: [0.1, 1, 2, 7] },
  { operator: 'Mish', opset: 18 },
  { operator: 'Reciprocal' },
  { operator: 'Selu', opset: 18 },
  {
    operator: 'Shrink',
    attributes: { lambd: 0.5, bias: 0.25 },
    // onnxruntime rounds it to float32 in between.
    formula: (x) => (Math.abs(x) > 0.5 ? x - Math.sign(x) * 0.25 : 0),
    at: [-2, -0.3, 0.3, 2],
  },
  { operator: 'Sin' },
  { operator: 'Sinh', formula: Math.sinh },
  { operator: 'Softplus', opset: 18 },
  { operator: 'Softsign', opset: 18 },
  { operator: 'Sqrt', at: [0.1, 1, 2, 7] },
  { operator: 'Swish', attributes: { alpha: 1.5 }, opset: 24 },
  { operator: 'Tan', formula: Math.tan },
  { operator: 'ThresholdedRelu', attributes: { alpha: 0.5 }, opset: 18 },
]

const unaryCases = unary.map(
  ({ operator, attributes = {}, formula, at, opset }): OperatorCase => ({
    name: `${operator} ${Object.keys(attributes)}`,
    nodes: one(operator, attributes),
    dims: [at?.length ?? 6],
    ...(at === undefined ? {} : { at }),
    ...(opset === undefined ? {} : { opset }),
    ...(formula === undefined ? {} : { formula: (row) => row.map(formula) }),
  }),
)

/** Two operands, both computed from x, that broadcast against each other: [3, 1] and [4], the first one positive. */
const bothWays = (operator: string): NodeProto[] => [
  ...part('x', 'left', 1, 0, 3),
  ...part('x', 'b', 1, 3, 7),
  node('Exp', ['left'], ['positive']),
  node('Reshape', ['positive', 'column'], ['a']),
  node('Reshape', ['b', 'row'], ['c']),
  node(operator, ['a', 'c'], ['h']),
]

const broadcastShapes = () => [integers('column', [0, 3, 1]), integers('row', [0, 1, 4])]

/** The sum of |x|^p over parts of a row, to the power of 1/p. */
const norm = (values: readonly number[], p: number): number =>
  values.reduce((sum, value) => sum + Math.abs(value) ** p, 0) ** (1 / p)
const halves = (row: readonly number[]): number[][] => [row.slice(0, row.length / 2), row.slice(row.length / 2)]
const standardised = (values: readonly number[]): number[] => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return values.map((value) => (value - mean) / Math.sqrt(variance))
}

const elementwise: readonly OperatorCase[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum'].map((operator) => ({
    name: `${operator} of two operands that broadcast`,
    nodes: bothWays(operator),
    initializer: broadcastShapes,
    dims: [7],
  })),
  {
    name: 'PRelu of a slope that broadcasts',
    nodes: [...part('x', 'a', 2, 0, 4), ...part('x', 'b', 2, 4, 5), node('PRelu', ['a', 'b'], ['h'])],
    dims: [3, 5],
    opset: 18,
  },
  {
    name: 'Mean of three',
    nodes: [node('Sin', ['x'], ['s']), node('Mean', ['x', 's', 'w'], ['h'])],
    initializer: (type) => [floats(type, 'w', [2, 1], [0.5, 2])],
    dims: [1, 3],
    formula: (row) => [0.5, 2].flatMap((w) => row.map((x) => (x + Math.sin(x) + w) / 3)),
  },
  {
    name: 'Max of three',
    nodes: [node('Cos', ['x'], ['c']), node('Max', ['x', 'c', 'w'], ['h'])],
    initializer: (type) => [scalar(type, 'w', 0.3)],
    dims: [8],
  },
  {
    name: 'Pow to the second',
    nodes: [node('Pow', ['x', 'two'], ['h'])],
    initializer: (type) => [scalar(type, 'two', 2)],
    dims: [4],
  },
  {
    name: 'Pow of negative numbers to a whole exponent of another type',
    nodes: [node('Pow', ['x', 'three'], ['h'])],
    initializer: () => [whole('three', [3], [])],
    dims: [4],
  },
  {
    name: 'Where of operands that broadcast',
    nodes: [
      ...bothWays('Greater').slice(0, -1),
      node('Greater', ['a', 'c'], ['f']),
      node('Where', ['f', 'c', 'a'], ['h']),
    ],
    initializer: broadcastShapes,
    dims: [7],
  },
]

const reduceOperators = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare']
const positive = numbers(12, 5).map((value) => value + 1.2)
const reductions: readonly OperatorCase[] = [
  ...reduceOperators.flatMap((kind): OperatorCase[] => [
    {
      name: `Reduce${kind} over an inner axis`,
      nodes: [node(`Reduce${kind}`, ['x', 'axes'], ['h'], { keepdims: 0n })],
      initializer: () => [integers('axes', [1])],
      dims: [3, 4],
      at: positive,
    },
    {
      name: `Reduce${kind} over two axes from the end, kept`,
      nodes: [node(`Reduce${kind}`, ['x', 'axes'], ['h'])],
      initializer: () => [integers('axes', [-1, -3])],
      dims: [2, 3, 2],
      at: positive,
    },
  ]),
  ...[0, 1].map(
    (zeros): OperatorCase => ({
      name: `ReduceProd with ${zeros} zeros`,
      nodes: [node('ReduceProd', ['x', 'axes'], ['h'])],
      initializer: () => [integers('axes', [1])],
      dims: [4],
      at: [2, 3, 0.5, 4].map((value, place) => (place < zeros ? 0 : value)),
    }),
  ),
  ...[0n, 1n].flatMap((exclusive) =>
    [0n, 1n].map(
      (reverse): OperatorCase => ({
        name: `CumSum exclusive ${exclusive} reverse ${reverse}`,
        nodes: [node('CumSum', ['x', 'axis'], ['h'], { exclusive, reverse })],
        initializer: () => [whole('axis', [-1], [])],
        dims: [2, 4],
      }),
    ),
  ),
  ...[1n, 2n].map(
    (p): OperatorCase => ({
      name: `LpNormalization of order ${p}`,
      nodes: one('LpNormalization', { axis: 1n, p }),
      dims: [3, 2],
    }),
  ),
  {
    name: 'LogSoftmax over an inner axis',
    nodes: one('LogSoftmax', { axis: 1n }),
    dims: [3, 2],
  },
  {
    name: 'GlobalAveragePool',
    nodes: one('GlobalAveragePool'),
    dims: [2, 2, 2],
    formula: (row) => halves(row).map((part) => part.reduce((a, b) => a + b, 0) / 4),
  },
  {
    name: 'GlobalMaxPool',
    nodes: one('GlobalMaxPool'),
    dims: [2, 2, 2],
    formula: (row) => halves(row).map((part) => Math.max(...part)),
  },
  ...[1, 2, 3].flatMap((p): OperatorCase[] => [
    {
      name: `GlobalLpPool of order ${p}`,
      nodes: one('GlobalLpPool', { p: BigInt(p) }),
      dims: [2, 2, 2],
      formula: (row) => halves(row).map((part) => norm(part, p)),
    },
    {
      name: `LpPool of order ${p}, overlapping`,
      nodes: one('LpPool', { p: BigInt(p), kernel_shape: [2n], strides: [1n] }),
      dims: [2, 4],
      formula: (row) => halves(row).flatMap((part) => [0, 1, 2].map((start) => norm(part.slice(start, start + 2), p))),
    },
  ]),
  {
    name: 'LpPool padded',
    nodes: one('LpPool', { kernel_shape: [3n], strides: [2n], pads: [1n, 1n] }),
    dims: [2, 5],
    formula: (row) =>
      halves(row).flatMap((values) => [0, 2, 4].map((at) => norm(values.slice(Math.max(0, at - 1), at + 2), 2))),
  },
  {
    name: 'MeanVarianceNormalization',
    nodes: one('MeanVarianceNormalization', { axes: [2n, 3n] }),
    dims: [2, 2, 3],
    formula: (row) => halves(row).flatMap(standardised),
  },
]

const cases = [...unaryCases, ...elementwise, ...reductions]

for (const operator of cases) {
  test(`the reverse rule agrees with differences: ${operator.name}`, async () => {
    const { slope, differences } = await compareOperator(operator)
    expect(slope.some((value) => value !== 0)).toBe(true)
    expect(relativeError(slope, differences)).toBeLessThan(operator.formula === undefined ? 1e-7 : 1e-6)
  })
}

/** The operators that onnxruntime computes in float32 only: there is nothing to take differences of in float64. */
const withoutFloat64 = [
  ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Celu', 'Cosh', 'Erf', 'Gelu', 'GlobalAveragePool'],
  ...['GlobalLpPool', 'GlobalMaxPool', 'LpPool', 'Mean', 'MeanVarianceNormalization', 'Sinh', 'Tan'],
]

test('only what has no kernel for float64 is compared with a formula', async () => {
  const refused = new Set<string>()
  for (const { formula, ...operator } of cases) {
    // Shrink has a kernel, which rounds to float32 in between.
    const [name = ''] = operator.name.split(/[ ,]/)
    if (formula === undefined || name === 'Shrink') continue
    await compareOperator(operator).catch((error: unknown) => {
      if (isNootropicError(error) && error.code === 'MODEL_MALFORMED') refused.add(name)
    })
  }
  expect([...refused].sort()).toEqual(withoutFloat64)
})

/** At kinks and in special places: x, and the derivative that the rule's own comment promises. */
const kinks: readonly {
  readonly operator: string
  readonly at: readonly number[]
  readonly expected: readonly number[]
  readonly attributes?: Attributes
  readonly second?: number
  readonly opset?: number
}[] = [
  { operator: 'Abs', at: [-1, 0, 1], expected: [-1, 0, 1] },
  { operator: 'Elu', attributes: { alpha: 0.5 }, at: [0, 1], expected: [0.5, 1] },
  { operator: 'Celu', attributes: { alpha: 0.5 }, at: [0, 1], expected: [1, 1] },
  { operator: 'Selu', at: [0, 1], expected: [1.0507 * 1.67326, 1.0507] },
  { operator: 'HardSigmoid', attributes: { alpha: 0.5, beta: 0.5 }, at: [-1, 0, 1], expected: [0, 0.5, 0] },
  { operator: 'HardSwish', at: [-3, 3], expected: [0, 1] },
  { operator: 'ThresholdedRelu', at: [1, 1.5], expected: [0, 1] },
  { operator: 'Shrink', at: [-0.5, 0.5, 0.75], expected: [0, 0, 1] },
  { operator: 'Max', second: 1, at: [0, 1, 2], expected: [0, 0.5, 1] },
  { operator: 'Min', second: 1, at: [0, 1, 2], expected: [1, 0.5, 0] },
  { operator: 'Pow', second: 0, at: [0, 2], expected: [0, 0] },
  { operator: 'Pow', second: 1, at: [0, -2], expected: [1, 1] },
  { operator: 'PRelu', second: 0.25, at: [-1, 0, 1], expected: [0.25, 0.25, 1] },
]

for (const { operator, at, expected, attributes, second } of kinks) {
  test(`the derivative at a kink is the documented one: ${operator} at ${at} ${second ?? ''}`, async () => {
    const derivatives = await derivativesAt({
      name: operator,
      nodes: [node(operator, second === undefined ? ['x'] : ['x', 'second'], ['h'], attributes)],
      initializer: (type) => (second === undefined ? [] : [floats(type, 'second', [1], [second])]),
      dims: [at.length],
      at,
    })
    for (const [place, derivative] of derivatives.entries())
      expect(derivative).toBeCloseTo(expected[place] ?? Number.NaN, 4)
  })
}

for (const [operator, at, expected] of [
  ['ReduceMax', [2, 1, 2, 0], [0.5, 0, 0.5, 0]],
  ['ReduceMin', [1, 1, 1, 1], [0.25, 0.25, 0.25, 0.25]],
  ['ReduceL1', [0, -1, 1, 0], [0, -1, 1, 0]],
  ['ReduceL2', [0, 0, 0, 0], [0, 0, 0, 0]],
  ['ReduceProd', [0, 0, 2, 3], [0, 0, 0, 0]],
] as const) {
  test(`the slope of ${operator} at [${at}] is [${expected}]`, async () => {
    const slopes = await derivativesAt({
      name: operator,
      nodes: [node(operator, ['x', 'axes'], ['h'])],
      initializer: () => [integers('axes', [1])],
      dims: [4],
      at,
    })
    for (const [place, slope] of slopes.entries()) expect(slope).toBeCloseTo(expected[place] ?? Number.NaN, 6)
  })
}

test('the first of equal elements gets the slope of GlobalMaxPool', async () => {
  const slopes = await derivativesAt({ name: '', nodes: one('GlobalMaxPool'), dims: [1, 2, 2], at: [1, 3, 3, 0] })
  expect(slopes.map(Math.round)).toEqual([0, 1, 0, 0])
})

test('a part of a model that computes in double has its slope in double', async () => {
  const nodes = [
    node('Cast', ['x'], ['wide'], { to: 11n }),
    node('Softplus', ['wide'], ['soft']),
    node('Elu', ['soft'], ['out']),
    node('Cast', ['out'], ['h'], { to: 1n }),
  ]
  const derivatives = await derivativesAt({ name: '', nodes, dims: [3], at: [-1, 0, 2], opset: 18 })
  for (const [place, x] of [-1, 0, 2].entries()) expect(derivatives[place]).toBeCloseTo(1 / (1 + Math.exp(-x)), 6)
})

test('an operator that moves in steps passes no slope and is named; what goes around it keeps its slope', async () => {
  for (const operator of ['Ceil', 'Floor', 'Round', 'Sign']) {
    const nodes = [node(operator, ['x'], ['step']), node('Add', ['x', 'step'], ['h'])]
    for (const slope of await derivativesAt({ name: operator, nodes, dims: [3] })) expect(slope).toBeCloseTo(1, 6)
    expect(await flatOperatorsOf({ name: operator, nodes, dims: [3] })).toEqual([operator])
    const alone = compareOperator({ name: operator, nodes: one(operator), dims: [3] })
    await expect(alone).rejects.toThrow(operator)
  }
})

test('quantised weights cost nothing; quantised values pass no slope', async () => {
  const quantised = (initialiser: string): OperatorCase => ({
    name: '',
    nodes: [
      node('QuantizeLinear', [initialiser, 'scale'], ['steps']),
      node('DequantizeLinear', ['steps', 'scale'], ['back']),
      node('Mul', ['x', 'back'], ['h']),
    ],
    initializer: (type) => [floats(type, 'scale', [], [0.25]), floats(type, 'w', [3], [0.5, 1, 2])],
    dims: [3],
    at: [0.5, 1, 2],
  })
  expect(await flatOperatorsOf(quantised('w'))).toEqual([])
  expect(await flatOperatorsOf(quantised('x'))).toEqual(['DequantizeLinear'])
  for (const initialiser of ['w', 'x']) {
    const derivatives = await derivativesAt(quantised(initialiser))
    for (const [place, value] of [0.5, 1, 2].entries()) expect(derivatives[place]).toBeCloseTo(value, 5)
  }
})

test('what no rule covers is named, with the reason where it is one node only', async () => {
  const refusals: readonly (readonly [string, readonly NodeProto[]])[] = [
    ['Mod', [node('Mod', ['x', 'w'], ['h'], { fmod: 1n })]],
    ['Hardmax', one('Hardmax')],
    ['Einsum (a diagonal)', one('Einsum', { equation: 'bii->bi' })],
    [
      'DequantizeLinear (a scale that depends on the input)',
      [
        node('ReduceMax', ['x'], ['greatest'], { keepdims: 0n }),
        node('QuantizeLinear', ['x', 'greatest'], ['q']),
        node('DequantizeLinear', ['q', 'greatest'], ['h']),
      ],
    ],
    [
      'Cast (other floats than float32 and float64)',
      [node('Cast', ['x'], ['half'], { to: 10n }), node('Cast', ['half'], ['h'], { to: 1n })],
    ],
  ]
  for (const [expected, nodes] of refusals) {
    const initializer = (type: 'float32' | 'float64') => [floats(type, 'w', [], [2])]
    const refused = flatOperatorsOf({ name: '', nodes, initializer, dims: [2, 2], at: [0.1, 0.2, 0.3, 0.4] })
    await expect(refused).rejects.toThrow(`operators without a reverse rule: ${expected}`)
  }
})

test('what is computed from the shape of the input is no step', async () => {
  const nodes = [
    node('Shape', ['x'], ['shape']),
    node('Cast', ['shape'], ['lengths'], { to: 1n }),
    node('ReduceMax', ['lengths', 'all'], ['greatest']),
    node('Div', ['x', 'greatest'], ['h']),
  ]
  const initializer = () => [integers('all', [0])]
  expect(await flatOperatorsOf({ name: '', nodes, initializer, dims: [3] })).toEqual([])
})

test('a decision in the middle of a model is named', async () => {
  const nodes = [
    node('ArgMax', ['x'], ['decision'], { axis: 1n }),
    node('Cast', ['decision'], ['number'], { to: 1n }),
    node('Mul', ['x', 'number'], ['h']),
  ]
  expect(await flatOperatorsOf({ name: '', nodes, dims: [3] })).toEqual(['Cast'])
})
