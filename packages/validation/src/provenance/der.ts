/** What breaks the Distinguished Encoding Rules (X.690), or is no certificate. */
export class DerFault extends Error {}

/** One element: its tag, its content, and the whole of it. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  readonly bytes: Uint8Array
}

/** The tags that certificates use. */
export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const

/** Lengths of more bytes are beyond any certificate (CWE-190). */
const maximumLengthBytes = 3

const fault = (what: string): never => {
  throw new DerFault(what)
}

const readElement = (bytes: Uint8Array, offset: number): DerElement => {
  const tag = bytes[offset] ?? fault('an element that ends early')
  if ((tag & 0x1f) === 0x1f) fault('a tag of several bytes')
  const first = bytes[offset + 1] ?? fault('an element that ends early')
  let start = offset + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > maximumLengthBytes) fault('a length of indefinite or excessive size')
    length = 0
    for (let index = 0; index < count; index += 1)
      length = length * 256 + (bytes[start + index] ?? fault('a cut length'))
    start += count
    // One value, one encoding: otherwise bytes could change under a signature that is over the content alone.
    if (length < 0x80 || length < 256 ** (count - 1)) fault('a length in more bytes than it needs')
  }
  if (start + length > bytes.length) fault('an element that ends early')
  return { tag, content: bytes.subarray(start, start + length), bytes: bytes.subarray(offset, start + length) }
}

/** The elements that stand side by side and fill the bytes. */
export const readElements = (bytes: Uint8Array): DerElement[] => {
  const elements: DerElement[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const element = readElement(bytes, offset)
    elements.push(element)
    offset += element.bytes.length
  }
  return elements
}

/** The one element that fills the bytes, which must have this tag. */
export const readOnly = (bytes: Uint8Array, tag: number): DerElement => {
  const [element, ...others] = readElements(bytes)
  if (element?.tag !== tag || others.length > 0)
    return fault(`something else than the one element 0x${tag.toString(16)}`)
  return element
}

/** The elements inside a sequence. */
export const readSequence = (element: DerElement | undefined): DerElement[] =>
  element?.tag === derTags.sequence ? readElements(element.content) : fault('something else than a sequence')

/** An object identifier in dots. */
export const readObjectIdentifier = (element: DerElement | undefined): string => {
  if (element?.tag !== derTags.objectIdentifier || element.content.length === 0) return fault('no object identifier')
  const parts: number[] = []
  let value = 0
  for (const byte of element.content) {
    value = value * 128 + (byte & 0x7f)
    if (!Number.isSafeInteger(value)) fault('an object identifier beyond measure')
    if (byte >= 0x80) continue
    parts.push(value)
    value = 0
  }
  const [head = 0, ...rest] = parts
  const root = Math.min(2, Math.floor(head / 40))
  return [root, head - root * 40, ...rest].join('.')
}

/** A boolean: DER knows one byte for true. */
export const readBoolean = ({ tag, content }: DerElement): boolean => {
  if (tag !== derTags.boolean || content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) fault('no boolean')
  return content[0] === 0xff
}

/** An integer that is not negative and small. */
export const readSmallInteger = ({ tag, content }: DerElement): number => {
  const value = content[0]
  if (tag !== derTags.integer || content.length !== 1 || value === undefined || value >= 0x80)
    return fault('no small integer')
  return value
}

const timeForm = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/

/** A time of a certificate (RFC 5280, 4.1.2.5): UTC, whole seconds; two digits of a year are 1950 to 2049. */
export const readTime = (element: DerElement | undefined): Date => {
  const isShort = element?.tag === derTags.utcTime
  if (element === undefined || (!isShort && element.tag !== derTags.generalizedTime)) return fault('no time')
  const [, year = '', ...rest] = timeForm.exec(Buffer.from(element.content).toString('latin1')) ?? []
  if (year.length !== (isShort ? 2 : 4)) return fault('a time in another form')
  const century = isShort ? (Number(year) < 50 ? '20' : '19') : ''
  const [month, day, hour, minute, second] = rest
  const text = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const time = new Date(text)
  return Number.isNaN(time.getTime()) || time.toISOString() !== text ? fault('a time that is none') : time
}

/** The bits that are set, by their number: bit 0 is the first of the first byte. */
export const readBits = (element: DerElement): ReadonlySet<number> => {
  const [unused = 8, ...bytes] = element.content
  if (element.tag !== derTags.bitString || unused > 7) return fault('no bit string')
  const bits = new Set<number>()
  for (const [index, byte] of bytes.entries())
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (0x80 >> bit)) !== 0) bits.add(index * 8 + bit)
  return bits
}
