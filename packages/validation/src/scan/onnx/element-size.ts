import { dataTypes, type TensorProto } from '@nootropic/core/formats'

/** Bits of one element, by `TensorProto.dataType`. Strings have no fixed size. */
const elementBits: ReadonlyMap<number, number> = new Map([
  [dataTypes.FLOAT, 32],
  [dataTypes.UINT8, 8],
  [dataTypes.INT8, 8],
  [dataTypes.UINT16, 16],
  [dataTypes.INT16, 16],
  [dataTypes.INT32, 32],
  [dataTypes.INT64, 64],
  [dataTypes.BOOL, 8],
  [dataTypes.FLOAT16, 16],
  [dataTypes.DOUBLE, 64],
  [dataTypes.UINT32, 32],
  [dataTypes.UINT64, 64],
  [dataTypes.COMPLEX64, 64],
  [dataTypes.COMPLEX128, 128],
  [dataTypes.BFLOAT16, 16],
  [dataTypes.FLOAT8E4M3FN, 8],
  [dataTypes.FLOAT8E4M3FNUZ, 8],
  [dataTypes.FLOAT8E5M2, 8],
  [dataTypes.FLOAT8E5M2FNUZ, 8],
  [dataTypes.UINT4, 4],
  [dataTypes.INT4, 4],
  [dataTypes.FLOAT4E2M1, 4],
  [dataTypes.FLOAT8E8M0, 8],
])

/** Whether the format names this element type. */
export const isKnownDataType = (dataType: number): boolean => elementBits.has(dataType) || dataType === dataTypes.STRING

/** The number of elements that dims ask for; exact, however large (CWE-190). */
export const elementsOf = (dims: readonly (number | bigint)[]): bigint =>
  dims.reduce<bigint>((product, dim) => product * BigInt(dim), 1n)

/** The bytes that so many elements take in raw form; nothing for strings and unknown types. */
export const bytesOf = (dataType: number, dims: readonly (number | bigint)[]): bigint | undefined => {
  const bits = elementBits.get(dataType)
  return bits === undefined ? undefined : (elementsOf(dims) * BigInt(bits) + 7n) / 8n
}

/** The bytes that a tensor's elements take in raw form. */
export const expectedBytes = ({ dataType, dims }: TensorProto): bigint | undefined => bytesOf(dataType, dims)

/** Which field holds the values of a type that are not raw (onnx.proto). */
export const valueField = (
  dataType: number,
): 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data' | 'stringData' => {
  switch (dataType) {
    case dataTypes.FLOAT:
    case dataTypes.COMPLEX64:
      return 'floatData'
    case dataTypes.DOUBLE:
    case dataTypes.COMPLEX128:
      return 'doubleData'
    case dataTypes.INT64:
      return 'int64Data'
    case dataTypes.UINT32:
    case dataTypes.UINT64:
      return 'uint64Data'
    case dataTypes.STRING:
      return 'stringData'
    default:
      return 'int32Data'
  }
}

/** Whole bytes of one element; nothing for strings, unknown types and those of half a byte. */
export const elementBytes = (dataType: number): number | undefined => {
  const bits = elementBits.get(dataType)
  return bits === undefined || bits % 8 !== 0 ? undefined : bits / 8
}
