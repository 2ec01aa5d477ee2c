import { createNode as node } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { relativeError } from '../support/gradient-check.ts'
import { floats, integers, numbers } from '../support/models.ts'
import { compareOperator, type OperatorCase } from '../support/operator-check.ts'
import { type Attributes, one, part, perExample, scalar, whole } from '../support/operator-nodes.ts'

const sliced = (name: string, starts: number[], ends: number[], axes: number[], steps: number[]): OperatorCase => ({
  name: `Slice ${name}`,
  nodes: [node('Slice', ['x', 'starts', 'ends', 'axes', 'steps'], ['h'])],
  initializer: () => [
    integers('starts', starts),
    integers('ends', ends),
    integers('axes', axes),
    integers('steps', steps),
  ],
  dims: [4, 5],
})

const slices: readonly OperatorCase[] = [
  sliced('of two axes', [1, -4], [3, 4], [1, 2], [1, 1]),
  sliced('with bounds beyond the ends', [-99, 2], [2, 2 ** 40], [-2, -1], [1, 1]),
  sliced('with steps', [0, 1], [4, 5], [1, -1], [3, 2]),
  sliced('backwards', [3, -1], [-99, 0], [1, 2], [-2, -1]),
  {
    name: 'Slice without axes',
    nodes: [
      node('Transpose', ['x'], ['t'], { perm: [1n, 0n] }),
      node('Slice', ['t', 'starts', 'ends'], ['s']),
      node('Transpose', ['s'], ['h'], { perm: [1n, 0n] }),
    ],
    initializer: () => [integers('starts', [1]), integers('ends', [3])],
    dims: [4],
  },
  {
    name: 'Slice with bounds known at run time only',
    nodes: [
      node('Greater', ['x', 'never'], ['flags']),
      node('Cast', ['flags'], ['ones'], { to: 7n }),
      node('ReduceMax', ['ones'], ['start']),
      node('Reshape', ['start', 'one'], ['from']),
      node('Slice', ['x', 'from', 'three', 'one'], ['h']),
    ],
    initializer: (type) => [scalar(type, 'never', -1e9), integers('one', [1]), integers('three', [3])],
    dims: [4],
  },
]

const gathered = (name: string, axis: bigint, indices: number[], dims?: number[]): OperatorCase => ({
  name: `Gather ${name}`,
  nodes: [node('Gather', ['x', 'indices'], ['h'], { axis })],
  initializer: () => [whole('indices', indices, dims)],
  dims: [3, 4],
})

/** Updates of [2, 3], computed from x, of [2, 4], are put into x at indices. */
const scattered = (operator: string, indices: number[], dims: number[], attributes: Attributes): OperatorCase => ({
  name: `${operator} ${attributes?.reduction ?? ''} at ${indices}`,
  nodes: [
    ...part('x', 'some', 2, 0, 3),
    node('Sin', ['some'], ['updates']),
    ...perExample('at', 'indices', dims),
    node(operator, ['x', 'indices', 'updates'], ['h'], attributes),
  ],
  initializer: () => [whole('at', indices, [1, ...dims])],
  dims: [2, 4],
  opset: 18,
})

/** Updates at pairs of row and column: the batch is put last, where ScatterND copies it whole. */
const scatteredPairs = (reduction: string, pairs: number[]): OperatorCase => ({
  name: `ScatterND ${reduction} at ${pairs}`,
  nodes: [
    node('Transpose', ['x'], ['data'], { perm: [1n, 2n, 0n] }),
    ...part('x', 'some', 2, 1, 3),
    node('Sin', ['some'], ['sine']),
    node('Reshape', ['sine', 'list'], ['values']),
    node('Transpose', ['values'], ['updates'], { perm: [1n, 0n] }),
    node('ScatterND', ['data', 'indices', 'updates'], ['out'], { reduction }),
    node('Transpose', ['out'], ['h'], { perm: [2n, 0n, 1n] }),
  ],
  initializer: () => [whole('indices', pairs, [4, 2]), integers('list', [-1, 4])],
  dims: [2, 4],
  opset: 18,
})

