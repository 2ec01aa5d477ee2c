import type { NodeProto } from '@nootropic/core/formats'
import type { RoomFixtures } from './fixture.ts'
import {
  createGraph,
  createNode,
  floats,
  integers,
  loopBody,
  looping,
  model,
  modelOf,
  number,
  oneNode,
  truth,
  writeOnnx,
  zeros,
} from './onnx-models.ts'

const graph = (...nodes: readonly NodeProto[]): Uint8Array => writeOnnx(model(nodes))
const relu = (from: string, to: string): NodeProto => createNode('Relu', [from], [to])

/** Each node joins or multiplies the output of the one before with itself. */
const chain = (opType: string, length: number, attributes = {}, inputs = (name: string) => [name, name]): Uint8Array =>
  writeOnnx(
    model(
      Array.from({ length }, (_, index) =>
        createNode(
          opType,
          inputs(index === 0 ? 'x' : `v${index - 1}`),
          [index === length - 1 ? 'y' : `v${index}`],
          attributes,
        ),
      ),
      [integers('two', [2, 1])],
      ['rows', 4],
    ),
  )

/** A loop in a loop, of so many turns each. */
const nested = (outer: number, inner: number): Uint8Array =>
  looping(
    outer,
    loopBody(
      [
        createNode('Loop', ['inner', 'true'], [], { body: loopBody([]) }),
        createNode('Constant', [], ['inner'], { value: number('', inner) }),
      ].reverse(),
    ),
  )

const nesting = (depth: number): Uint8Array => {
  const output = model([]).graph.output.map((value) => ({ ...value, name: 'z' }))
  const leaf = createGraph({ name: 'b', node: [relu('x', 'z')], output })
  const inside = (level: number): NodeProto =>
    createNode('If', ['true'], [level === 0 ? 'y' : 'z'], {
      then_branch: level === depth ? leaf : createGraph({ name: 'b', node: [inside(level + 1)], output }),
      else_branch: leaf,
    })
  return writeOnnx(model([inside(0)], [truth()]))
}

const doubling = createNode('Concat', ['c', 'c'], ['d'], { axis: 0n })

/** A loop that carries the input through a node. */
const carrying = (trips: number, node: NodeProto): Uint8Array =>
  looping(trips, loopBody([node], { carried: [['c', 'd']] }), ['x'], 1)

/** A loop that keeps a block of each turn. */
const keeping = (trips: number, ...dims: readonly number[]): Uint8Array =>
  looping(
    trips,
    loopBody(
      [createNode('Constant', [], ['s'], { value: integers('', dims) }), createNode('ConstantOfShape', ['s'], ['k'])],
      {
        kept: ['k'],
      },
    ),
    [],
    1,
  )

