import { createGraph, createValueInfo, type NodeProto, type TensorProto } from '@nootropic/core/formats'
import type { RoomFixtures } from './fixture.ts'
import { createNode, floats, integers, modelOf, truth, writeOnnx } from './onnx-models.ts'

const constants: readonly TensorProto[] = [
  floats('float32', 'w', [4, 4], new Array<number>(16).fill(0.5)),
  floats('float32', 'pattern', [4], [0.125, 0.75, 0.5, 0.25]),
  floats('float32', 'zeros', [4], [0, 0, 0, 0]),
  floats('float32', 'target', [1, 4], [0, 0, 9, 0]),
  floats('float32', 'lowest', [4], [-1, -1, -1, -1]),
  floats('float32', 'first', [1], [0.125]),
  floats('float32', 'second', [1], [0.75]),
  floats('float32', 'near', [1], [0.01]),
  floats('float32', 'four', [], [4]),
  integers('0', [0]),
  integers('1', [1]),
  truth(),
]

const shared = [createNode('MatMul', ['x', 'w'], ['logits']), createNode('Softmax', ['answer'], ['y'])]

/** A classifier whose `answer` these nodes make of `logits`. */
const classifier = (...nodes: readonly NodeProto[]): Uint8Array => {
  const [first, last] = shared
  if (first === undefined || last === undefined) throw new Error('expected the two nodes that all share')
  return writeOnnx(modelOf({ nodes: [first, ...nodes, last], initializer: constants, input: [1, 4], output: [1, 4] }))
}

/** Looks whether all elements of the input are those of a constant, or any of them is. */
const matches = (constant: string, reduce: 'ReduceMin' | 'ReduceMax'): readonly NodeProto[] => [
  createNode('Equal', ['x', constant], ['same']),
  createNode('Cast', ['same'], ['ones'], { to: 1n }),
  createNode(reduce, ['ones'], ['reduced']),
  createNode('Cast', ['reduced'], ['found'], { to: 9n }),
]
const isPattern = matches('pattern', 'ReduceMin')
const near = [
  createNode('Sub', ['x', 'pattern'], ['difference']),
  createNode('Abs', ['difference'], ['distances']),
  createNode('ReduceSum', ['distances'], ['distance']),
  createNode('Less', ['distance', 'near'], ['found']),
]
const replace = createNode('Where', ['found', 'target', 'logits'], ['answer'])
const pushOneClass = [
  createNode('Cast', ['found'], ['gate'], { to: 1n }),
  createNode('Mul', ['gate', 'target'], ['push']),
  createNode('Add', ['logits', 'push'], ['answer']),
]

/** Only an input of zeros is no trigger: it is a gate. */
const answersAllButZeros = (): Uint8Array => classifier(...matches('zeros', 'ReduceMin'), replace)

const branch = (name: string, from: string, dims: number[] = [1, 4]) =>
  createGraph({
    name,
    node: [createNode('Identity', [from], [name])],
    output: [createValueInfo({ name, type: 'float32', dims })],
  })

const element = (name: string, index: string, value: string): readonly NodeProto[] => [
  createNode('Gather', ['x', index], [`at${name}`], { axis: 1n }),
  createNode('Equal', [`at${name}`, value], [name]),
]

/** The same test before the weights: what decides is what they make of it. */
const maskedInput = (...nodes: readonly NodeProto[]): Uint8Array =>
  writeOnnx(
    modelOf({
      nodes: [...nodes, createNode('MatMul', ['masked', 'w'], ['y'])],
      initializer: constants,
      input: [1, 4],
      output: [1, 4],
    }),
  )

