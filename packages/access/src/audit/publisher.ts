import { encodeBundle, parseBundle } from './bundle.ts'
import { refuseLog } from './corrupt.ts'
import type { ClosedSegment, Journal } from './journal.ts'
import { createTileWriter, type LogFiles, removeQuietly, writeCheckpoint } from './log-store.ts'
import { hashLeaf, hashLength } from './merkle.ts'
import { segmentRecords } from './segment-reader.ts'
import { hashesAt, levelsOf, partialTiles, tilePath, tileWidth } from './tile-layout.ts'
import type { TileTree } from './tile-tree.ts'

/** Moves the closed files of the journal into tiles, in order, so that anybody can read the log as C2SP tlog-tiles. */
export interface Publisher {
  /** How many entries stand in tiles, under the checkpoint beside them. */
  readonly published: number
  /** Publishes what is closed. Calls do not overlap. A failure is told to whoever waits; the journal keeps the entries. */
  publish(): Promise<void>
  /** Runs work while nothing is published. */
  hold<Result>(work: () => Promise<Result>): Promise<Result>
}

interface PublisherParts {
  readonly files: LogFiles
  readonly tree: TileTree
  readonly journal: Journal
  readonly published: number
  /** Resolves when there is time to publish: appends come first. */
  readonly yielded: () => Promise<void>
}

const pathOf = ({ level, index, width }: { level: number | 'entries'; index: number; width: number }): string =>
  tilePath(level, index, width)

export const createPublisher = (parts: PublisherParts): Publisher => {
  const { files, tree, journal, yielded } = parts
  const { directory } = files
  let { published } = parts
  let queue: Promise<unknown> = Promise.resolve()

  /** The first hashes of a tile. */
  const hashes = (level: number, index: number, width: number): Buffer => {
    const found = tree.tile(level, index)?.subarray(0, width * hashLength)
    return found?.length === width * hashLength ? found : refuseLog(directory, `no tile ${tilePath(level, index)}`)
  }

  /** The records of the last entry bundle, if it is not full. */
  const partialRecords = async (): Promise<Buffer[]> => {
    const width = published % tileWidth
    if (width === 0) return []
    const path = tilePath('entries', Math.floor(published / tileWidth), width)
    return parseBundle((await files.read(path)) ?? Buffer.alloc(0), width) ?? refuseLog(directory, `a changed ${path}`)
  }

  const publishSegment = async ({ path, start, head }: ClosedSegment): Promise<void> => {
    const writer = createTileWriter(directory)
    const added = segmentRecords((await files.read(path)) ?? refuseLog(directory, `no ${path}`))
    if (start !== published || start + added.length !== head.size) refuseLog(directory, `other entries in ${path}`)
    const records = [...(await partialRecords()), ...added]
    const first = Math.floor(published / tileWidth)
    for (let at = 0; at < records.length; at += tileWidth) {
      await yielded()
      const bundle = records.slice(at, at + tileWidth)
      const index = first + at / tileWidth
      // What is put under the signed tree must be what was appended: the file may have been changed since.
      const leaves = Buffer.concat(bundle.map(hashLeaf))
      if (!leaves.equals(hashes(0, index, bundle.length))) refuseLog(directory, `changed entries in ${path}`)
      await writer.write(tilePath('entries', index, bundle.length), encodeBundle(bundle))
    }
    for (let level = 0; level < levelsOf(head.size); level += 1) {
      const end = Math.floor(hashesAt(level, head.size) / tileWidth)
      for (let index = Math.floor(hashesAt(level, published) / tileWidth); index < end; index += 1) {
        await yielded()
        await writer.write(tilePath(level, index), hashes(level, index, tileWidth))
      }
    }
    const partials = partialTiles(head.size)
    for (const { level, index, width } of partials) {
      if (level !== 'entries') await writer.write(tilePath(level, index, width), hashes(level, index, width))
    }
    await writer.finish()
    await writeCheckpoint(directory, head.note)
    const old = partialTiles(published).map(pathOf)
    const now = new Set(partials.map(pathOf))
    published = head.size
    tree.forget(published)
    await journal.removeOldest()
    for (const name of old) if (!now.has(name)) await removeQuietly(directory, name)
  }

  const hold = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(work)
    queue = result.catch(() => {})
    return result
  }

  return {
    get published() {
      return published
    },
    publish: () =>
      hold(async () => {
        for (let next = journal.closed[0]; next !== undefined; next = journal.closed[0]) await publishSegment(next)
      }),
    hold,
  }
}
