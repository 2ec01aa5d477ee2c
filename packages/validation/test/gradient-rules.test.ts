import { createNode, type NodeProto, type TensorProto } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { floatArray } from '../src/behaviour/dataset.ts'
import { compareWithDifferences, relativeError } from './support/gradient-check.ts'
import { type FloatType, floats, integers, modelOf, numbers } from './support/models.ts'

interface RuleCase {
  readonly rule: string
  /** From `x` to `h`. */
  readonly nodes: readonly NodeProto[]
  readonly initializer?: (type: FloatType) => readonly TensorProto[]
  readonly dims: readonly number[]
  readonly opset?: number
  readonly type?: FloatType
}

const classes = 3

/**
 * Puts a random linear layer behind the node under test, so that every element of its slope counts, and compares with
 * central differences. In float64 the loss is cross-entropy; where onnxruntime has float32 kernels only, the operator is
 * linear and the loss is the margin, so that a wide step makes no error of its own.
 */
const errorOf = async ({ nodes, initializer, dims, opset = 17, type = 'float64' }: RuleCase): Promise<number> => {
  const length = dims.reduce((product, dim) => product * dim, 1) / (dims[0] ?? 1)
  const width = widthOf.get(nodes) ?? length
  const model = modelOf({
    nodes: [
      ...nodes,
      createNode('Flatten', ['h'], ['flat'], { axis: 1n }),
      createNode('Gemm', ['flat', 'readout'], ['y']),
    ],
    initializer: [
      ...(initializer?.(type) ?? []),
      floats(type, 'readout', [width, classes], numbers(width * classes, 3)),
    ],
    input: ['batch', ...dims.slice(1)],
    output: ['batch', classes],
    type,
    opset,
  })
  const data = floatArray(type, length * (dims[0] ?? 1))
  data.set(numbers(data.length, 5).map((value) => (value >= 0 ? value + 0.2 : value - 0.2)))
  const isExact = type === 'float64'
  const { slope, differences } = await compareWithDifferences(
    model,
    { type, dims, data },
    {
      loss: isExact ? 'cross-entropy' : 'margin',
      labels: Array.from({ length: dims[0] ?? 1 }, (_, row) => row % classes),
      distance: isExact ? 1e-5 : 1e-2,
    },
  )
  expect(slope.some((value) => value !== 0)).toBe(true)
  return relativeError(slope, differences)
}

/** How wide `h` is where it is not as wide as `x`. */
const widthOf = new Map<readonly NodeProto[], number>()
const sized = (width: number, nodes: readonly NodeProto[]): readonly NodeProto[] => {
  widthOf.set(nodes, width)
  return nodes
}
const weights =
  (name: string, dims: readonly number[], seed = 11) =>
  (type: FloatType) => [
    floats(
      type,
      name,
      dims,
      numbers(
        dims.reduce((product, dim) => product * dim, 1),
        seed,
      ).map((value) => value + 1.5),
    ),
  ]
const one = (opType: string, attributes: Parameters<typeof createNode>[3] = {}) => [
  createNode(opType, ['x'], ['h'], attributes),
]
const withWeights = (opType: string, inputs: readonly string[], attributes: Parameters<typeof createNode>[3] = {}) => [
  createNode(opType, inputs, ['h'], attributes),
]

