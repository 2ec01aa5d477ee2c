import { createGraph, createNode, createValueInfo, type OnnxModel, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { buildGradient, type GradientModel } from '../../src/gradient/index.ts'
import { ownInitialisers } from '../../src/gradient/prepare/own-initialisers.ts'
import { upgradeOpset } from '../../src/gradient/prepare/upgrade-opset.ts'
import { floats, integers, modelOf, numbers } from '../support/models.ts'

const sessions = createInProcessSessions()
const row = (...data: readonly number[]) =>
  ({ type: 'float32', dims: [1, data.length], data: Float32Array.from(data) }) as const

const derived = async (
  model: OnnxModel,
  options: Omit<Parameters<typeof buildGradient>[1], 'sessions' | 'loss'>,
): Promise<GradientModel> => {
  const gradient = await buildGradient(model, { loss: 'seed', sessions, ...options })
  if (!gradient.isDerived) throw new Error(`${gradient.reason}: ${gradient.operators.join(', ')}`)
  return gradient
}

/** The slope of the sum of all outputs. */
const slopeOf = async (
  { model, names }: GradientModel,
  inputs: { dims: readonly number[]; data: Float32Array },
  outputs: readonly number[],
): Promise<number[]> => {
  const session = await sessions.open({ main: writeOnnx(model) })
  const ones = new Float32Array(outputs.reduce((product, dim) => product * dim, 1)).fill(1)
  try {
    const results = await session.run({
      [names.input]: { type: 'float32', ...inputs },
      [names.labels]: { type: 'float32', dims: outputs, data: ones },
    })
    return Array.from(results[names.slope]?.data as Float32Array)
  } finally {
    await session.close()
  }
}

const forwardOf = async (
  model: OnnxModel,
  inputs: { dims: readonly number[]; data: Float32Array },
): Promise<number[]> => {
  const session = await sessions.open({ main: writeOnnx(model) })
  try {
    return Array.from((await session.run({ x: { type: 'float32', ...inputs } })).y?.data as Float32Array)
  } finally {
    await session.close()
  }
}

const old: readonly {
  readonly name: string
  readonly opset: number
  readonly nodes: Parameters<typeof modelOf>[0]['nodes']
  readonly initializer?: Parameters<typeof modelOf>[0]['initializer']
}[] = [
  { name: 'Clip 6', opset: 7, nodes: [createNode('Clip', ['x'], ['y'], { min: -0.2, max: 0.3 })] },
  { name: 'Clip without a bound', opset: 10, nodes: [createNode('Clip', ['x'], ['y'], { max: 0.3 })] },
  {
    name: 'Pad 2',
    opset: 10,
    nodes: [createNode('Pad', ['x'], ['y'], { pads: [0n, 1n, 0n, 0n, 0n, 0n, 2n, 0n], value: 0.5 })],
  },
  {
    name: 'Slice 1',
    opset: 9,
    nodes: [createNode('Slice', ['x'], ['y'], { starts: [1n], ends: [9223372036854775807n], axes: [2n] })],
  },
  { name: 'Softmax over several axes', opset: 11, nodes: [createNode('Softmax', ['x'], ['y'], { axis: 2n })] },
  { name: 'LogSoftmax by default', opset: 9, nodes: [createNode('LogSoftmax', ['x'], ['y'])] },
  {
    name: 'Squeeze and Unsqueeze',
    opset: 11,
    nodes: [createNode('Unsqueeze', ['x'], ['u'], { axes: [1n] }), createNode('Squeeze', ['u'], ['y'], { axes: [1n] })],
  },
  { name: 'ReduceSum 11', opset: 12, nodes: [createNode('ReduceSum', ['x'], ['y'], { axes: [2n], keepdims: 0n })] },
  { name: 'ReduceMean 13', opset: 17, nodes: [createNode('ReduceMean', ['x'], ['y'], { axes: [-1n] })] },
  {
    name: 'Split in equal parts',
    opset: 11,
    nodes: [createNode('Split', ['x'], ['a', 'b'], { axis: 1n }), createNode('Mul', ['a', 'b'], ['y'])],
  },
  {
    name: 'Split in given parts',
    opset: 9,
    nodes: [createNode('Split', ['x'], ['y', 'b'], { axis: 2n, split: [1n, 3n] })],
  },
  { name: 'TopK 1', opset: 9, nodes: [createNode('TopK', ['x'], ['y', 'places'], { k: 2n })] },
  {
    name: 'Upsample 7',
    opset: 8,
    nodes: [createNode('Upsample', ['x'], ['y'], { scales: [1, 1, 2, 3], mode: 'nearest' })],
  },
  {
    name: 'Upsample 9',
    opset: 9,
    nodes: [createNode('Upsample', ['x', 'scales'], ['y'], { mode: 'linear' })],
    initializer: [floats('float32', 'scales', [4], [1, 1, 2, 2])],
  },
  {
    name: 'Resize 10',
    opset: 10,
    nodes: [createNode('Resize', ['x', 'scales'], ['y'], { mode: 'nearest' })],
    initializer: [floats('float32', 'scales', [4], [1, 1, 1.5, 2])],
  },
  { name: 'Dropout 7', opset: 9, nodes: [createNode('Dropout', ['x'], ['y'], { ratio: 0.3 })] },
  {
    name: 'BatchNormalization 9',
    opset: 9,
    nodes: [createNode('BatchNormalization', ['x', 's', 's', 's', 's'], ['y'])],
    initializer: [floats('float32', 's', [2], [0.5, 2])],
  },
]

for (const { name, opset, nodes, initializer } of old) {
  test(`the upgrade of ${name} changes nothing but the form`, async () => {
    const model = modelOf({
      nodes,
      ...(initializer === undefined ? {} : { initializer }),
      input: ['n', 2, 4, 4],
      output: [],
      opset,
    })
    const untyped = {
      ...model,
      graph: { ...model.graph, output: model.graph.output.map((output) => ({ ...output, type: undefined })) },
    }
    const upgraded = upgradeOpset(untyped, 'float32')
    if ('refused' in upgraded) throw new Error(upgraded.refused)
    expect(upgraded.opsetImport[0]?.version).toBe(18)
    const inputs = { dims: [2, 2, 4, 4], data: Float32Array.from(numbers(64, 3)) }
    expect(await forwardOf(upgraded, inputs)).toEqual(await forwardOf(untyped, inputs))
  })
}

test('what an old operator set meant otherwise is refused by name, not guessed', () => {
  const nodes = [createNode('BatchNormalization', ['x', 's', 's', 's', 's'], ['y'], { spatial: 0n })]
  const model = modelOf({ nodes, input: ['n', 2], output: ['n', 2], opset: 8 })
  expect(upgradeOpset(model, 'float32')).toEqual({ refused: 'BatchNormalization (statistics for each place)' })
})

test('weights that are listed as inputs are no inputs', async () => {
  const model = modelOf({
    nodes: [createNode('Mul', ['x', 'w'], ['y'])],
    initializer: [floats('float32', 'w', [2], [2, 3])],
    input: ['n', 2],
    output: ['n', 2],
    opset: 8,
  })
  const weight = createValueInfo({ name: 'w', type: 'float32', dims: [2] })
  const listed = { ...model, irVersion: 3, graph: { ...model.graph, input: [...model.graph.input, weight] } }
  expect(ownInitialisers(listed).graph.input.map(({ name }) => name)).toEqual(['x'])
  const gradient = await derived(listed, { probe: row(1, 1) })
  expect(await slopeOf(gradient, row(1, 1), [1, 2])).toEqual([2, 3])
})

test('a reshaped weight and axes that are computed from constants are known before the walk', async () => {
  const model = modelOf({
    nodes: [
      createNode('Reshape', ['w', 'flat'], ['column']),
      createNode('MatMul', ['x', 'column'], ['product']),
      createNode('Add', ['one', 'zero'], ['axis']),
      createNode('ReduceSum', ['product', 'axis'], ['y'], { keepdims: 1n }),
    ],
    initializer: [
      floats('float32', 'w', [2], [2, 3]),
      integers('flat', [2, 1]),
      integers('one', [1]),
      integers('zero', [0]),
    ],
    input: ['n', 2],
    output: ['n', 1],
  })
  const gradient = await derived(model, { probe: row(1, 1) })
  expect(
    gradient.model.graph.node.filter(({ opType }) => opType === 'Reshape').every(({ input }) => input[0] !== 'w'),
  ).toBe(true)
  expect(await slopeOf(gradient, row(1, 1), [1, 1])).toEqual([2, 3])
})

const branches = (
  condition: Parameters<typeof modelOf>[0]['nodes'],
  initializer: Parameters<typeof modelOf>[0]['initializer'] = [],
): OnnxModel => {
  const branch = (factor: string) =>
    createGraph({
      name: factor,
      node: [createNode('Mul', ['x', factor], [`by-${factor}`])],
      output: [createValueInfo({ name: `by-${factor}`, type: 'float32', dims: [null, 2] })],
    })
  return modelOf({
    nodes: [
      ...condition,
      createNode('If', ['condition'], ['y'], { then_branch: branch('two'), else_branch: branch('five') }),
    ],
    initializer: [floats('float32', 'two', [], [2]), floats('float32', 'five', [], [5]), ...initializer],
    input: ['n', 2],
    output: ['n', 2],
  })
}

test('of a branch on a constant the one that is taken stays', async () => {
  const model = branches([createNode('Less', ['two', 'five'], ['condition'])])
  const gradient = await derived(model, { probe: row(1, 1) })
  expect(gradient.model.graph.node.some(({ opType }) => opType === 'If')).toBe(false)
  expect(await slopeOf(gradient, row(1, 1), [1, 2])).toEqual([2, 2])
})

test('of a branch on the elements of the input the slope is that of the branch which they take', async () => {
  const model = branches([
    createNode('ReduceMax', ['x'], ['greatest'], { keepdims: 0n }),
    createNode('Greater', ['greatest', 'two'], ['condition']),
  ])
  const gradient = await derived(model, { probe: row(1, 1) })
  expect(await slopeOf(gradient, row(1, 3), [1, 2])).toEqual([2, 2])
  expect(await slopeOf(gradient, row(1, 1), [1, 2])).toEqual([5, 5])
})

test('branches of two shapes, of which the input chooses one, are named', async () => {
  const model = branches([
    createNode('ReduceMax', ['x'], ['greatest'], { keepdims: 0n }),
    createNode('Greater', ['greatest', 'two'], ['condition']),
  ])
  const node = model.graph.node.map((each) => ({
    ...each,
    attribute: each.attribute.map((attribute) =>
      attribute.name !== 'else_branch' || attribute.g === undefined
        ? attribute
        : { ...attribute, g: { ...attribute.g, node: [createNode('Concat', ['x', 'x'], ['by-five'], { axis: 1n })] } },
    ),
  }))
  const wider = { ...model, graph: { ...model.graph, node } }
  const output = [createValueInfo({ name: 'y', type: 'float32', dims: [null, null] })]
  const gradient = await buildGradient(
    { ...wider, graph: { ...wider.graph, output } },
    { loss: 'seed', sessions, probe: row(1, 1) },
  )
  expect(gradient).toMatchObject({ isDerived: false, operators: ['If (branches that cannot both be run)'] })
})

test('a probe without an example is refused', async () => {
  const model = modelOf({ nodes: [createNode('Relu', ['x'], ['y'])], input: ['n', 2], output: ['n', 2] })
  const probe = { type: 'float32', dims: [0, 2], data: new Float32Array(0) } as const
  expect(await buildGradient(model, { loss: 'seed', sessions, probe })).toMatchObject({
    isDerived: false,
    reason: 'the probe holds no example',
  })
})

test('a branch on the shape of the input holds for that shape, and elsewhere the slope is not a number', async () => {
  const model = branches(
    [
      createNode('Shape', ['x'], ['shape']),
      createNode('Gather', ['shape', 'first'], ['rows'], { axis: 0n }),
      createNode('Squeeze', ['rows'], ['count']),
      createNode('Equal', ['count', 'three'], ['condition']),
    ],
    [integers('first', [0]), { ...integers('three', [3]), dims: [] }],
  )
  const three = { type: 'float32', dims: [3, 2], data: new Float32Array(6) } as const
  const gradient = await derived(model, { probe: three })
  expect(await slopeOf(gradient, three, [3, 2])).toEqual([2, 2, 2, 2, 2, 2])
  expect(await slopeOf(gradient, row(1, 1), [1, 2])).toEqual([Number.NaN, Number.NaN])
})

test('a model exported for one example takes more of them, and a weight that is reshaped stays', async () => {
  const model = modelOf({
    nodes: [
      createNode('Reshape', ['x', 'square'], ['s']),
      createNode('Concat', ['token', 's'], ['c'], { axis: 1n }),
      createNode('Reshape', ['w', 'weight'], ['m']),
      createNode('MatMul', ['c', 'm'], ['p']),
      createNode('Reshape', ['p', 'row'], ['y']),
    ],
    initializer: [
      floats('float32', 'token', [1, 1, 2], [1, 1]),
      floats('float32', 'w', [2], [2, 3]),
      integers('square', [1, 2, 2]),
      integers('weight', [2, 1]),
      integers('row', [1, 3]),
    ],
    input: [1, 4],
    output: [1, 3],
  })
  const gradient = await derived(model, { probe: row(1, 2, 3, 4) })
  const two = { dims: [2, 4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }
  expect(await slopeOf(gradient, two, [2, 3])).toEqual([2, 3, 2, 3, 2, 3, 2, 3])
})

test('a model whose examples are not independent keeps its batch of one', async () => {
  const model = modelOf({
    nodes: [createNode('ReduceSum', ['x', 'axes'], ['sum'], { keepdims: 1n }), createNode('Mul', ['x', 'sum'], ['y'])],
    initializer: [integers('axes', [0])],
    input: [1, 2],
    output: [1, 2],
  })
  const gradient = await derived(model, { probe: row(1, 2) })
  const session = await sessions.open({ main: writeOnnx(gradient.model) })
  expect(session.inputs[0]?.dims).toEqual([1, 2])
  await session.close()
})

test('further inputs must be given, and are constants of the gradient model', async () => {
  const model = modelOf({ nodes: [createNode('Mul', ['x', 'gain'], ['y'])], input: ['n', 2], output: ['n', 2] })
  const gain = createValueInfo({ name: 'gain', type: 'float32', dims: [2] })
  const both = { ...model, graph: { ...model.graph, input: [...model.graph.input, gain] } }
  expect(await buildGradient(both, { loss: 'seed', sessions, probe: row(1, 1) })).toMatchObject({
    isDerived: false,
    reason: 'it has further inputs, whose values must be given: gain',
  })
  const fixed = { gain: { type: 'float32', dims: [2], data: Float32Array.of(4, 7) } } as const
  const gradient = await derived(both, { probe: row(1, 1), fixed })
  expect(await slopeOf(gradient, row(1, 1), [1, 2])).toEqual([4, 7])
})
