import { walkTreeVersion2 } from './b-trees.ts'
import { openFractalHeap, readGlobalHeap } from './heaps.ts'
import { type Message, messageTypes, readMessages } from './object-header.ts'
import { type Cursor, decodeText, type Hdf5File, unread } from './structure.ts'

/** One attribute. */
export interface Hdf5Attribute {
  readonly name: string
  /** Where its value stands in the content. */
  readonly offset: number
  /** The value of text of fixed length; nothing for another. @throws Hdf5Fault where its type cannot be read. */
  fixedText(): Uint8Array | undefined
  /** The value as one text, of fixed or variable length. @throws Hdf5Fault for a value that is none. */
  text(): string
}

const stringClass = 3
const variableLengthClass = 9

const paddedTo8 = (length: number): number => Math.ceil(length / 8) * 8

/** A datatype that is kept elsewhere: its class, its bits and its size stand in the header of a named datatype. */
const readCommittedType = (file: Hdf5File, reference: Cursor): Cursor => {
  const version = reference.u8()
  const kind = reference.u8()
  if (version === 1) reference.skip(6)
  else if (kind !== 2) throw unread(reference.origin, 'a datatype in a heap of shared messages')
  const found = readMessages(file, reference.address()).find(({ type }) => type === messageTypes.datatype)
  if (found === undefined || found.isShared) throw unread(reference.origin, 'a shared datatype')
  return found.body()
}

const readText = (file: Hdf5File, type: Cursor, data: Cursor): string => {
  const kind = type.u8() & 0x0f
  const isVariableText = (type.u8() & 0x0f) === 1
  type.skip(2)
  const size = type.u32()
  if (kind === stringClass) return decodeText(data.take(Math.min(size, data.remaining)))
  if (kind !== variableLengthClass || !isVariableText)
    throw unread(data.origin, `an attribute of class ${kind}, no text`)
  const length = data.u32()
  const address = data.address()
  const index = data.u32()
  return decodeText(readGlobalHeap(file, address, index).take(length))
}

const readAttribute = (file: Hdf5File, body: Cursor): Hdf5Attribute => {
  const version = body.expectVersion(1, 2, 3)
  const isTypeShared = (body.u8() & 1) !== 0 && version > 1
  const lengths = [body.u16(), body.u16(), body.u16()]
  if (version === 3) body.skip(1)
  const [name, type] = lengths.map((length) => {
    const part = body.sub(length)
    if (version === 1) body.skip(Math.min(body.remaining, paddedTo8(length) - length))
    return part
  }) as [Cursor, Cursor]
  const data = body.sub(body.remaining)
  const openType = (): Cursor => {
    type.position = 0
    return isTypeShared ? readCommittedType(file, type) : type
  }
  return {
    name: name.text(),
    offset: data.origin,
    fixedText: () => ((openType().u8() & 0x0f) === stringClass ? data.bytes : undefined),
    text() {
      data.position = 0
      return readText(file, openType(), data)
    },
  }
}

function* readDenseAttributes(file: Hdf5File, body: Cursor): Generator<Hdf5Attribute> {
  body.expectVersion(0)
  if ((body.u8() & 1) !== 0) body.skip(2)
  const heap = body.address()
  const index = body.address()
  if (!Number.isFinite(heap) || !Number.isFinite(index)) return
  const objectOf = openFractalHeap(file, heap)
  for (const record of walkTreeVersion2(file, index)) yield readAttribute(file, objectOf(record))
}

/** The attributes of an object, by all the ways in which a file keeps them. */
export function* readAttributes(file: Hdf5File, messages: readonly Message[]): Generator<Hdf5Attribute> {
  for (const message of messages) {
    if (message.type === messageTypes.attribute) {
      if (message.isShared) throw unread(message.body().origin, 'an attribute in a heap of shared messages')
      file.budget.takeEntry()
      yield readAttribute(file, message.body())
    }
    if (message.type === messageTypes.attributeInfo) yield* readDenseAttributes(file, message.body())
  }
}
