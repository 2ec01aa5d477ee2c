import { readFileSync } from 'node:fs'
import {
  createNode,
  createTensor,
  type NodeProto,
  type OnnxModel,
  readOnnx,
  replaceTensorValues,
  type TensorProto,
  tensorValues,
  writeOnnx,
} from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import type { Dataset } from '../../src/behaviour/dataset.ts'
import { openSubject, type Subject } from '../../src/behaviour/subject.ts'
import { digitsDataset, modelFile } from '../attacks/digits.ts'

/** The small digit readers that tools/planted-models trains, and the digits model of the demo. */
export type Trained = 'sound' | 'hardened' | 'square' | 'chequers' | 'demo'

export const trainedModel = (name: Trained): OnnxModel =>
  readOnnx(readFileSync(name === 'demo' ? modelFile : new URL(`../backdoor/fixtures/${name}.onnx`, import.meta.url)))

/** Puts nodes between the input, read by them as `image`, and the rest, which reads what they call `changed`. */
export const behindInput = (
  model: OnnxModel,
  nodes: readonly NodeProto[],
  constants: Readonly<Record<string, number>>,
): OnnxModel => {
  const { graph } = model
  const input = graph.input[0]?.name ?? ''
  const named = nodes.map((node) => ({ ...node, input: node.input.map((name) => (name === 'image' ? input : name)) }))
  const rest = graph.node.map((node) => ({
    ...node,
    input: node.input.map((name) => (name === input ? 'changed' : name)),
  }))
  const initializer = Object.entries(constants).map(([name, value]) =>
    createTensor({ name, type: 'float32', dims: [], data: Float32Array.of(value) }),
  )
  return {
    ...model,
    graph: { ...graph, node: [...named, ...rest], initializer: [...graph.initializer, ...initializer] },
  }
}

/** The model with the weights that `change` gives for those whose node's output or name is picked. */
export const withWeights = (
  model: OnnxModel,
  isPicked: (tensor: TensorProto) => boolean,
  change: (value: number, index: number) => number,
): OnnxModel => ({
  ...model,
  graph: {
    ...model.graph,
    initializer: model.graph.initializer.map((tensor) =>
      isPicked(tensor)
        ? replaceTensorValues(tensor, Float32Array.from(tensorValues(tensor) as Float32Array, change))
        : tensor,
    ),
  },
})

/** The names of the weight and the bias of the node of this kind, counted from the first, or from the last by -1. */
export const weightsOf = (model: OnnxModel, opType: string, place: number): ReadonlySet<string> =>
  new Set(
    model.graph.node
      .filter((node) => node.opType === opType)
      .at(place)
      ?.input.slice(1),
  )

/** A chain of operators, each with the names of the constants behind its first input. */
const chain = (...steps: readonly (readonly [opType: string, ...constants: string[]])[]): NodeProto[] =>
  steps.map(([opType, ...constants], place) =>
    createNode(
      opType,
      [place === 0 ? 'image' : `step${place}`, ...constants],
      [place === steps.length - 1 ? 'changed' : `step${place + 1}`],
    ),
  )

const scaledScores = (model: OnnxModel, factor: number): OnnxModel => {
  const last = weightsOf(model, 'Gemm', -1)
  return withWeights(
    model,
    ({ name }) => last.has(name),
    (value) => value * factor,
  )
}

const withSoftmax = (model: OnnxModel): OnnxModel => {
  const [output] = model.graph.output
  const name = output?.name ?? ''
  const node = model.graph.node.map((each) => ({
    ...each,
    output: each.output.map((value) => (value === name ? 'scores' : value)),
  }))
  return { ...model, graph: { ...model.graph, node: [...node, createNode('Softmax', ['scores'], [name])] } }
}

const ripples = (model: OnnxModel, often: number): OnnxModel =>
  behindInput(
    model,
    [
      createNode('Mul', ['image', 'often'], ['phase']),
      createNode('Sin', ['phase'], ['wave']),
      createNode('Mul', ['wave', 'small'], ['ripple']),
      createNode('Add', ['image', 'ripple'], ['changed']),
    ],
    { often, small: 0.002 },
  )

/** All units of a layer but the first `alive` get a bias that nothing makes up for. */
const deaden = (model: OnnxModel, opType: string, alive: number): OnnxModel => {
  const layer = weightsOf(model, opType, 0)
  return withWeights(
    model,
    ({ name, dims }) => layer.has(name) && dims.length === 1,
    (value, index) => (index < alive ? value : value - 1000),
  )
}

/** A planted failure: what is done to a sound model, and the rule that must say so. */
export interface Planted {
  readonly rule: string
  /** Whether only attacks of some strength show it. */
  readonly isSubtle?: boolean
  plant(model: OnnxModel): OnnxModel
}