const indices: readonly OperatorCase[] = [
  gathered('of one', 1n, [-2], []),
  gathered('of one, kept', 1n, [2]),
  gathered('with repetition', 2n, [0, -1, 3, 0], [2, 2]),
  {
    name: 'Gather from the front axis',
    nodes: [
      node('Transpose', ['x'], ['t'], { perm: [1n, 0n, 2n] }),
      node('Gather', ['t', 'second'], ['h'], { axis: 0n }),
    ],
    initializer: () => [whole('second', [1], [])],
    dims: [3, 4],
  },
  {
    name: 'GatherElements with repetition',
    nodes: [...perExample('at', 'indices', [3, 3]), node('GatherElements', ['x', 'indices'], ['h'], { axis: 1n })],
    initializer: () => [whole('at', [0, 1, -1, 0, 0, 0, 1, 1, 0], [1, 3, 3])],
    dims: [2, 3],
  },
  {
    name: 'GatherND with a batch',
    nodes: [...perExample('at', 'indices', [3, 2]), node('GatherND', ['x', 'indices'], ['h'], { batch_dims: 1n })],
    initializer: () => [whole('at', [0, 1, 1, 2, 0, 1], [1, 3, 2])],
    dims: [2, 3],
  },
  scattered('ScatterElements', [0, 3, 1, 2, 1, 0], [2, 3], { axis: 2n }),
  scattered('ScatterElements', [0, 0, 1, 2, 2, 2], [2, 3], { axis: 2n, reduction: 'none' }),
  scattered('ScatterElements', [0, 0, 1, 2, 2, 2], [2, 3], { axis: 2n, reduction: 'add' }),
  scatteredPairs('none', [0, 1, 1, 3, 0, 0, 1, 1]),
  scatteredPairs('none', [0, 1, 1, 3, 0, 1, 1, 1]),
  scatteredPairs('add', [0, 1, 1, 3, 0, 1, 1, 1]),
  {
    name: 'TopK, greatest',
    nodes: [node('TopK', ['x', 'k'], ['h', 'places'], { axis: 1n })],
    initializer: () => [integers('k', [2])],
    dims: [5, 2],
  },
  {
    name: 'TopK, least',
    nodes: [node('TopK', ['x', 'k'], ['h', 'places'], { largest: 0n, sorted: 1n })],
    initializer: () => [integers('k', [3])],
    dims: [5],
  },
  {
    name: 'Compress',
    nodes: [node('Cast', ['bits'], ['kept'], { to: 9n }), node('Compress', ['x', 'kept'], ['h'], { axis: 1n })],
    initializer: () => [whole('bits', [1, 0, 1, 1])],
    dims: [4],
  },
  {
    name: 'ReverseSequence',
    nodes: [
      ...perExample('two', 'column', [1]),
      node('Squeeze', ['column', 'at1'], ['lengths']),
      node('ReverseSequence', ['x', 'lengths'], ['h'], { batch_axis: 0n, time_axis: 1n }),
    ],
    initializer: () => [whole('two', [2], [1, 1]), integers('at1', [1])],
    dims: [3, 2],
  },
]

const shapes: readonly OperatorCase[] = [
  {
    name: 'Reshape to a shape computed at run time',
    nodes: [
      node('Shape', ['x'], ['batch'], { start: 0n, end: 1n }),
      node('Concat', ['batch', 'rest'], ['shape'], { axis: 0n }),
      node('Reshape', ['x', 'shape'], ['h']),
    ],
    initializer: () => [integers('rest', [4, 3])],
    dims: [2, 6],
  },
  ...[0n, 1n, -1n].map(
    (axis): OperatorCase => ({
      name: `Flatten at ${axis}`,
      nodes: [
        node('Flatten', ['x'], ['f'], { axis }),
        node('Sin', ['f'], ['s']),
        node('Reshape', ['s', 'shape'], ['h']),
      ],
      initializer: () => [integers('shape', [-1, 6])],
      dims: [2, 3],
    }),
  ),
  {
    name: 'Squeeze and Unsqueeze',
    nodes: [node('Unsqueeze', ['x', 'two'], ['u']), node('Sin', ['u'], ['s']), node('Squeeze', ['s', 'one'], ['h'])],
    initializer: () => [integers('two', [1, -1]), integers('one', [1])],
    dims: [3],
  },
  {
    name: 'Expand of two axes and one in front',
    nodes: [
      node('Transpose', ['x'], ['t'], { perm: [1n, 2n, 3n, 0n] }),
      node('Reshape', ['t', 'column'], ['c']),
      node('Expand', ['c', 'shape'], ['e']),
      node('Transpose', ['e'], ['h'], { perm: [3n, 0n, 1n, 2n] }),
    ],
    initializer: () => [integers('column', [3, 1, -1]), integers('shape', [2, 1, 4, 1])],
    dims: [1, 3, 1],
  },
  {
    name: 'Tile',
    nodes: [node('Tile', ['x', 'repeats'], ['h'])],
    initializer: () => [integers('repeats', [1, 2, 3])],
    dims: [2, 3],
  },
  {
    name: 'Split in unequal parts, one of them unused',
    nodes: [
      node('Split', ['x', 'lengths'], ['a', 'b', 'c'], { axis: 1n }),
      node('Exp', ['c'], ['e']),
      node('Mul', ['b', 'e'], ['h']),
    ],
    initializer: () => [integers('lengths', [1, 2, 2])],
    dims: [5],
  },
  {
    name: 'Split in equal parts from the end',
    nodes: [node('Split', ['x'], ['a', 'b'], { axis: -1n, num_outputs: 2n }), node('Mul', ['a', 'b'], ['h'])],
    dims: [2, 4],
  },
  ...['DCR', 'CRD'].map(
    (mode): OperatorCase => ({
      name: `DepthToSpace ${mode}`,
      nodes: one('DepthToSpace', { blocksize: 2n, mode }),
      dims: [8, 2, 3],
    }),
  ),
  { name: 'SpaceToDepth', nodes: one('SpaceToDepth', { blocksize: 2n }), dims: [2, 4, 6] },
  ...[0n, 1n].flatMap((upper) =>
    [-1, 0, 1].map(
      (diagonal): OperatorCase => ({
        name: `Trilu ${upper === 0n ? 'lower' : 'upper'} ${diagonal}`,
        nodes: [node('Trilu', ['x', 'k'], ['h'], { upper })],
        initializer: () => [whole('k', [diagonal], [])],
        dims: [3, 4],
      }),
    ),
  ),
]

