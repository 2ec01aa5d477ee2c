import { dataTypes, elementTypeOf, type NodeProto, type TensorProto, tensorValues } from '@nootropic/core/formats'
import { elementsOf, expectedBytes } from '../element-size.ts'
import { leadingBytes, type OnnxScan } from '../onnx-scan.ts'

/** The widest element, in bytes. */
const largestElement = 16

/** Whether a tensor has numbers at all. To find it out by an error takes a hundred times longer, for each of a million. */
const mayHoldNumbers = (tensor: TensorProto): boolean => {
  const { rawData, floatData, int32Data, int64Data, doubleData, uint64Data } = tensor
  if (elementTypeOf(tensor.dataType) === undefined || tensor.dataType === dataTypes.STRING) return false
  if (rawData !== undefined && rawData.length > 0) return BigInt(rawData.length) === expectedBytes(tensor)
  const isEmpty = [floatData, int32Data, int64Data, doubleData, uint64Data].every((runs) => runs.length === 0)
  return !isEmpty || elementsOf(tensor.dims) === 0n
}

/** The values of a numeric tensor of at most `maximum` elements; nothing when it is larger, textual, external or unreadable. */
export const tensorNumbers = (scan: OnnxScan, tensor: TensorProto, maximum: number): number[] | undefined => {
  if (tensor.externalData.length > 0 || elementsOf(tensor.dims) > maximum || !mayHoldNumbers(tensor)) return undefined
  const longest = maximum * largestElement
  const held = (bytes: NonNullable<TensorProto['rawData']>): Uint8Array | undefined =>
    bytes.length > longest ? undefined : leadingBytes(scan, bytes, longest)
  try {
    const runs = (name: 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data') =>
      tensor[name].flatMap((run) => held(run) ?? [])
    const rawData = tensor.rawData === undefined ? undefined : held(tensor.rawData)
    if (tensor.rawData !== undefined && rawData === undefined) return undefined
    const values = tensorValues({
      ...tensor,
      rawData,
      floatData: runs('floatData'),
      int32Data: runs('int32Data'),
      int64Data: runs('int64Data'),
      doubleData: runs('doubleData'),
      uint64Data: runs('uint64Data'),
    })
    const numbers = Array.from(values as ArrayLike<number | bigint | string>, Number)
    return numbers.some(Number.isNaN) ? undefined : numbers
  } catch {
    // The check of tensor data reports it; here it is only not a usable constant.
    return undefined
  }
}

/** The numbers and dims of a Constant node: its tensor, or one of its short forms. */
export const constantNode = (
  scan: OnnxScan,
  node: NodeProto,
  maximum: number,
): { readonly numbers: number[] | undefined; readonly dims: readonly number[] } | undefined => {
  for (const { name, t, ints, i, floats, f } of node.attribute) {
    if (t !== undefined) return { numbers: tensorNumbers(scan, t, maximum), dims: t.dims }
    if (name === 'value_ints') return { numbers: ints.map(Number), dims: [ints.length] }
    if (name === 'value_int' && i !== undefined) return { numbers: [Number(i)], dims: [] }
    if (name === 'value_floats') return { numbers: [...floats], dims: [floats.length] }
    if (name === 'value_float' && f !== undefined) return { numbers: [f], dims: [] }
  }
  return undefined
}
