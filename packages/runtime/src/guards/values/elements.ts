import { elementCount, type Tensor } from '@nootropic/core'

/** Elements that are looked at in one go: 64 KiB as float64, which stays in a processor's cache. */
export const chunkLength = 8_192

let halves: Float32Array | undefined

/** The value of each of the 65,536 float16 (IEEE 754 binary16). */
const halfTable = (): Float32Array => {
  if (halves !== undefined) return halves
  const table = new Float32Array(65_536)
  for (let bits = 0; bits < table.length; bits += 1) {
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    const sign = bits >> 15 === 1 ? -1 : 1
    if (exponent === 31) table[bits] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
    else table[bits] = sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
  }
  halves = table
  return table
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
const high = 2 ** 32

/** 64-bit integers by their halves: a BigInt for each would be allocated. Beyond 2^53 they are rounded, in order. */
const readWide = (data: BigInt64Array | BigUint64Array, from: number, count: number, into: Float64Array): void => {
  const words = new Uint32Array(data.buffer, data.byteOffset + from * 8, count * 2)
  const lower = isLittleEndian ? 0 : 1
  const signed = data instanceof BigInt64Array
  for (let index = 0; index < count; index += 1) {
    const upper = words[index * 2 + 1 - lower] as number
    into[index] = (signed ? upper | 0 : upper) * high + (words[index * 2 + lower] as number)
  }
}

const readHalves = (data: Uint16Array, from: number, count: number, into: Float64Array): void => {
  const table = halfTable()
  for (let index = 0; index < count; index += 1) into[index] = table[data[from + index] as number] as number
}

/** Writes `count` elements of a tensor, as numbers, to the start of `into`. */
export const readElements = ({ type, data }: Tensor, from: number, count: number, into: Float64Array): void => {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) readWide(data, from, count, into)
  else if (type === 'float16') readHalves(data as Uint16Array, from, count, into)
  else into.set((data as Float32Array).subarray(from, from + count))
}

/** Whether the elements are numbers. */
export const isNumeric = ({ data }: Tensor): boolean => ArrayBuffer.isView(data)

/** Calls `onChunk` with the numbers of a tensor in order, until it returns true. The array is used again for the next. */
export const readChunks = (tensor: Tensor, onChunk: (chunk: Float64Array, first: number) => boolean): void => {
  const { length } = tensor.data
  const scratch = new Float64Array(Math.min(chunkLength, length))
  for (let first = 0; first < length; first += chunkLength) {
    const count = Math.min(chunkLength, length - first)
    readElements(tensor, first, count, scratch)
    if (onChunk(count === scratch.length ? scratch : scratch.subarray(0, count), first)) return
  }
}

/** The length of a row: the elements of the last dimension. */
export const rowLength = ({ dims, data }: Tensor): number => dims.at(-1) ?? data.length

/** How many examples a tensor holds: its first dimension where it has several, else one. */
export const exampleCount = ({ dims, data }: Tensor): number => {
  if (data.length === 0) return 0
  return dims.length < 2 ? 1 : data.length / elementCount(dims.slice(1))
}
