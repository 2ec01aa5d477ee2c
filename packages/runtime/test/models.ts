import { type ElementType, elementTypes, type ModelBytes, type TensorSpec } from '@nootropic/core'
import {
  createGraph,
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  externalLocation,
  writeOnnx,
} from '@nootropic/core/formats'

type Nodes = ReturnType<typeof createNode>[]
type Initializers = ReturnType<typeof createTensor>[]

const model = (
  node: Nodes,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
  initializer: Initializers = [],
): Uint8Array =>
  writeOnnx(
    createOnnxModel({
      operatorSets: { '': 17 },
      graph: {
        name: 'test',
        node,
        initializer,
        input: inputs.map(createValueInfo),
        output: outputs.map(createValueInfo),
      },
    }),
  )

const spec = (name: string, type: ElementType, ...dims: (number | string)[]): TensorSpec => ({ name, type, dims })

/** sum = left + right, both float32 [rows, 3]. */
export const additionModel = (): Uint8Array =>
  model(
    [createNode('Add', ['left', 'right'], ['sum'])],
    [spec('left', 'float32', 'rows', 3), spec('right', 'float32', 'rows', 3)],
    [spec('sum', 'float32', 'rows', 3)],
  )

/** As {@link additionModel}, and holds a text among its weights. */
export const markedModel = (text: string): Uint8Array => {
  const data = Uint8Array.from(Buffer.from(text))
  return model(
    [createNode('Add', ['left', 'right'], ['sum'])],
    [spec('left', 'float32', 'rows', 3), spec('right', 'float32', 'rows', 3)],
    [spec('sum', 'float32', 'rows', 3)],
    [createTensor({ name: 'mark', type: 'uint8', dims: [data.length], data })],
  )
}

/** ratio = dividend / divisor, both float32 [n]: divides by zero when told to. */
export const divisionModel = (): Uint8Array =>
  model(
    [createNode('Div', ['dividend', 'divisor'], ['ratio'])],
    [spec('dividend', 'float32', 'n'), spec('divisor', 'float32', 'n')],
    [spec('ratio', 'float32', 'n')],
  )

/** Gives back a value of each kind of element that travels differently. */
export const echoModel = (): Uint8Array => {
  const types: ElementType[] = ['float32', 'float16', 'int64', 'bool', 'string']
  return model(
    types.map((type) => createNode('Identity', [type], [`${type}-out`])),
    types.map((type) => spec(type, type, `${type}-count`)),
    types.map((type) => spec(`${type}-out`, type, `${type}-count`)),
  )
}

/** Fills the shape it is sent with one value: a few bytes of input ask for any amount of memory. */
export const expansionModel = (): Uint8Array =>
  model(
    [createNode('Expand', ['value', 'shape'], ['expanded'])],
    [spec('value', 'float32', 1), spec('shape', 'int64', 1)],
    [spec('expanded', 'float32', 'n')],
  )

/** Counts to `trips`: a number that makes a run as long as one likes. */
export const countingModel = (): Uint8Array => {
  const body = createGraph({
    name: 'body',
    node: [createNode('Identity', ['go'], ['go-on']), createNode('Add', ['count', 'one'], ['next'])],
    input: [spec('trip', 'int64'), spec('go', 'bool'), spec('count', 'int64', 1)].map(createValueInfo),
    output: [spec('go-on', 'bool'), spec('next', 'int64', 1)].map(createValueInfo),
  })
  return model(
    [createNode('Loop', ['trips', 'yes', 'zero'], ['counted'], { body })],
    [spec('trips', 'int64', 1)],
    [spec('counted', 'int64', 1)],
    [
      createTensor({ name: 'yes', type: 'bool', dims: [], data: Uint8Array.of(1) }),
      createTensor({ name: 'zero', type: 'int64', dims: [1], data: BigInt64Array.of(0n) }),
      createTensor({ name: 'one', type: 'int64', dims: [1], data: BigInt64Array.of(1n) }),
    ],
  )
}

/** Reads a tensor from a file of the host, as if it were its weights. */
export const stealingModel = (): Uint8Array =>
  model(
    [createNode('Add', ['left', 'stolen'], ['sum'])],
    [spec('left', 'float32', 2)],
    [spec('sum', 'float32', 2)],
    [
      {
        ...createTensor({ name: 'stolen', type: 'float32', dims: [2], data: new Float32Array(2) }),
        rawData: undefined,
        dataLocation: externalLocation,
        externalData: [{ key: 'location', value: '/etc/passwd', unknownFields: [] }],
      },
    ],
  )

/** Multiplies float32 [n, columns] by a fixed matrix: as much work, and as long an input, as one likes. */
export const productModel = (columns: number): Uint8Array =>
  model(
    [createNode('MatMul', ['rows', 'matrix'], ['products'])],
    [spec('rows', 'float32', 'n', columns)],
    [spec('products', 'float32', 'n', columns)],
    [
      createTensor({
        name: 'matrix',
        type: 'float32',
        dims: [columns, columns],
        data: Float32Array.from({ length: columns * columns }, (_, index) => (index % 7) - 3),
      }),
    ],
  )

/** Gives back an input of every element type, each of any shape. */
export const identityModel = (): Uint8Array => {
  const ofAnyShape = (name: string, type: ElementType): TensorSpec => ({ name, type, dims: [] })
  return model(
    elementTypes.map((type) => createNode('Identity', [type], [`${type}-out`])),
    elementTypes.map((type) => ofAnyShape(type, type)),
    elementTypes.map((type) => ofAnyShape(`${type}-out`, type)),
  )
}

/** Where an input is not zero: outputs of a shape that follows from values. */
export const nonZeroModel = (): Uint8Array =>
  model(
    [createNode('NonZero', ['values'], ['places'])],
    [spec('values', 'float32', 'n')],
    [spec('places', 'int64', 1, 'k')],
  )

/** sum = left + data, where data is in a file of its own. */
export const externalModel = (data: Float32Array): ModelBytes => ({
  main: model(
    [createNode('Add', ['left', 'right'], ['sum'])],
    [spec('left', 'float32', data.length)],
    [spec('sum', 'float32', data.length)],
    [
      {
        ...createTensor({ name: 'right', type: 'float32', dims: [data.length], data }),
        rawData: undefined,
        dataLocation: externalLocation,
        externalData: [{ key: 'location', value: 'right.bin', unknownFields: [] }],
      },
    ],
  ),
  externalData: [{ path: 'right.bin', data: new Uint8Array(data.buffer) }],
})

/** Gives a text back, and the numbers beside it. */
export const letterModel = (): Uint8Array =>
  model(
    [createNode('Identity', ['text'], ['letter']), createNode('Identity', ['numbers'], ['echo'])],
    [spec('text', 'string', 'n'), spec('numbers', 'float32', 'm')],
    [spec('letter', 'string', 'n'), spec('echo', 'float32', 'm')],
  )

/** echo = input_ids, four int64: what models of language take, and an output whose size is declared. */
export const tokenModel = (): Uint8Array =>
  model([createNode('Identity', ['input_ids'], ['echo'])], [spec('input_ids', 'int64', 4)], [spec('echo', 'int64', 4)])
