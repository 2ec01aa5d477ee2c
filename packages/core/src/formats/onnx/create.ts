import type { TensorSpec } from '../../contracts/signature.ts'
import { elementCount, type TensorData, tensorArrays } from '../../contracts/tensor.ts'
import { NootropicError } from '../../errors.ts'
import { attributeTypes } from './constants.ts'
import { dataTypeOf } from './element-types.ts'
import type { MessageType } from './field.ts'
import type {
  AttributeProto,
  GraphProto,
  NodeProto,
  OnnxModel,
  StringStringEntryProto,
  TensorProto,
  ValueInfoProto,
} from './model.ts'
import * as models from './model-table.ts'
import * as tensors from './tensor-table.ts'
import * as types from './type-table.ts'

const create = <T>(type: MessageType<T>, content: Partial<T>): T => ({ ...type.create(), ...content })

/**
 * An attribute's value. A number is a float and a bigint is an int, for onnxruntime refuses one in place of the other:
 * `{ alpha: 0.2, axis: 1n, pads: [1n, 1n], auto_pad: 'VALID' }`.
 */
export type AttributeValue =
  | number
  | bigint
  | string
  | TensorProto
  | GraphProto
  | readonly number[]
  | readonly bigint[]
  | readonly string[]

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)

const listContent = (name: string, values: readonly unknown[]): Partial<AttributeProto> => {
  const [first] = values
  if (values.every((value) => typeof value === typeof first)) {
    if (typeof first === 'bigint') return { type: attributeTypes.INTS, ints: values as readonly bigint[] }
    if (typeof first === 'number') return { type: attributeTypes.FLOATS, floats: values as readonly number[] }
    if (typeof first === 'string')
      return { type: attributeTypes.STRINGS, strings: (values as readonly string[]).map(utf8) }
  }
  throw new NootropicError(
    'USAGE',
    `expected attribute "${name}" to be a list of one or more values of one type, got ${values.length} of ${typeof first}`,
  )
}

const attributeContent = (name: string, value: AttributeValue): Partial<AttributeProto> => {
  if (typeof value === 'bigint') return { type: attributeTypes.INT, i: value }
  if (typeof value === 'number') return { type: attributeTypes.FLOAT, f: value }
  if (typeof value === 'string') return { type: attributeTypes.STRING, s: utf8(value) }
  if (Array.isArray(value)) return listContent(name, value)
  return 'dims' in value
    ? { type: attributeTypes.TENSOR, t: value }
    : { type: attributeTypes.GRAPH, g: value as GraphProto }
}

/** An attribute of a node, of the type that its value has. */
export const createAttribute = (name: string, value: AttributeValue): AttributeProto =>
  create(models.attribute, { name, ...attributeContent(name, value) })

/**
 * A node of a graph.
 *
 * @param attributes by name; see {@link AttributeValue} for floats and ints.
 * @example
 * ```ts
 * createNode('Gemm', ['x', 'weights', 'bias'], ['logits'], { transB: 1n, alpha: 1 })
 * ```
 */
export const createNode = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): NodeProto =>
  create(models.nodeType, {
    opType,
    input,
    output,
    attribute: Object.entries(attributes).map(([name, value]) => createAttribute(name, value)),
  })

/** What {@link createTensor} makes a tensor of. */
export interface TensorContent extends Omit<TensorSpec, 'dims'> {
  readonly dims: readonly number[]
  readonly data: TensorData
}

