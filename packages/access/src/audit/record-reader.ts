import { parseBundle } from './bundle.ts'
import { refuseLog } from './corrupt.ts'
import type { Journal } from './journal.ts'
import type { LogFiles } from './log-store.ts'
import { hashLeaf } from './merkle.ts'
import { type AuditRecord, decodeRecord } from './record.ts'
import { segmentRecords } from './segment-reader.ts'
import { tilePath, tileWidth } from './tile-layout.ts'
import type { TileReader } from './tile-reader.ts'

/** A record and its place in the log. */
export type PlacedRecord = AuditRecord & { readonly index: number }

/** Neighbouring records, each of which was compared with its leaf hash. */
interface Chunk {
  readonly start: number
  readonly records: readonly AuditRecord[]
}

/** Reads records, from tiles or, where they are not published yet, from the journal. */
export interface RecordReader {
  /** The records from `start` to `end` (exclusive), in order. */
  forwards(start: number, end: number): AsyncGenerator<PlacedRecord>
  /** The records before `end`, the last first. */
  backwards(end: number): AsyncGenerator<PlacedRecord>
}

export const createRecordReader = (parts: {
  files: LogFiles
  tiles: TileReader
  journal: Journal
  published: () => number
}): RecordReader => {
  const { files, tiles, journal } = parts
  const { directory } = files

  const fromBundle = async (index: number, published: number): Promise<{ start: number; bodies: Buffer[] }> => {
    const place = Math.floor(index / tileWidth)
    const width = Math.min(tileWidth, published - place * tileWidth)
    const path = tilePath('entries', place, width)
    const bytes = (await files.read(path)) ?? refuseLog(directory, `no ${path}`)
    return { start: place * tileWidth, bodies: parseBundle(bytes, width) ?? refuseLog(directory, `a changed ${path}`) }
  }

  const fromJournal = async (index: number): Promise<{ start: number; bodies: Buffer[] }> => {
    const segments = [...journal.closed, journal.current]
    const { path, start } = segments.findLast((segment) => segment.start <= index) ?? journal.current
    const bytes = (await files.read(path)) ?? refuseLog(directory, `no ${path}`)
    return { start, bodies: segmentRecords(bytes) }
  }

  /** The chunk that has an entry, up to entry `end`. */
  const chunkAt = async (index: number, end: number): Promise<Chunk> => {
    for (;;) {
      const published = parts.published()
      try {
        const { start, bodies } = await (index < published ? fromBundle(index, published) : fromJournal(index))
        const records: AuditRecord[] = []
        for (const [at, body] of bodies.slice(0, end - start).entries()) {
          if (!hashLeaf(body).equals(await tiles.leafHash(start + at))) {
            return refuseLog(directory, `a changed entry ${start + at}`)
          }
          records.push(decodeRecord(body) ?? refuseLog(directory, `no audit entry at ${start + at}`))
        }
        if (start + records.length <= index) return refuseLog(directory, `no entry ${index}`)
        return { start, records }
      } catch (error) {
        // What was read may have been published, and its file removed, meanwhile.
        if (parts.published() === published) throw error
      }
    }
  }

  return {
    async *forwards(start, end) {
      for (let index = start; index < end; ) {
        const chunk = await chunkAt(index, end)
        for (const record of chunk.records.slice(index - chunk.start)) {
          yield { ...record, index }
          index += 1
        }
      }
    },
    async *backwards(end) {
      for (let index = end - 1; index >= 0; ) {
        const chunk = await chunkAt(index, end)
        for (const record of chunk.records.slice(0, index - chunk.start + 1).reverse()) {
          yield { ...record, index }
          index -= 1
        }
      }
    },
  }
}
