import { type Checkpoint, parseNote } from './checkpoint.ts'
import { maximumGroupBytes } from './committer.ts'
import { refuseLog } from './corrupt.ts'
import { readSeal } from './epoch.ts'
import { type ClosedSegment, type SignedHead, segmentPath, segmentStarts } from './journal.ts'
import type { LogFiles } from './log-store.ts'
import { emptyRoot, hashLeaf } from './merkle.ts'
import { decodeRecord } from './record.ts'
import { replaySegment } from './segment-reader.ts'
import { createTileReader, readTree } from './tile-reader.ts'
import type { TileTree } from './tile-tree.ts'
import { isTorn } from './torn.ts'

/** What opening found: the tiles that are published, the journal behind them, and what a crash left. */
export interface LoadedLog {
  readonly published: number
  readonly last: SignedHead
  /** Over all records, those too that a crash left unsigned. */
  readonly tree: TileTree
  readonly closed: readonly ClosedSegment[]
  /** Where the file of the journal begins that is written to. */
  readonly start: number
  /** The key that the last record, a seal, hands over to. */
  readonly sealedTo: string | undefined
  readonly remains: Remains | undefined
}

/** What a crash left behind the last checkpoint. None of it was ever acknowledged. */
export interface Remains {
  /** Whole records without a signed checkpoint: they stay. */
  readonly keptRecords: number
  /** The rest, which is not a whole record, and where it begins in the journal's last file. */
  readonly cut: Buffer
  readonly cutAt: number
}

// A group and its checkpoint, with the frames' headers.
const maximumTornBytes = 2 * maximumGroupBytes

/** The head of the tiles: that of no entries where none are published. */
export const readPublished = async (files: LogFiles, origin: string): Promise<Checkpoint & { note: string }> => {
  const note = (await files.read('checkpoint'))?.toString()
  if (note === undefined) return { origin, size: 0, root: Buffer.from(emptyRoot).toString('base64'), note: '' }
  const stated = parseNote(note)?.checkpoint
  return stated?.origin === origin ? { ...stated, note } : refuseLog(files.directory, 'no checkpoint of this log')
}

/** The files of the journal behind the tiles. Older ones were published when a crash came before their removal. */
export const readJournalStarts = async (files: LogFiles, published: number): Promise<number[]> => {
  const starts = segmentStarts(await files.list('journal')).filter((start) => start >= published)
  return starts[0] === published ? starts : refuseLog(files.directory, `no journal from entry ${published} on`)
}

/**
 * Reads what opening needs: the tiles that the log ends with and the journal, whatever the length of the log.
 *
 * @param isSigned whether the writer's own key signed a note.
 * @throws NootropicError `AUDIT_CORRUPT` if they are neither what was signed nor that with a crash's remains.
 */
export const loadLog = async (
  files: LogFiles,
  origin: string,
  isSigned: (note: string) => boolean,
): Promise<LoadedLog> => {
  const { directory } = files
  const { size: published, root } = await readPublished(files, origin)
  const tree = await readTree(files, { size: published, root })
  const starts = await readJournalStarts(files, published)
  const closed: ClosedSegment[] = []
  let last: SignedHead | undefined
  let remains: Remains | undefined
  let lastRecord: Buffer | undefined
  for (const [place, start] of starts.entries()) {
    const path = segmentPath(start)
    if (start !== tree.size) return refuseLog(directory, `a journal that lacks entries from ${tree.size} on`)
    const bytes = (await files.read(path)) ?? refuseLog(directory, `no ${path}`)
    const record = (body: Buffer): void => {
      lastRecord = body
    }
    const found = replaySegment(bytes, tree, origin, { record })
    if (found.last === undefined) return refuseLog(directory, `no checkpoint at the beginning of ${path}`)
    last = { size: tree.size, note: found.last.note }
    if (place < starts.length - 1) {
      if (found.last.end !== bytes.length) return refuseLog(directory, `an unsigned end of ${path}`)
      closed.push({ path, start, head: last })
    } else if (found.last.end !== bytes.length) {
      last = { size: parseNote(found.last.note)?.checkpoint.size ?? 0, note: found.last.note }
      const tail = bytes.subarray(found.last.end)
      const isCrash = tail.length <= maximumTornBytes && isTorn(tail, found.last.end, { origin, isSigned })
      if (!isCrash) return refuseLog(directory, `changed bytes behind offset ${found.last.end} of ${path}`)
      const bad = found.unsigned.findIndex(({ body }) => decodeRecord(body) === undefined)
      const kept = bad === -1 ? found.unsigned : found.unsigned.slice(0, bad)
      const cutAt = found.unsigned[bad]?.offset ?? found.brokenAt
      remains = { keptRecords: kept.length, cut: bytes.subarray(cutAt), cutAt }
      // With bytes to cut, the log is read again when they are gone: a wrong commit may be in the tree.
      if (remains.cut.length === 0) for (const { body } of kept) tree.append(hashLeaf(body))
      lastRecord = kept.at(-1)?.body ?? lastRecord
    }
  }
  if (last === undefined) return refuseLog(directory, 'no checkpoint')
  // The last checkpoint's root covers every record before it, so one signature is enough here.
  if (!isSigned(last.note)) return refuseLog(directory, 'a last checkpoint that the key of this log did not sign')
  const sealedTo = lastRecord === undefined ? undefined : readSeal(lastRecord)?.nextVerifierKey
  return { published, last, tree, closed, start: starts.at(-1) ?? published, sealedTo, remains }
}

/** @throws NootropicError `AUDIT_CORRUPT` if a checkpoint that was kept elsewhere is not part of the log. */
export const checkAnchor = async (
  files: LogFiles,
  { tree, last }: { tree: TileTree; last: SignedHead },
  anchor: Checkpoint | undefined,
): Promise<void> => {
  if (anchor === undefined) return
  if (anchor.size > last.size) {
    refuseLog(files.directory, `${last.size} signed entries where the anchored checkpoint has ${anchor.size}`)
  }
  const root = await createTileReader(files, tree).rangeRoot({ start: 0, end: anchor.size })
  if (Buffer.from(root).toString('base64') !== anchor.root) {
    refuseLog(files.directory, `another root at size ${anchor.size} than the anchored checkpoint has`)
  }
}