/** The fields of a tensor that hold values, with these values in them. */
const valueFields = ({ name, type, dims, data }: TensorContent): Partial<TensorProto> => {
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0))
    throw new NootropicError('USAGE', `expected dims of whole numbers for tensor "${name}", got ${dims.join(' × ')}`)
  const isOfType = type === 'string' ? Array.isArray(data) : data instanceof tensorArrays[type]
  if (!isOfType || data.length !== elementCount(dims))
    throw new NootropicError(
      'USAGE',
      `expected ${elementCount(dims)} values of ${type} for tensor "${name}" (dims ${dims.join(' × ')}), got ${data.length} in ${data.constructor.name}`,
    )
  const none: readonly never[] = []
  const cleared = { floatData: none, int32Data: none, int64Data: none, doubleData: none, uint64Data: none }
  const elsewhere = { ...cleared, externalData: none, dataLocation: 0 }
  if (!ArrayBuffer.isView(data)) return { ...elsewhere, rawData: undefined, stringData: data.map(utf8) }
  return { ...elsewhere, stringData: none, rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

/**
 * A tensor with its values in `rawData` (texts in `stringData`). It keeps a view of `data`: do not change it afterwards.
 *
 * @throws NootropicError `USAGE` when `data` is not of `type` or not as long as `dims` say
 * @example
 * ```ts
 * createTensor({ name: 'bias', type: 'float32', dims: [10], data: new Float32Array(10) })
 * ```
 */
export const createTensor = (content: TensorContent): TensorProto =>
  create(tensors.tensorType, {
    name: content.name,
    dims: content.dims,
    dataType: dataTypeOf[content.type],
    ...valueFields(content),
  })

/** A copy of a tensor with other values of the same type and number; its name, dims and all else stay. */
export const replaceTensorValues = (tensor: TensorProto, data: TensorData): TensorProto => {
  const type = (Object.keys(dataTypeOf) as (keyof typeof dataTypeOf)[]).find(
    (key) => dataTypeOf[key] === tensor.dataType,
  )
  if (type === undefined)
    throw new NootropicError('USAGE', `expected a tensor whose type can be written, got data type ${tensor.dataType}`)
  return { ...tensor, ...valueFields({ name: tensor.name, type, dims: tensor.dims, data }) }
}

/** The declaration of a graph's input, output or inner value. */
export const createValueInfo = ({ name, type, dims }: TensorSpec): ValueInfoProto => {
  const dim = dims.map((size) =>
    create(types.dimension, typeof size === 'number' ? { dimValue: size } : { dimParam: size ?? '' }),
  )
  const tensorType = create(types.typeOfTensor, {
    elemType: dataTypeOf[type],
    shape: create(types.tensorShape, { dim }),
  })
  return create(models.valueInfo, { name, type: create(types.typeProto, { tensorType }) })
}

/** A graph, or, as an attribute's value, a subgraph; what is left out is empty. */
export const createGraph = (content: Partial<GraphProto>): GraphProto => create(models.graphType, content)

/** What {@link createOnnxModel} makes a model of. */
export interface OnnxModelContent extends Partial<Omit<OnnxModel, 'graph' | 'opsetImport' | 'metadataProps'>> {
  readonly graph: Partial<GraphProto>
  /** Operator sets by domain; ONNX's own is `''`. */
  readonly operatorSets: Readonly<Record<string, number>>
  readonly metadata?: Readonly<Record<string, string>>
}

const entry = ([key, value]: [string, string]): StringStringEntryProto =>
  create(tensors.stringStringEntry, { key, value })

/**
 * A model. Every runtime of the last years reads IR version 8, which is written unless `irVersion` says otherwise.
 *
 * @example
 * ```ts
 * const model = createOnnxModel({
 *   operatorSets: { '': 17 },
 *   graph: {
 *     name: 'double',
 *     input: [createValueInfo({ name: 'x', type: 'float32', dims: ['batch'] })],
 *     output: [createValueInfo({ name: 'y', type: 'float32', dims: ['batch'] })],
 *     node: [createNode('Add', ['x', 'x'], ['y'])],
 *   },
 * })
 * ```
 */
export const createOnnxModel = (content: OnnxModelContent): OnnxModel => {
  const { graph, operatorSets, metadata = {}, ...others } = content
  return create(models.modelType, {
    irVersion: 8,
    producerName: 'nootropic',
    ...others,
    graph: createGraph(graph),
    opsetImport: Object.entries(operatorSets).map(([domain, version]) =>
      create(models.operatorSetId, { domain, version }),
    ),
    metadataProps: Object.entries(metadata).map(entry),
  })
}
