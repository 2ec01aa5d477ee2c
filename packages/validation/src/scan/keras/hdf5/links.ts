import { walkTreeVersion1, walkTreeVersion2 } from './b-trees.ts'
import { openFractalHeap, openLocalHeap } from './heaps.ts'
import { type Message, messageTypes } from './object-header.ts'
import type { Cursor, Hdf5File } from './structure.ts'

/** One member of a group. */
export type Hdf5Link =
  | { readonly kind: 'hard'; readonly name: string; readonly address: number }
  | { readonly kind: 'soft'; readonly name: string; readonly path: string }
  | {
      readonly kind: 'external'
      readonly name: string
      readonly file: string
      readonly path: string
      readonly offset: number
    }
  | { readonly kind: 'user-defined'; readonly name: string; readonly type: number; readonly offset: number }

const softLinkCache = 2

function* readSymbolTable(file: Hdf5File, body: Cursor): Generator<Hdf5Link> {
  const tree = body.address()
  const nameAt = openLocalHeap(file, body.address())
  const entryLength = 2 * file.offsetSize + 24
  for (const leaf of walkTreeVersion1(file, tree)) {
    const head = file.at(leaf, 8).expect('SNOD')
    head.skip(2)
    const count = head.u16()
    const entries = file.at(leaf + 8, count * entryLength)
    for (let index = 0; index < count; index += 1) {
      file.budget.takeEntry()
      const name = nameAt(entries.address())
      const address = entries.address()
      const cache = entries.u32()
      entries.skip(4)
      const scratch = entries.sub(16)
      yield cache === softLinkCache
        ? { kind: 'soft', name, path: nameAt(scratch.u32()) }
        : { kind: 'hard', name, address }
    }
  }
}

const readLink = (body: Cursor): Hdf5Link => {
  body.expectVersion(1)
  const flags = body.u8()
  const type = (flags & 0x08) === 0 ? 0 : body.u8()
  if ((flags & 0x04) !== 0) body.skip(8)
  if ((flags & 0x10) !== 0) body.skip(1)
  const name = body.sub(body.unsigned(2 ** (flags & 3))).text()
  if (type === 0) return { kind: 'hard', name, address: body.address() }
  const { offset } = body
  const value = body.sub(body.u16())
  if (type === 1) return { kind: 'soft', name, path: value.text() }
  if (type !== 64) return { kind: 'user-defined', name, type, offset }
  value.skip(1)
  return { kind: 'external', name, file: value.text(), path: value.text(), offset }
}

/** Bytes before the heap id in a record of the index of links by name. */
const hashLength = 4

function* readDenseLinks(file: Hdf5File, body: Cursor): Generator<Hdf5Link> {
  body.expectVersion(0)
  if ((body.u8() & 1) !== 0) body.skip(8)
  const heap = body.address()
  const index = body.address()
  if (!Number.isFinite(heap) || !Number.isFinite(index)) return
  const objectOf = openFractalHeap(file, heap)
  for (const record of walkTreeVersion2(file, index)) {
    record.skip(hashLength)
    yield readLink(objectOf(record))
  }
}

/** The members of a group, by all the ways in which a file keeps them. */
export function* readLinks(file: Hdf5File, messages: readonly Message[]): Generator<Hdf5Link> {
  for (const message of messages) {
    if (message.type === messageTypes.symbolTable) yield* readSymbolTable(file, message.body())
    if (message.type === messageTypes.link) yield readLink(message.body())
    if (message.type === messageTypes.linkInfo) yield* readDenseLinks(file, message.body())
  }
}
