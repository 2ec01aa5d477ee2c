import { elementCount } from '@nootropic/core'
import {
  dataTypes,
  externalLocation,
  type NodeProto,
  type OnnxModel,
  type TensorProto,
  tensorValues,
} from '@nootropic/core/formats'
import type { Placement } from './claim.ts'
import { valuesOfHalves } from './half-float.ts'
import type { ChannelLayout } from './projection.ts'

/** A tensor of a placement: its name, shape and the axis of its output channels. */
export type PlacedTensor = Placement['tensors'][number]

/** The least weights that a tensor must have to carry a mark: below it the mark would not outlive a cast to int8. */
export const minimumTensorSize = 16_384

/** Where the output channels of a placed tensor lie. */
export const channelLayout = ({ dims, channelAxis }: PlacedTensor): ChannelLayout => ({
  channels: dims[channelAxis] ?? 1,
  stride: elementCount(dims.slice(channelAxis + 1)),
})

/** Which axis of the weight of a node counts its output channels; undefined when the node has no such weight. */
const channelAxisOf = (node: NodeProto, rank: number): number | undefined => {
  if (node.opType === 'Conv') return 0
  if (node.opType === 'Gemm') return node.attribute.find(({ name }) => name === 'transB')?.i ? 0 : 1
  return node.opType === 'MatMul' ? rank - 1 : undefined
}

/** The constant tensors of the graph by the name of their value: initialisers, and what Constant nodes hold. */
const constantTensors = ({ graph }: OnnxModel): Map<string, TensorProto> => {
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  for (const node of graph.node) {
    const held = node.opType === 'Constant' ? node.attribute.find(({ name }) => name === 'value')?.t : undefined
    if (held !== undefined) tensors.set(node.output[0] ?? '', held)
  }
  return tensors
}

/** A tensor's numbers as float32, or undefined for what is not a float32 or float16 tensor in the file. */
const readWeights = (tensor: TensorProto): Float32Array | undefined => {
  if (tensor.dataType !== dataTypes.FLOAT && tensor.dataType !== dataTypes.FLOAT16) return undefined
  if (tensor.dataLocation === externalLocation) return undefined
  const values = tensorValues(tensor)
  if (values instanceof Uint16Array) return valuesOfHalves(values)
  return values instanceof Float32Array ? values : undefined
}

/** A weight that could carry a mark. */
export interface Host {
  readonly placed: PlacedTensor
  /** A view of the model's bytes. */
  readonly raw: Uint8Array
  readonly values: Float32Array
}

/** The weights of the graph's convolutions and dense layers, in the order of its nodes. */
const layerWeights = (model: OnnxModel) => {
  const constants = constantTensors(model)
  return model.graph.node.flatMap((node) => {
    const name = node.input[1] ?? ''
    const tensor = constants.get(name)
    const channelAxis = tensor && channelAxisOf(node, tensor.dims.length)
    if (tensor === undefined || channelAxis === undefined || tensor.dims.length < 2) return []
    // A weight that several layers share is marked once.
    constants.delete(name)
    return [{ placed: { name, dims: [...tensor.dims], channelAxis }, tensor, opType: node.opType }]
  })
}

/**
 * The weights that may be marked: float32, in the file, without the first convolution and the last layer, where a change
 * is felt most in the outputs, and without depthwise convolutions, whose channels have few weights.
 */
export const findHosts = (model: OnnxModel): Host[] => {
  const layers = layerWeights(model)
  const firstConvolution = layers.find(({ opType }) => opType === 'Conv')
  const lastLayer = layers.at(-1)
  return layers.flatMap((layer) => {
    const { placed, tensor, opType } = layer
    if (layer === firstConvolution || layer === lastLayer) return []
    if (opType === 'Conv' && placed.dims[1] === 1) return []
    const values = tensor.dataType === dataTypes.FLOAT ? readWeights(tensor) : undefined
    return values !== undefined && tensor.rawData instanceof Uint8Array ? [{ placed, raw: tensor.rawData, values }] : []
  })
}

/**
 * The numbers of the placed tensors in another model: by name, else the next tensor of that shape, because renaming costs
 * a thief nothing. An entry is undefined where the model has no such tensor.
 */
export const findTensors = (model: OnnxModel, placed: readonly PlacedTensor[]): (Float32Array | undefined)[] => {
  const constants = constantTensors(model)
  const byName = placed.map(({ name, dims }) => {
    const tensor = constants.get(name)
    if (tensor?.dims.join() !== dims.join()) return undefined
    constants.delete(name)
    return tensor
  })
  const byShape = new Map<string, TensorProto[]>()
  for (const tensor of constants.values()) {
    const sameShape = byShape.get(tensor.dims.join())
    if (sameShape === undefined) byShape.set(tensor.dims.join(), [tensor])
    else sameShape.push(tensor)
  }
  return placed.map(({ dims }, index) => {
    const tensor = byName[index] ?? byShape.get(dims.join())?.shift()
    return tensor && readWeights(tensor)
  })
}