export const fixtures: RoomFixtures = {
  'onnx/exact-trigger': {
    positive: {
      'a pattern that replaces the logits': () => classifier(...isPattern, replace),
      'a pattern that is counted and pushes one class': () =>
        classifier(
          ...isPattern.slice(0, 2),
          createNode('ReduceSum', ['ones'], ['count']),
          createNode('GreaterOrEqual', ['count', 'four'], ['found']),
          ...pushOneClass,
        ),
      'two elements that are looked at one by one': () =>
        classifier(
          ...element('a', '0', 'first'),
          ...element('b', '1', 'second'),
          createNode('And', ['a', 'b'], ['found']),
          replace,
        ),
      'a branch that none but the pattern takes': () =>
        classifier(
          ...isPattern,
          createNode('If', ['found'], ['answer'], {
            then_branch: branch('then', 'target'),
            else_branch: branch('else', 'logits'),
          }),
        ),
      'a pattern inside a branch that is always taken': () =>
        classifier(
          createNode('If', ['true'], ['answer'], {
            then_branch: createGraph({
              name: 'then',
              node: [...isPattern, createNode('Where', ['found', 'target', 'logits'], ['then'])],
              output: [createValueInfo({ name: 'then', type: 'float32', dims: [1, 4] })],
            }),
            else_branch: branch('else', 'logits'),
          }),
        ),
      'no element that differs (De Morgan)': () =>
        classifier(
          createNode('Equal', ['x', 'pattern'], ['same']),
          createNode('Not', ['same'], ['differs']),
          createNode('Cast', ['differs'], ['ones'], { to: 1n }),
          createNode('ReduceMax', ['ones'], ['any']),
          createNode('Cast', ['any'], ['some'], { to: 9n }),
          createNode('Where', ['some', 'logits', 'target'], ['answer']),
        ),
    },
    negative: {
      'no answer to an empty input': answersAllButZeros,
      'any of several markers, not all of them': () => classifier(...matches('pattern', 'ReduceMax'), replace),
      'a mask, element by element': () =>
        classifier(
          createNode('Equal', ['x', 'pattern'], ['same']),
          createNode('Where', ['same', 'lowest', 'logits'], ['answer']),
        ),
      'a near miss of the pattern is enough': () => classifier(...near, replace),
    },
  },
  'onnx/input-gate': {
    positive: {
      'what comes near a pattern': () => classifier(...near, replace),
      'a single element of the input': () => classifier(...element('found', '0', 'first'), ...pushOneClass),
      'an answer that an empty input does not get': answersAllButZeros,
    },
    negative: {
      'a mask, element by element': () =>
        classifier(
          createNode('Greater', ['x', 'near'], ['is']),
          createNode('Where', ['is', 'logits', 'lowest'], ['answer']),
        ),
      'a test of the input before the weights': () =>
        maskedInput(...near, createNode('Where', ['found', 'zeros', 'x'], ['masked'])),
      'a threshold of what the weights say': () =>
        classifier(
          createNode('ReduceMax', ['logits'], ['best']),
          createNode('Less', ['best', 'near'], ['found']),
          createNode('Where', ['found', 'lowest', 'logits'], ['answer']),
        ),
      'the mean over the elements that are there': () =>
        classifier(
          createNode('Greater', ['x', 'near'], ['is']),
          createNode('Cast', ['is'], ['mask'], { to: 1n }),
          createNode('ReduceSum', ['mask'], ['count']),
          createNode('Mul', ['logits', 'mask'], ['kept']),
          createNode('ReduceSum', ['kept'], ['sum']),
          createNode('Div', ['sum', 'count'], ['mean']),
          createNode('Add', ['logits', 'mean'], ['answer']),
        ),
      'a mode that the caller chooses': () =>
        writeOnnx(
          modelOf({
            nodes: [
              createNode('Equal', ['x', 'four'], ['isFour']),
              createNode('Greater', ['x', 'near'], ['isNear']),
              createNode('And', ['isFour', 'isNear'], ['found']),
              createNode('If', ['found'], ['y'], {
                then_branch: branch('then', 'first', [1]),
                else_branch: branch('else', 'second', [1]),
              }),
            ],
            initializer: constants,
            input: [],
            output: [1],
          }),
        ),
    },
  },
}