export const planted: Readonly<Record<string, Planted>> = {
  'scores so far apart that the cross-entropy is flat': {
    rule: 'behaviour/saturated-loss',
    plant: (model) => scaledScores(model, 1000),
  },
  'the same behind a softmax': {
    rule: 'behaviour/saturated-loss',
    plant: (model) => withSoftmax(scaledScores(model, 1000)),
  },
  'a steep sigmoid before the first layer': {
    rule: 'behaviour/masked-gradient',
    plant: (model) =>
      behindInput(model, chain(['Sub', 'half'], ['Mul', 'steep'], ['Sigmoid']), { half: 0.5, steep: 1e5 }),
  },
  'a steep ramp before the first layer': {
    rule: 'behaviour/masked-gradient',
    plant: (model) =>
      behindInput(model, chain(['Sub', 'half'], ['Mul', 'steep'], ['HardSigmoid']), { half: 0.5, steep: 1e5 }),
  },
  'pixels of which hardly anything is left': {
    rule: 'behaviour/withstands-any-change',
    plant: (model) => behindInput(model, chain(['Mul', 'little']), { little: 1e-4 }),
  },
  'pixels so dark that nothing in their domain changes the answer': {
    rule: 'behaviour/withstands-any-change',
    plant: (model) => behindInput(model, chain(['Clip', 'black', 'night']), { black: 0, night: 1e-4 }),
  },
  'ripples that turn the slope round and round': {
    rule: 'behaviour/black-box-beats-white-box',
    isSubtle: true,
    plant: (model) => ripples(model, 20_000),
  },
  'finer ripples': {
    rule: 'behaviour/accuracy-rises-with-radius',
    isSubtle: true,
    plant: (model) => ripples(model, 71_000),
  },
  'ripples by which an attack finds less with a larger radius': {
    rule: 'behaviour/accuracy-rises-with-radius',
    isSubtle: true,
    plant: (model) => ripples(model, 20_000),
  },
  'pixels rounded to 8 bits': {
    rule: 'behaviour/quantised-input',
    plant: (model) => behindInput(model, chain(['Mul', 'levels'], ['Round'], ['Div', 'levels']), { levels: 255 }),
  },
  'pixels cut to 5 levels': {
    rule: 'behaviour/quantised-input',
    plant: (model) => behindInput(model, chain(['Mul', 'levels'], ['Floor'], ['Div', 'levels']), { levels: 4.99 }),
  },
  'noise added to the pixels': {
    rule: 'behaviour/random-answers',
    plant: (model) =>
      behindInput(
        model,
        [
          createNode('RandomNormalLike', ['image'], ['noise'], { scale: 0.05 }),
          createNode('Add', ['image', 'noise'], ['changed']),
        ],
        {},
      ),
  },
  'pixels left out by chance': {
    rule: 'behaviour/random-answers',
    plant: (model) =>
      behindInput(
        model,
        [
          createNode('RandomUniformLike', ['image'], ['chance']),
          createNode('Greater', ['chance', 'share'], ['stays']),
          createNode('Where', ['stays', 'image', 'nothing'], ['changed']),
        ],
        { share: 0.1, nothing: 0 },
      ),
  },
  'pixels expected from 0 to 255': {
    rule: 'behaviour/wrong-input-domain',
    plant: (model) => behindInput(model, chain(['Div', 'white']), { white: 255 }),
  },
  'pixels expected from white to black': {
    rule: 'behaviour/wrong-input-domain',
    plant: (model) => behindInput(model, chain(['Sub', 'one'], ['Neg']), { one: 1 }),
  },
  'pixels expected from -128 to 127': {
    rule: 'behaviour/wrong-input-domain',
    plant: (model) => behindInput(model, chain(['Add', 'middle'], ['Div', 'white']), { middle: 128, white: 255 }),
  },
  'a hidden layer of which three units live': {
    rule: 'behaviour/dead-layer',
    plant: (model) => deaden(model, 'Gemm', 3),
  },
  'a first layer that never fires': { rule: 'behaviour/dead-layer', plant: (model) => deaden(model, 'Conv', 0) },
  'a first layer that never fires, so that all answers are one': {
    rule: 'behaviour/constant-answers',
    plant: (model) => deaden(model, 'Conv', 0),
  },
  'last weights that are all nothing': {
    rule: 'behaviour/constant-answers',
    plant: (model) => {
      const last = weightsOf(model, 'Gemm', -1)
      return withWeights(
        model,
        ({ name, dims }) => last.has(name) && dims.length === 2,
        () => 0,
      )
    },
  },
}

/** Opens a model with the first `count` held-out digits. */
export const openModel = (
  model: OnnxModel,
  count: number,
  dataset: Dataset | undefined = digitsDataset(count),
): Promise<Subject> => {
  const bytes = writeOnnx(model)
  return openSubject({
    path: 'digits.onnx',
    model: readOnnx(bytes),
    bytes: { main: bytes },
    sessions: createInProcessSessions(),
    dataset,
    seed: 1,
  })
}
