/** How an element of an array in a file becomes a number. */
export interface ElementReader {
  readonly bytes: number
  /** The range of its values, where it is so narrow that all of it is meant. */
  readonly domain?: readonly [number, number]
  read(view: DataView, at: number): number
}

/** IEEE 754 binary16 (3.6): sign, 5 bits of exponent, 10 of fraction. */
const halfToNumber = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

type Read = (view: DataView, at: number, isLittleEndian: boolean) => number

const readers: Readonly<Record<string, Read>> = {
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, isLittleEndian) => view.getInt16(at, isLittleEndian),
  i4: (view, at, isLittleEndian) => view.getInt32(at, isLittleEndian),
  i8: (view, at, isLittleEndian) => Number(view.getBigInt64(at, isLittleEndian)),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, isLittleEndian) => view.getUint16(at, isLittleEndian),
  u4: (view, at, isLittleEndian) => view.getUint32(at, isLittleEndian),
  u8: (view, at, isLittleEndian) => Number(view.getBigUint64(at, isLittleEndian)),
  f2: (view, at, isLittleEndian) => halfToNumber(view.getUint16(at, isLittleEndian)),
  f4: (view, at, isLittleEndian) => view.getFloat32(at, isLittleEndian),
  f8: (view, at, isLittleEndian) => view.getFloat64(at, isLittleEndian),
  b1: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
}

const domains: Readonly<Record<string, readonly [number, number]>> = { b1: [0, 1], u1: [0, 255], i1: [-128, 127] }

/**
 * The reader of elements of a numpy type (`<f4`, `>i8`, `|u1`); nothing for one that is no number of at most 64 bits, or
 * that does not say its byte order.
 */
export const elementReader = (descriptor: string): ElementReader | undefined => {
  const [, order = '', kind = ''] = /^([<>|])([biuf]\d)$/.exec(descriptor) ?? []
  const read = readers[kind]
  const bytes = Number(kind.slice(1))
  if (read === undefined || (order === '|' && bytes > 1)) return undefined
  const domain = domains[kind]
  const isLittleEndian = order !== '>'
  return { bytes, ...(domain === undefined ? {} : { domain }), read: (view, at) => read(view, at, isLittleEndian) }
}
