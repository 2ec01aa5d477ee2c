import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  type NodeProto,
  writeOnnx,
} from '@nootropic/core/formats'
import type { Layer } from './layers/layer.ts'
import { hiddenUnits } from './network.ts'

const convolution = { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] }
const pool = { kernel_shape: [2n, 2n], strides: [2n, 2n] }

/** The names and shapes of the trained parameters, in the order in which the layers hold them. */
const parameters = [
  { name: 'convolution1.weight', dims: [8, 1, 3, 3] },
  { name: 'convolution1.bias', dims: [8] },
  { name: 'convolution2.weight', dims: [16, 8, 3, 3] },
  { name: 'convolution2.bias', dims: [16] },
  { name: 'hidden.weight', dims: [hiddenUnits, 784] },
  { name: 'hidden.bias', dims: [hiddenUnits] },
  { name: 'output.weight', dims: [10, hiddenUnits] },
  { name: 'output.bias', dims: [10] },
]

const nodes = (): NodeProto[] => [
  createNode('Conv', ['image', 'convolution1.weight', 'convolution1.bias'], ['edges'], convolution),
  createNode('Relu', ['edges'], ['edges.positive']),
  createNode('MaxPool', ['edges.positive'], ['edges.pooled'], pool),
  createNode('Conv', ['edges.pooled', 'convolution2.weight', 'convolution2.bias'], ['strokes'], convolution),
  createNode('Relu', ['strokes'], ['strokes.positive']),
  createNode('MaxPool', ['strokes.positive'], ['strokes.pooled'], pool),
  createNode('Flatten', ['strokes.pooled'], ['features'], { axis: 1n }),
  createNode('Gemm', ['features', 'hidden.weight', 'hidden.bias'], ['hidden'], { transB: 1n }),
  createNode('Relu', ['hidden'], ['hidden.positive']),
  createNode('Gemm', ['hidden.positive', 'output.weight', 'output.bias'], ['logits'], { transB: 1n }),
]

/** The trained network as an ONNX file: `image` [batch, 1, 28, 28] in [0, 1] to `logits` [batch, 10]. */
export const onnxOf = (network: readonly Layer[]): Uint8Array => {
  const trained = network.flatMap((layer) => layer.parameters)
  return writeOnnx(
    createOnnxModel({
      operatorSets: { '': 17 },
      producerName: 'nootropic train-digits',
      graph: {
        name: 'digits',
        input: [createValueInfo({ name: 'image', type: 'float32', dims: ['batch', 1, 28, 28] })],
        output: [createValueInfo({ name: 'logits', type: 'float32', dims: ['batch', 10] })],
        initializer: parameters.map(({ name, dims }, index) =>
          createTensor({ name, type: 'float32', dims, data: trained[index]!.value }),
        ),
        node: nodes(),
      },
    }),
  )
}