const cases: readonly RuleCase[] = [
  { rule: 'Add of itself', nodes: withWeights('Add', ['x', 'x']), dims: [2, 4] },
  {
    rule: 'Add broadcast',
    nodes: sized(12, withWeights('Add', ['x', 'w'])),
    initializer: weights('w', [3, 4]),
    dims: [2, 1, 4],
  },
  { rule: 'Sub', nodes: withWeights('Sub', ['w', 'x']), initializer: weights('w', [4]), dims: [2, 4] },
  { rule: 'Mul of itself', nodes: withWeights('Mul', ['x', 'x']), dims: [2, 4] },
  {
    rule: 'Mul broadcast',
    nodes: sized(12, withWeights('Mul', ['x', 'w'])),
    initializer: weights('w', [3, 4]),
    dims: [2, 1, 4],
  },
  { rule: 'Div by a constant', nodes: withWeights('Div', ['x', 'w']), initializer: weights('w', [4]), dims: [2, 4] },
  { rule: 'Div of a constant', nodes: withWeights('Div', ['w', 'x']), initializer: weights('w', [4]), dims: [2, 4] },
  { rule: 'Neg', nodes: one('Neg'), dims: [2, 4] },
  {
    rule: 'MatMul left',
    nodes: sized(10, withWeights('MatMul', ['x', 'w'])),
    initializer: weights('w', [4, 5]),
    dims: [2, 2, 4],
  },
  {
    rule: 'MatMul right',
    nodes: sized(12, withWeights('MatMul', ['w', 'x'])),
    initializer: weights('w', [3, 2]),
    dims: [2, 2, 4],
  },
  {
    rule: 'Gemm',
    nodes: sized(5, withWeights('Gemm', ['x', 'w'], { alpha: 0.5, transB: 1n })),
    initializer: weights('w', [5, 4]),
    dims: [2, 4],
  },
  { rule: 'Relu', nodes: one('Relu'), dims: [2, 4] },
  { rule: 'LeakyRelu', nodes: one('LeakyRelu', { alpha: 0.3 }), dims: [2, 4] },
  {
    rule: 'Clip',
    nodes: withWeights('Clip', ['x', 'least', 'greatest']),
    initializer: (type) => [floats(type, 'least', [], [-0.5]), floats(type, 'greatest', [], [0.5])],
    dims: [2, 6],
  },
  { rule: 'Sigmoid', nodes: one('Sigmoid'), dims: [2, 4] },
  { rule: 'Tanh', nodes: one('Tanh'), dims: [2, 4] },
  { rule: 'Softmax', nodes: one('Softmax', { axis: 1n }), dims: [2, 3, 2] },
  { rule: 'Softmax of operator set 11', nodes: one('Softmax', { axis: 1n }), dims: [2, 4], opset: 11 },
  { rule: 'LogSoftmax', nodes: one('LogSoftmax', { axis: -1n }), dims: [2, 4] },
  {
    rule: 'Reshape',
    nodes: withWeights('Reshape', ['x', 'shape']),
    initializer: () => [integers('shape', [0, 4])],
    dims: [2, 2, 2],
  },
  { rule: 'Transpose', nodes: one('Transpose', { perm: [0n, 3n, 1n, 2n] }), dims: [2, 2, 3, 2] },
  {
    rule: 'Identity and Dropout',
    nodes: [createNode('Identity', ['x'], ['i']), createNode('Dropout', ['i'], ['h'])],
    dims: [2, 4],
  },
  {
    rule: 'Squeeze',
    nodes: withWeights('Squeeze', ['x', 'axes']),
    initializer: () => [integers('axes', [1])],
    dims: [2, 1, 4],
  },
  {
    rule: 'Unsqueeze',
    nodes: withWeights('Unsqueeze', ['x', 'axes']),
    initializer: () => [integers('axes', [1])],
    dims: [2, 4],
  },
  {
    rule: 'Concat',
    nodes: sized(12, [createNode('Tanh', ['x'], ['t']), createNode('Concat', ['x', 't', 'x'], ['h'], { axis: 1n })]),
    dims: [2, 4],
  },
  { rule: 'ReduceMean', nodes: sized(3, one('ReduceMean', { axes: [2n], keepdims: 0n })), dims: [2, 3, 4] },
  {
    rule: 'ReduceMean of operator set 18',
    nodes: sized(3, withWeights('ReduceMean', ['x', 'axes'])),
    initializer: () => [integers('axes', [-1])],
    dims: [2, 3, 4],
    opset: 18,
  },
  {
    rule: 'ReduceSum',
    nodes: sized(3, withWeights('ReduceSum', ['x', 'axes'], { keepdims: 0n })),
    initializer: () => [integers('axes', [2])],
    dims: [2, 3, 4],
  },
  { rule: 'ReduceMax', nodes: sized(3, one('ReduceMax', { axes: [2n], keepdims: 0n })), dims: [2, 3, 4] },
  {
    rule: 'MaxPool',
    nodes: sized(8, one('MaxPool', { kernel_shape: [2n, 2n], strides: [2n, 2n] })),
    dims: [2, 2, 4, 4],
  },
  {
    rule: 'MaxPool overlapping and padded',
    nodes: sized(18, one('MaxPool', { kernel_shape: [3n, 3n], strides: [2n, 2n], pads: [1n, 1n, 1n, 1n] })),
    dims: [2, 2, 5, 5],
  },
  {
    rule: 'BatchNormalization',
    nodes: withWeights('BatchNormalization', ['x', 's', 'b', 'm', 'v']),
    initializer: (type) => ['s', 'b', 'm', 'v'].flatMap((name, seed) => weights(name, [2], seed)(type)),
    dims: [2, 2, 2, 2],
  },
  ...[
    { name: 'Conv', attributes: {}, width: 3 * 3 * 3, kernel: [3, 2, 3, 3] },
    { name: 'Conv padded', attributes: { pads: [1n, 0n, 1n, 2n] }, width: 3 * 5 * 5, kernel: [3, 2, 3, 3] },
    { name: 'Conv strided', attributes: { strides: [2n, 2n] }, width: 3 * 2 * 2, kernel: [3, 2, 2, 2] },
    { name: 'Conv grouped', attributes: { group: 2n }, width: 4 * 3 * 3, kernel: [4, 1, 3, 3] },
    { name: 'Conv dilated', attributes: { dilations: [2n, 2n] }, width: 3 * 3 * 3, kernel: [3, 2, 2, 2] },
    {
      name: 'Conv SAME_UPPER',
      attributes: { auto_pad: 'SAME_UPPER', strides: [2n, 2n] },
      width: 3 * 3 * 3,
      kernel: [3, 2, 2, 2],
    },
    { name: 'Conv SAME_LOWER', attributes: { auto_pad: 'SAME_LOWER' }, width: 3 * 5 * 5, kernel: [3, 2, 2, 2] },
  ].map(
    ({ name, attributes, width, kernel }): RuleCase => ({
      rule: name,
      nodes: sized(width, withWeights('Conv', ['x', 'w'], attributes)),
      initializer: weights('w', kernel),
      dims: [2, 2, 5, 5],
      type: 'float32',
    }),
  ),
  ...[
    { name: 'AveragePool', attributes: { kernel_shape: [2n, 2n], strides: [2n, 2n] }, width: 8 },
    { name: 'AveragePool padded', attributes: { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] }, width: 50 },
    {
      name: 'AveragePool padded and counted',
      attributes: { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n], count_include_pad: 1n },
      width: 50,
    },
  ].map(
    ({ name, attributes, width }): RuleCase => ({
      rule: name,
      nodes: sized(width, one('AveragePool', attributes)),
      dims: [2, 2, 5, 5],
      type: 'float32',
    }),
  ),
  { rule: 'GlobalAveragePool', nodes: sized(2, one('GlobalAveragePool')), dims: [2, 2, 3, 3], type: 'float32' },
]

// Central differences are exact to about distance² in float64, and to the rounding of the loss over the distance.
const tolerance = { float64: 1e-7, float32: 1e-3 } as const

for (const ruleCase of cases) {
  test(`the reverse rule agrees with central differences: ${ruleCase.rule}`, async () => {
    expect(await errorOf(ruleCase)).toBeLessThan(tolerance[ruleCase.type ?? 'float64'])
  })
}
