import { openLocalHeap, readGlobalHeap } from './heaps.ts'
import { type Message, messageTypes } from './object-header.ts'
import { type Cursor, type Hdf5File, malformed, unread } from './structure.ts'

// The library allows 32 dimensions and as many filters.
const maximumRank = 32

/** A file that holds the values of a dataset instead of this one. */
export interface ExternalSource {
  readonly file: string
  readonly offset: number
}

/** A filter that the values of a dataset go through. */
export interface Hdf5Filter {
  readonly id: number
  readonly name: string
  readonly offset: number
}

const bodyOf = (messages: readonly Message[], type: number): Cursor | undefined => {
  const message = messages.find((candidate) => candidate.type === type)
  if (message?.isShared) throw unread(message.body().origin, 'a property of a dataset in a heap of shared messages')
  return message?.body()
}

/** Files that the External Data Files message names. */
export function* readExternalFiles(file: Hdf5File, messages: readonly Message[]): Generator<ExternalSource> {
  const body = bodyOf(messages, messageTypes.externalFiles)
  if (body === undefined) return
  body.expectVersion(1)
  body.skip(5)
  const used = body.u16()
  const nameAt = openLocalHeap(file, body.address())
  for (let index = 0; index < used; index += 1) {
    const { offset } = body
    yield { file: nameAt(body.length()), offset }
    body.length()
    body.length()
  }
}

const skipSelection = (cursor: Cursor): void => {
  const type = cursor.u32()
  const version = cursor.u32()
  const isNoneOrAll = type === 0 || type === 3
  if (isNoneOrAll || (type === 2 && version === 1) || (type === 1 && version === 1)) {
    cursor.skip(4)
    cursor.skip(cursor.u32())
    return
  }
  if (type === 2 && version === 2) {
    cursor.skip(1)
    cursor.skip(cursor.u32())
    return
  }
  if (type !== 2 || version !== 3) throw unread(cursor.origin, `a selection of type ${type} and version ${version}`)
  const isRegular = (cursor.u8() & 1) !== 0
  const size = cursor.u8()
  const rank = cursor.u32()
  if (isRegular) cursor.skip(4 * size * rank)
  else cursor.skip(2 * size * rank * cursor.unsigned(size))
}

/** Files that the map of a virtual dataset takes its values from; `.` is this file. */
export function* readVirtualSources(file: Hdf5File, messages: readonly Message[]): Generator<ExternalSource> {
  const body = bodyOf(messages, messageTypes.layout)
  if (body === undefined || body.u8() !== 4 || body.u8() !== 3) return
  const address = body.address()
  if (!Number.isFinite(address)) return
  const map = readGlobalHeap(file, address, body.u32())
  map.expectVersion(0)
  const count = map.length()
  for (let index = 0; index < count; index += 1) {
    file.budget.takeEntry()
    const { offset } = map
    yield { file: map.text(), offset }
    map.text()
    skipSelection(map)
    skipSelection(map)
  }
}

/** The filters of a dataset. */
export function* readFilters(messages: readonly Message[]): Generator<Hdf5Filter> {
  const body = bodyOf(messages, messageTypes.filters)
  if (body === undefined) return
  const version = body.expectVersion(1, 2)
  const count = body.u8()
  if (count > maximumRank) throw malformed(body.origin, `expected at most ${maximumRank} filters, found ${count}`)
  if (version === 1) body.skip(6)
  for (let index = 0; index < count; index += 1) {
    const { offset } = body
    const id = body.u16()
    const nameLength = version === 1 || id >= 256 ? body.u16() : 0
    body.skip(2)
    const values = body.u16()
    const name = body.sub(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength).text()
    body.skip(4 * values)
    if (version === 1 && values % 2 === 1) body.skip(Math.min(4, body.remaining))
    yield { id, name, offset }
  }
}

const readDimensions = (body: Cursor): number[] => {
  const version = body.expectVersion(1, 2)
  const rank = body.u8()
  if (rank > maximumRank) throw malformed(body.origin, `expected at most ${maximumRank} dimensions, found ${rank}`)
  body.skip(version === 1 ? 6 : 2)
  return Array.from({ length: rank }, () => body.length())
}

/** Where the values of a dataset stand when they are in one piece. */
export const contiguousStorage = (
  messages: readonly Message[],
): { readonly address: number; readonly length: number; readonly offset: number } | undefined => {
  const body = bodyOf(messages, messageTypes.layout)
  if (body === undefined || body.u8() < 3 || body.u8() !== 1) return undefined
  const { offset } = body
  const address = body.address()
  return Number.isFinite(address) ? { address, length: body.length(), offset } : undefined
}

/** The bytes that a reader would allocate for the values of a dataset, and its dimensions; nothing for other objects. */
export const declaredSize = (
  messages: readonly Message[],
): { readonly dimensions: number[]; readonly bytes: number } | undefined => {
  const layout = messages.some(({ type }) => type === messageTypes.layout)
  const space = bodyOf(messages, messageTypes.dataspace)
  const type = messages.find((message) => message.type === messageTypes.datatype)
  if (!layout || space === undefined || type === undefined || type.isShared) return undefined
  const dimensions = readDimensions(space)
  const datatype = type.body()
  datatype.skip(4)
  return { dimensions, bytes: dimensions.reduce((bytes, dimension) => bytes * dimension, datatype.u32()) }
}