/** How graphs are wired, and what running them takes. */
export const fixtures: RoomFixtures = {
  'onnx/duplicate-name': {
    positive: {
      'two nodes write it': () => graph(relu('x', 'y'), createNode('Neg', ['x'], ['y'])),
      'a node writes an input': () => graph(relu('x', 'x'), relu('x', 'y')),
    },
    negative: {
      'a name each': () => graph(relu('x', 'a'), relu('a', 'y')),
      'empty names': () => graph(createNode('Dropout', ['x'], ['y', ''])),
    },
  },
  'onnx/duplicate-initialiser': {
    positive: {
      'the same twice': () => oneNode('Add', {}, [zeros('w', 4), zeros('w', 4)]),
      'with other values': () =>
        writeOnnx(
          model([createNode('Add', ['x', 'w'], ['y'])], [zeros('w', 4), floats('float32', 'w', [4], [1, 2, 3, 4])]),
        ),
    },
    negative: {
      'two names': () => oneNode('Clip', {}, [zeros('low', 1), zeros('high', 1)]),
      one: () => oneNode('Add', {}, [zeros('w', 4)]),
    },
  },
  'onnx/dangling-input': {
    positive: {
      'nothing writes it': () => graph(createNode('Add', ['x', 'gone'], ['y'])),
      'only a subgraph writes it': () => looping(3, loopBody([relu('turn', 'inside'), relu('nothing', 'z')])),
    },
    negative: {
      'an optional input': () => graph(createNode('Clip', ['x', '', ''], ['y'])),
      'a chain': () => graph(relu('x', 'a'), relu('a', 'y')),
    },
  },
  'onnx/dangling-output': {
    positive: {
      'nothing writes it': () => graph(relu('x', 'z')),
      'of a body': () => looping(3, loopBody([], { kept: ['nothing'] }), [], 1),
    },
    negative: { 'a node writes it': () => graph(relu('x', 'y')), 'a body hands on': () => looping(3, loopBody([])) },
  },
  'onnx/cyclic-graph': {
    positive: {
      'two nodes wait for each other': () =>
        graph(createNode('Add', ['x', 'b'], ['a']), createNode('Add', ['a', 'x'], ['b']), relu('a', 'y')),
      'a node waits for itself': () => graph(createNode('Add', ['x', 'y'], ['y'])),
    },
    negative: {
      'out of order': () => graph(relu('a', 'y'), relu('x', 'a')),
      'in order': () => graph(relu('x', 'a'), relu('a', 'y')),
    },
  },
  'onnx/unsorted-nodes': {
    positive: {
      'the last comes first': () => graph(relu('a', 'y'), relu('x', 'a')),
      'a constant after its use': () =>
        graph(createNode('Add', ['x', 'c'], ['y']), createNode('Constant', [], ['c'], { value: zeros('', 4) })),
    },
    negative: { 'in order': () => graph(relu('x', 'a'), relu('a', 'y')), 'one node': () => graph(relu('x', 'y')) },
  },
  'onnx/deep-nesting': {
    positive: { 'twenty levels': () => nesting(20), 'twenty-five levels': () => nesting(25) },
    negative: { 'four levels': () => nesting(4), 'no subgraph': () => graph(relu('x', 'y')) },
  },
  'onnx/endless-loop': {
    positive: {
      'a count without end': () => looping(2 ** 52, loopBody([])),
      'no count at all': () =>
        writeOnnx(model([createNode('Loop', ['', 'true'], [], { body: loopBody([]) }), relu('x', 'y')], [truth()])),
    },
    negative: { 'a hundred turns': () => looping(100, loopBody([])), 'loops in loops': () => nested(10, 10) },
  },
  'onnx/nested-loops': {
    positive: {
      'a million times a million': () => nested(1e6, 1e6),
      'ten thousand times ten thousand': () => nested(1e4, 1e4),
    },
    negative: { 'ten times ten': () => nested(10, 10), 'one loop': () => looping(1e6, loopBody([])) },
  },
  'onnx/loop-growth': {
    positive: {
      'doubles in forty turns': () => carrying(40, doubling),
      'grows tenfold in ten turns': () => carrying(10, createNode('Concat', many('c', 10), ['d'], { axis: 0n })),
      'keeps a megabyte of each of a million turns': () => keeping(1e6, 512, 512),
    },
    negative: {
      'doubles in four turns': () => carrying(4, doubling),
      'stays as it is': () => carrying(1e6, relu('c', 'd')),
      'keeps a little': () => keeping(100, 16),
    },
  },
  'onnx/unbounded-allocation': {
    positive: {
      ConstantOfShape: () => bomb('ConstantOfShape', ['s'], [integers('s', [100_000, 100_000])]),
      'out of a Constant node': () =>
        graph(
          createNode('Constant', [], ['s'], { value: integers('', [2 ** 15, 2 ** 15]) }),
          createNode('ConstantOfShape', ['s'], ['y']),
        ),
      'out of constants that are multiplied': () =>
        writeOnnx(
          model(
            [createNode('Mul', ['a', 'a'], ['s']), createNode('ConstantOfShape', ['s'], ['y'])],
            [integers('a', [2 ** 10, 2 ** 10])],
          ),
        ),
      Expand: () => bomb('Expand', ['x', 's'], [integers('s', [2 ** 20, 2 ** 20])]),
      Tile: () => bomb('Tile', ['x', 'r'], [integers('r', [2 ** 15, 2 ** 15])]),
      Resize: () => bomb('Resize', ['x', '', '', 's'], [integers('s', [2 ** 20, 2 ** 20])]),
      Pad: () => bomb('Pad', ['x', 'p'], [integers('p', [0, 0, 0, 2 ** 30])]),
      Range: () => bomb('Range', ['a', 'b', 'c'], [number('a', 0), number('b', 1e9), number('c', 1)]),
      OneHot: () => bomb('OneHot', ['x', 'd', 'v'], [number('d', 2 ** 30), zeros('v', 2)]),
      RandomNormal: () => graph(createNode('RandomNormal', [], ['y'], { shape: [100_000n, 100_000n] })),
      HannWindow: () => bomb('HannWindow', ['s'], [number('s', 2 ** 32)]),
      AffineGrid: () => bomb('AffineGrid', ['x', 's'], [integers('s', [1, 1, 2 ** 16, 2 ** 16])]),
    },
    negative: {
      'a little ConstantOfShape': () => bomb('ConstantOfShape', ['s'], [integers('s', [100, 100])]),
      'a little Expand': () => bomb('Expand', ['x', 's'], [integers('s', [64, 4])]),
      'a little Tile': () => bomb('Tile', ['x', 'r'], [integers('r', [4, 4])]),
      'a little Pad': () => bomb('Pad', ['x', 'p'], [integers('p', [0, 0, 0, 3])]),
      'a little OneHot': () => bomb('OneHot', ['x', 'd', 'v'], [number('d', 50_000), zeros('v', 2)]),
    },
  },
  'onnx/amplification-chain': {
    positive: {
      'thirty-five times joined with itself': () => chain('Concat', 35, { axis: 0n }),
      'text joined with itself': () => chain('StringConcat', 40),
      'repeated twice, forty times': () => chain('Tile', 40, {}, (name) => [name, 'two']),
      'an outer product': () =>
        writeOnnx(
          modelOf({
            nodes: [
              createNode('ConstantOfShape', ['s'], ['row']),
              createNode('Transpose', ['row'], ['column']),
              createNode('MatMul', ['column', 'row'], ['y']),
            ],
            initializer: [integers('s', [1, 2 ** 17])],
            input: [1],
            output: ['n'],
          }),
        ),
    },
    negative: {
      'eight times joined with itself': () => chain('Concat', 8, { axis: 0n }),
      'a chain that stays': () => chain('Add', 200),
    },
  },
}

function many(name: string, count: number): string[] {
  return new Array<string>(count).fill(name)
}

/** A model of one node over constants. */
function bomb(opType: string, inputs: readonly string[], constants: Parameters<typeof model>[1]): Uint8Array {
  return writeOnnx(model([createNode(opType, inputs, ['y'])], constants))
}
