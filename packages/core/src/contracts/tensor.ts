// Without zod: the worker, which parses nothing that it does not trust, is built of this.

/** Element types, by onnxruntime's names. */
export const elementTypes = [
  'float32',
  'float64',
  'float16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string',
] as const

/** The schema of {@link ElementType}. */
/** The type of a tensor's elements. */
export type ElementType = (typeof elementTypes)[number]

/** What holds a tensor's elements; float16 as its 16 bits, bool as 0 and 1. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[]

/** A tensor: `data.length` is the product of `dims`, row-major. */
export interface Tensor {
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly data: TensorData
}

/** The schema of {@link TensorSpec}. */
/** The number of elements that `dims` make. */
export const elementCount = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

type NumericData = Exclude<TensorData, readonly string[]>

/** The array class that holds each numeric element type. */
export const tensorArrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<
  Exclude<ElementType, 'string'>,
  new (
    buffer: ArrayBuffer,
    offset: number,
    length: number,
  ) => NumericData
>