/** A product of two parts of x: [2, 3] and [3, 4], or as `left` and `right` say. */
const product = (operator: string, left: number[], right: number[], attributes: Attributes = {}): OperatorCase => {
  const [size, rest] = [left, right].map((dims) => dims.reduce((total, dim) => total * dim, 1)) as [number, number]
  return {
    name: `${operator} of [${left}] and [${right}] ${attributes?.equation ?? ''}`,
    nodes: [
      ...part('x', 'l', 1, 0, size),
      ...part('x', 'r', 1, size, size + rest),
      node('Reshape', ['l', 'left'], ['a']),
      node('Reshape', ['r', 'right'], ['b']),
      node(operator, ['a', 'b'], ['h'], attributes),
    ],
    initializer: () => [integers('left', [-1, ...left]), integers('right', [-1, ...right])],
    dims: [size + rest],
  }
}
const einsum = (equation: string, left: number[], right: number[]): OperatorCase =>
  product('Einsum', left, right, { equation })

/** x and a constant `w` of a shape. */
const withConstant = (operator: string, inputs: string[], of: number[], attributes: Attributes = {}): OperatorCase => ({
  name: `${operator} of [2,3,2] and a constant [${of}], ${inputs} ${attributes?.equation ?? ''}`,
  nodes: [node(operator, inputs, ['h'], attributes)],
  initializer: (type) => [
    floats(
      type,
      'w',
      of,
      numbers(
        of.reduce((a, b) => a * b, 1),
        11,
      ),
    ),
  ],
  dims: [2, 3, 2],
})

const frontAxis: readonly OperatorCase[] = [
  {
    name: 'Concat along the front axis, where the batch is not',
    nodes: [
      node('Transpose', ['x'], ['t'], { perm: [1n, 0n, 2n] }),
      node('Sin', ['t'], ['s']),
      node('Concat', ['s', 't', 's'], ['c'], { axis: 0n }),
      node('Transpose', ['c'], ['h'], { perm: [1n, 0n, 2n] }),
    ],
    dims: [3, 2],
  },
  {
    name: 'ReduceMean over the front axis, where the batch is not',
    nodes: [
      node('Transpose', ['x'], ['t'], { perm: [1n, 0n, 2n] }),
      node('ReduceMean', ['t', 'front'], ['h'], { keepdims: 0n }),
    ],
    initializer: () => [integers('front', [0])],
    dims: [3, 2],
  },
]

const products: readonly OperatorCase[] = [
  product('MatMul', [2, 3], [3, 4]),
  product('MatMul', [2, 1, 2, 3], [1, 3, 3, 1]),
  product('MatMul', [1, 2, 3], [2, 3, 2]),
  withConstant('MatMul', ['x', 'w'], [2]),
  withConstant('MatMul', ['w', 'x'], [3]),
  withConstant('MatMul', ['w', 'x'], [2, 4, 3]),
  withConstant('MatMul', ['x', 'w'], [2, 5]),
  withConstant('Einsum', ['x', 'w'], [4, 2], { equation: 'bijk,lk' }),
  withConstant('Einsum', ['w', 'x'], [5], { equation: 'm,...jk->...km' }),
  einsum('bij,bjk->bik', [2, 3], [3, 4]),
  einsum('bhid, bhjd -> bhij', [2, 3, 2], [2, 1, 2]),
  einsum('...ij,...jk->...ik', [2, 2, 3], [2, 3, 1]),
  einsum('bij,bkl->bk', [2, 3], [2, 2]),
  einsum('bi,bj->bji', [2], [3]),
  {
    name: 'Einsum of one operand',
    nodes: one('Einsum', { equation: 'bij->bj' }),
    dims: [2, 3],
  },
]

for (const operator of [...slices, ...indices, ...shapes, ...frontAxis, ...products]) {
  test(`the reverse rule agrees with differences: ${operator.name}`, async () => {
    const { slope, differences } = await compareOperator(operator)
    expect(slope.some((value) => value !== 0)).toBe(true)
    expect(relativeError(slope, differences)).toBeLessThan(1e-7)
  })
}
