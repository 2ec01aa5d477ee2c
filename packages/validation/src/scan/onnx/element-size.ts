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
export const elementsOf = (dims: readonly number[]): bigint => dims.reduce((product, dim) => product * BigInt(dim), 1n)

/** The bytes that a tensor's elements take in raw form; nothing for strings and unknown types. */
export const expectedBytes = (tensor: TensorProto): bigint | undefined => {
  const bits = elementBits.get(tensor.dataType)
  return bits === undefined ? undefined : (elementsOf(tensor.dims) * BigInt(bits) + 7n) / 8n
}
