import { onnx } from 'onnx-proto'
import { type ElementType, elementTypes } from '../../src/index.ts'

// TensorProto.DataType by our names, from onnx.proto.
const dataTypes: Record<ElementType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
}

const value = (name: string, type: ElementType, dims: readonly (number | string)[]) => ({
  name,
  type: {
    tensorType: {
      elemType: dataTypes[type],
      shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
})

const encode = (graph: onnx.IGraphProto): Uint8Array =>
  onnx.ModelProto.encode(
    onnx.ModelProto.create({
      irVersion: 8,
      opsetImport: [{ domain: '', version: 17 }],
      graph: { name: 'test', ...graph },
    }),
  ).finish()

/** A model that gives back one [n, 2] tensor of each element type: input `<type>`, output `<type>-out`. */
export const identityModel = (): Uint8Array =>
  encode({
    node: elementTypes.map((type) => ({ opType: 'Identity', input: [type], output: [`${type}-out`] })),
    input: elementTypes.map((type) => value(type, type, ['n', 2])),
    output: elementTypes.map((type) => value(`${type}-out`, type, ['n', 2])),
  })

/** sum = left + right, both [rows, 3]. */
export const additionModel = (): Uint8Array =>
  encode({
    node: [{ opType: 'Add', input: ['left', 'right'], output: ['sum'] }],
    input: [value('left', 'float32', ['rows', 3]), value('right', 'float32', ['rows', 3])],
    output: [value('sum', 'float32', ['rows', 3])],
  })

/** product = input * weight, with the weight (4 floats) in `weights.bin` beside the model. */
export const externalDataModel = (): Uint8Array =>
  encode({
    node: [{ opType: 'Mul', input: ['input', 'weight'], output: ['product'] }],
    input: [value('input', 'float32', [4])],
    output: [value('product', 'float32', [4])],
    initializer: [
      {
        name: 'weight',
        dataType: dataTypes.float32,
        dims: [4],
        dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
        externalData: [
          { key: 'location', value: 'weights.bin' },
          { key: 'offset', value: '0' },
          { key: 'length', value: '16' },
        ],
      },
    ],
  })

/** Expands one number to the shape it is sent: 8 numbers of input ask for any amount of memory. */
export const expansionModel = (): Uint8Array =>
  encode({
    node: [{ opType: 'Expand', input: ['value', 'shape'], output: ['expanded'] }],
    input: [value('value', 'float32', [1]), value('shape', 'int64', ['rank'])],
    output: [value('expanded', 'float32', ['a', 'b', 'c'])],
  })

/** A model whose output is a sequence, which no tensor can hold. */
export const sequenceModel = (): Uint8Array =>
  encode({
    node: [{ opType: 'SequenceConstruct', input: ['item'], output: ['items'] }],
    input: [value('item', 'float32', [1])],
    output: [
      {
        name: 'items',
        type: {
          sequenceType: {
            elemType: { tensorType: { elemType: dataTypes.float32, shape: { dim: [{ dimValue: 1 }] } } },
          },
        },
      },
    ],
  })
