/** Nesting of a booster's model is about ten (CWE-674). */
const maximumDepth = 64

/** Values that are held one by one; arrays of numbers are held as such (CWE-789). */
const maximumValues = 1 << 22

/** Objects and arrays, of about 200 bytes each (CWE-789): 30,000 trees, several times what the largest models have. */
const maximumContainers = 1 << 19

/** Why a content is no UBJSON. */
export class UbjsonFault extends Error {
  readonly offset: number
  /** The size that is larger than what is there, where that is the reason. */
  readonly size: number | bigint | undefined

  constructor(offset: number, message: string, size?: number | bigint) {
    super(message)
    this.offset = offset
    this.size = size
  }
}

type NumberType = 'i' | 'U' | 'I' | 'l' | 'L' | 'd' | 'D'

const widths: Readonly<Record<NumberType, number>> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8 }

const readers: Readonly<Record<NumberType, (view: DataView, at: number) => number>> = {
  i: (view, at) => view.getInt8(at),
  U: (view, at) => view.getUint8(at),
  I: (view, at) => view.getInt16(at),
  l: (view, at) => view.getInt32(at),
  // Beyond 2^53 a digit is lost; as a size it is too large either way.
  L: (view, at) => Number(view.getBigInt64(at)),
  d: (view, at) => view.getFloat32(at),
  D: (view, at) => view.getFloat64(at),
}

const isNumberType = (marker: string): marker is NumberType => marker in widths

const arrays: Readonly<Record<NumberType, (length: number) => { [index: number]: number; readonly length: number }>> = {
  i: (length) => new Int8Array(length),
  U: (length) => new Uint8Array(length),
  I: (length) => new Int16Array(length),
  l: (length) => new Int32Array(length),
  L: (length) => new Float64Array(length),
  d: (length) => new Float32Array(length),
  D: (length) => new Float64Array(length),
}

const constants = new Map<string, unknown>([
  ['Z', null],
  ['T', true],
  ['F', false],
])

/**
 * Reads a value of UBJSON (draft 12), numbers big-endian, and every size compared with what is left.
 *
 * @throws UbjsonFault
 */
export const readUbjson = (bytes: Uint8Array): { readonly value: unknown; readonly end: number } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let values = 0
  let containers = 0

  const need = (size: number): void => {
    if (!(size >= 0 && size <= bytes.length - at)) throw new UbjsonFault(at, 'a size beyond the file', size)
  }
  const marker = (): string => {
    need(1)
    at += 1
    return String.fromCharCode(bytes[at - 1] ?? 0)
  }
  const readNumber = (type: NumberType): number => {
    need(widths[type])
    at += widths[type]
    return readers[type](view, at - widths[type])
  }
  const readSize = (): number => {
    const type = marker()
    if (!isNumberType(type) || type === 'd' || type === 'D') throw new UbjsonFault(at - 1, 'no type of a size')
    return readNumber(type)
  }
  const readText = (): string => {
    const size = readSize()
    need(size)
    at += size
    return Buffer.from(bytes.buffer, bytes.byteOffset + at - size, size).toString('utf8')
  }
  const peek = (): string => String.fromCharCode(bytes[at] ?? 0)

  const readContainer = (isList: boolean, depth: number): unknown => {
    if (depth > maximumDepth) throw new UbjsonFault(at, `more than ${maximumDepth} levels`)
    containers += 1
    if (containers > maximumContainers) throw new UbjsonFault(at, `more than ${maximumContainers} objects and arrays`)
    let type: string | undefined
    let count: number | undefined
    if (peek() === '$') {
      at += 1
      type = marker()
    }
    if (peek() === '#') {
      at += 1
      const sizeAt = at
      count = readSize()
      // Every value takes a byte at least, so that a count is bounded by the file; types without bytes are refused.
      const width = type !== undefined && isNumberType(type) ? widths[type] : 1
      if (!(count >= 0 && count * width <= bytes.length - at))
        throw new UbjsonFault(sizeAt, 'a count beyond the file', count)
    }
    if (type !== undefined && (count === undefined || constants.has(type)))
      throw new UbjsonFault(at, 'a type without a count')
    if (isList && type !== undefined && isNumberType(type) && count !== undefined) {
      const numbers = arrays[type](count)
      for (let index = 0; index < count; index += 1) numbers[index] = readNumber(type)
      return numbers
    }
    const list: unknown[] = []
    const fields: [string, unknown][] = []
    const close = isList ? ']' : '}'
    for (let index = 0; count === undefined ? peek() !== close : index < count; index += 1) {
      if (isList) list.push(readValue(type ?? marker(), depth))
      else {
        const key = readText()
        fields.push([key, readValue(type ?? marker(), depth)])
      }
    }
    if (count === undefined) at += 1
    return isList ? list : Object.fromEntries(fields)
  }
  const readValue = (type: string, depth: number): unknown => {
    values += 1
    if (values > maximumValues) throw new UbjsonFault(at, `more than ${maximumValues} values`)
    if (type === '{' || type === '[') return readContainer(type === '[', depth + 1)
    if (isNumberType(type)) return readNumber(type)
    if (type === 'S' || type === 'H') return readText()
    if (type === 'C') return marker()
    if (type === 'N') return readValue(marker(), depth + 1)
    if (constants.has(type)) return constants.get(type)
    throw new UbjsonFault(at - 1, `the unknown type ${JSON.stringify(type)}`)
  }
  const value = readValue(marker(), 0)
  return { value, end: at }
}
