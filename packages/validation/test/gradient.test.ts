import { createNode } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { buildGradient } from '../src/gradient/index.ts'
import { compareWithDifferences, relativeError } from './support/gradient-check.ts'
import { diagonalClassifier, floats, integers, modelOf, numbers } from './support/models.ts'

const sessions = createInProcessSessions()
const probe = { type: 'float32', dims: [2, 2], data: new Float32Array([0.1, 0.2, 0.3, 0.4]) } as const

test('a MaxPool over a flat image gives the slope of each window to one pixel only', async () => {
  const image = { type: 'float64', dims: [1, 1, 4, 4], data: new Float64Array(16) } as const
  const model = modelOf({
    nodes: [
      createNode('MaxPool', ['x'], ['pooled'], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
      createNode('Flatten', ['pooled'], ['flat']),
      createNode('Gemm', ['flat', 'w'], ['y']),
    ],
    initializer: [floats('float64', 'w', [4, 2], [1, -1, 2, -2, 3, -3, 4, -4])],
    input: [1, 1, 4, 4],
    output: [1, 2],
    type: 'float64',
  })
  const { slope } = await compareWithDifferences(model, image, { loss: 'margin', labels: [0], distance: 1e-3 })
  // The margin of label 0 is y1 - y0: -2 times each window's weight, at the window's first pixel.
  expect(slope).toEqual([-2, 0, -4, 0, 0, 0, 0, 0, -6, 0, -8, 0, 0, 0, 0, 0])
})

test('overlapping windows add up at the pixel they share', async () => {
  const peak = new Float64Array(9)
  peak[4] = 1
  const model = modelOf({
    nodes: [
      createNode('MaxPool', ['x'], ['pooled'], { kernel_shape: [2n, 2n], strides: [1n, 1n] }),
      createNode('Flatten', ['pooled'], ['flat']),
      createNode('Gemm', ['flat', 'w'], ['y']),
    ],
    initializer: [floats('float64', 'w', [4, 2], [1, 0, 1, 0, 1, 0, 1, 0])],
    input: [1, 1, 3, 3],
    output: [1, 2],
    type: 'float64',
  })
  const inputs = { type: 'float64', dims: [1, 1, 3, 3], data: peak } as const
  const { slope } = await compareWithDifferences(model, inputs, { loss: 'margin', labels: [1], distance: 1e-3 })
  expect(slope).toEqual([0, 0, 0, 0, 4, 0, 0, 0, 0])
})

for (const loss of ['cross-entropy', 'margin'] as const) {
  for (const [head, tail] of [
    ['logits', []],
    ['a softmax', [createNode('Softmax', ['logits'], ['y'], { axis: -1n })]],
    [
      'a renamed softmax',
      [createNode('Softmax', ['logits'], ['p'], { axis: 1n }), createNode('Identity', ['p'], ['y'])],
    ],
  ] as const) {
    test(`${loss} behind ${head} agrees with central differences`, async () => {
      const inputs = { type: 'float32', dims: [4, 2], data: Float32Array.from(numbers(8, 2)) } as const
      const { slope, differences } = await compareWithDifferences(diagonalClassifier(1, tail), inputs, {
        loss,
        labels: [0, 1, 1, 0],
        distance: 1e-2,
      })
      expect(relativeError(slope, differences)).toBeLessThan(1e-3)
    })
  }

  test(`${loss} behind one sigmoid agrees with central differences`, async () => {
    const model = modelOf({
      nodes: [createNode('Gemm', ['x', 'w', 'b'], ['logit']), createNode('Sigmoid', ['logit'], ['y'])],
      initializer: [floats('float64', 'w', [2, 1], [2, -1]), floats('float64', 'b', [1], [0.3])],
      input: ['batch', 2],
      output: ['batch', 1],
      type: 'float64',
    })
    const inputs = { type: 'float64', dims: [2, 2], data: Float64Array.from(numbers(4, 4)) } as const
    const { slope, differences } = await compareWithDifferences(model, inputs, { loss, labels: [0, 1], distance: 1e-5 })
    expect(relativeError(slope, differences)).toBeLessThan(1e-8)
  })
}

test('a whole convolutional network agrees with central differences', async () => {
  const model = modelOf({
    nodes: [
      createNode('Conv', ['x', 'k'], ['c'], { pads: [1n, 1n, 1n, 1n] }),
      createNode('Relu', ['c'], ['r']),
      createNode('MaxPool', ['r'], ['p'], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
      createNode('Shape', ['p'], ['s']),
      createNode('Gather', ['s', 'first'], ['n'], { axis: 0n }),
      createNode('Concat', ['n', 'rest'], ['target'], { axis: 0n }),
      createNode('Reshape', ['p', 'target'], ['f']),
      createNode('Gemm', ['f', 'w'], ['y']),
    ],
    initializer: [
      floats('float32', 'k', [2, 1, 3, 3], numbers(18, 1)),
      floats('float32', 'w', [18, 3], numbers(54, 2)),
      integers('first', [0]),
      integers('rest', [-1]),
    ],
    input: ['batch', 1, 6, 6],
    output: ['batch', 3],
  })
  const inputs = { type: 'float32', dims: [2, 1, 6, 6], data: Float32Array.from(numbers(72, 3)) } as const
  const { slope, differences } = await compareWithDifferences(model, inputs, {
    loss: 'margin',
    labels: [0, 2],
    distance: 1e-3,
  })
  expect(relativeError(slope, differences)).toBeLessThan(5e-3)
})

test('every operator without a rule is named, once, and none is guessed', async () => {
  const model = modelOf({
    nodes: [
      createNode('Mod', ['x', 'x'], ['a'], { fmod: 1n }),
      createNode('Softmax', ['a'], ['b'], { axis: 1n }),
      createNode('Hardmax', ['b'], ['c']),
      createNode('Hardmax', ['c'], ['y']),
    ],
    input: ['batch', 2],
    output: ['batch', 2],
  })
  const gradient = await buildGradient(model, { loss: 'margin', sessions, probe })
  expect(gradient).toEqual({
    isDerived: false,
    reason: 'operators without a reverse rule',
    operators: ['Hardmax', 'Mod'],
  })
})

test('a node that its rule cannot differentiate is named with the reason', async () => {
  const model = modelOf({
    nodes: [
      createNode('Cast', ['x'], ['half'], { to: 10n }),
      createNode('Relu', ['half'], ['active']),
      createNode('Cast', ['active'], ['y'], { to: 1n }),
    ],
    input: ['batch', 2],
    output: ['batch', 2],
  })
  const gradient = await buildGradient(model, { loss: 'margin', sessions, probe })
  expect(gradient).toMatchObject({ isDerived: false, operators: ['Cast (other floats than float32 and float64)'] })
})

test('an output of other rows than one an example is no row of class scores', async () => {
  const model = modelOf({
    nodes: [createNode('Concat', ['x', 'x'], ['y'], { axis: 0n })],
    input: ['batch', 2],
    output: ['twice', 2],
  })
  const gradient = await buildGradient(model, { loss: 'margin', sessions, probe })
  expect(gradient).toMatchObject({ isDerived: false, operators: [] })
})

test('an old operator set and an output that is no row of scores are refused by reason', async () => {
  const old = modelOf({
    nodes: [createNode('Relu', ['x'], ['y'])],
    input: ['batch', 2],
    output: ['batch', 2],
    opset: 6,
  })
  expect(await buildGradient(old, { loss: 'margin', sessions, probe })).toMatchObject({
    isDerived: false,
    reason: 'its operator set is 6, below 7',
  })
  const image = modelOf({ nodes: [createNode('Relu', ['x'], ['y'])], input: ['n', 2, 3], output: ['n', 2, 3] })
  const inputs = { type: 'float32', dims: [2, 2, 3], data: new Float32Array(12) } as const
  expect(await buildGradient(image, { loss: 'margin', sessions, probe: inputs })).toMatchObject({
    isDerived: false,
    reason: 'its output, of shape [2,2,3], is no row of class scores',
  })
})

test('names of the model are never taken twice', async () => {
  const model = modelOf({
    nodes: [createNode('Relu', ['x'], ['gradient/Reshape/1']), createNode('Identity', ['gradient/Reshape/1'], ['y'])],
    input: ['batch', 2],
    output: ['batch', 2],
  })
  const gradient = await buildGradient(model, { loss: 'cross-entropy', sessions, probe })
  if (!gradient.isDerived) throw new Error(gradient.reason)
  const names = gradient.model.graph.node.flatMap(({ output }) => output)
  expect(new Set(names).size).toBe(names.length)
})
