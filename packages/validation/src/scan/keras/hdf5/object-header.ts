import { type Cursor, type Hdf5File, malformed, unread } from './structure.ts'

/** Types of header messages that matter here (HDF5 File Format Specification 3.0, IV.A.2). */
export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const

/** One message of an object's header. */
export interface Message {
  readonly type: number
  /** Whether the body only says where the message stands, shared with other objects. */
  readonly isShared: boolean
  /** A cursor of its own each time. */
  body(): Cursor
}

// Each continuation may name the next; a sound file needs one or two (CWE-835).
const maximumContinuations = 4096

const messageOf = (type: number, flags: number, data: Cursor): Message => ({
  type,
  isShared: (flags & 2) !== 0,
  body() {
    data.position = 0
    return data
  },
})

interface Chunk {
  readonly cursor: Cursor
  readonly headerLength: number
}

function* messagesOf({ cursor, headerLength }: Chunk, isOld: boolean, hasOrder: boolean): Generator<Message> {
  // What is too short for a message at the end is a gap.
  while (cursor.remaining >= headerLength) {
    const type = isOld ? cursor.u16() : cursor.u8()
    const size = cursor.u16()
    const flags = cursor.u8()
    if (isOld) cursor.skip(3)
    else if (hasOrder) cursor.skip(2)
    yield messageOf(type, flags, cursor.sub(size))
  }
}

const readFirstChunk = (file: Hdf5File, address: number) => {
  const start = file.upTo(address, 32)
  if (start.remaining > 0 && start.bytes[0] === 1) {
    start.skip(8)
    const size = start.u32()
    return { isOld: true, hasOrder: false, headerLength: 8, cursor: file.at(address + 16, size) }
  }
  start.expect('OHDR').expectVersion(2)
  const flags = start.u8()
  if ((flags & 0x20) !== 0) start.skip(16)
  if ((flags & 0x10) !== 0) start.skip(4)
  const size = start.unsigned(2 ** (flags & 3))
  const hasOrder = (flags & 0x04) !== 0
  return { isOld: false, hasOrder, headerLength: hasOrder ? 6 : 4, cursor: file.at(address + start.position, size) }
}

/** Every message of the object at `address`, continuations included. */
export const readMessages = (file: Hdf5File, address: number): readonly Message[] => {
  const { isOld, hasOrder, headerLength, cursor } = readFirstChunk(file, address)
  const messages: Message[] = []
  const chunks: Chunk[] = [{ cursor, headerLength }]
  const seen = new Set<number>()
  for (let chunk = chunks.pop(); chunk !== undefined; chunk = chunks.pop()) {
    for (const message of messagesOf(chunk, isOld, hasOrder)) {
      if (message.type !== messageTypes.continuation) {
        messages.push(message)
        continue
      }
      const body = message.body()
      const next = body.address()
      const length = body.length()
      if (seen.has(next))
        throw malformed(body.origin, 'expected a header that ends, found one that continues in itself')
      if (seen.size >= maximumContinuations) throw unread(body.origin, 'an object header in more than 4,096 pieces')
      seen.add(next)
      const continued = file.at(next, length)
      if (isOld) chunks.push({ cursor: continued, headerLength })
      else chunks.push({ cursor: continued.expect('OCHK').sub(Math.max(0, length - 8)), headerLength })
    }
  }
  return messages
}
