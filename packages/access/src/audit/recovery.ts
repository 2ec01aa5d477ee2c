import type { Checkpoint, CheckpointVerifier } from './checkpoint.ts'
import { type Commit, maximumGroupBytes } from './committer.ts'
import { parseFrame } from './frame.ts'
import type { LogFile } from './log-file.ts'
import { type CompactRange, createCompactRange } from './merkle.ts'
import { decodeRecord } from './record.ts'
import { type ReplayItem, refuseLog, replay } from './replay.ts'

/** What opening found in a log file: the last commit, and what stands behind it. */
export interface Scan {
  readonly commit: Commit
  /** Over all records of the file: right for appending once nothing is left to cut. */
  readonly tree: CompactRange
  /** Undefined if the file ends with its last checkpoint. */
  readonly remains?: Remains
}

/** What a crash left behind the last checkpoint. None of it was ever acknowledged. */
export interface Remains {
  /** Whole records without a signed checkpoint: they stay. */
  readonly keptRecords: number
  /** The rest, which is not a whole record, and where it begins. */
  readonly cut: Buffer
  readonly cutAt: number
}

type Unsigned = Extract<ReplayItem, { kind: 'record' }>

// A group and its checkpoint, with the frames' headers.
const maximumTornBytes = 2 * maximumGroupBytes

// Three lines, an empty one, and the signature.
const noteLines = 5

const isSigned = (note: string, verifier: CheckpointVerifier): boolean => {
  try {
    verifier.verify(note)
    return true
  } catch {
    return false
  }
}

/**
 * Whether bytes behind the last checkpoint are what a crash leaves of a commit: its beginning, perhaps followed by
 * zeros where the file system had grown the file but not written it. A commit ends with its checkpoint, so bytes in which
 * a whole signed checkpoint stands were acknowledged, and changed afterwards.
 */
const isTorn = (tail: Buffer, verifier: CheckpointVerifier): boolean => {
  // Records are JSON without line ends, so the beginning of a checkpoint stands once in a commit.
  const start = Buffer.from(`${verifier.origin}\n`)
  const at = tail.indexOf(start)
  if (at !== -1) {
    if (tail.indexOf(start, at + 1) !== -1) return false
    const lines = tail
      .subarray(at)
      .toString()
      .split('\n', noteLines + 1)
    if (lines.length > noteLines && isSigned(`${lines.slice(0, noteLines).join('\n')}\n`, verifier)) return false
  }
  let end = tail.length
  while (end > 0 && tail[end - 1] === 0) end -= 1
  return parseFrame(tail.subarray(0, end)).kind === 'incomplete'
}

/**
 * Reads a log file from its beginning, and finds the last checkpoint that its key signed and what stands behind it.
 *
 * @param anchor a checkpoint that the caller kept elsewhere: the log must contain it.
 * @throws NootropicError `AUDIT_CORRUPT` if the file is neither what was signed nor that with a crash's remains.
 */
export const scanLog = async (
  { path, size, reader }: LogFile,
  verifier: CheckpointVerifier,
  anchor: Checkpoint | undefined,
): Promise<Scan> => {
  const tree = createCompactRange()
  let commit: Commit | undefined
  let unsigned: Unsigned[] = []
  let brokenAt = size
  for await (const item of replay(reader, { path, end: size, origin: verifier.origin, tree, anchor })) {
    if (item.kind === 'record') {
      unsigned.push(item)
      const first = unsigned[0] ?? item
      if (item.end - first.offset > maximumTornBytes) refuseLog(path, 'more records than a commit has, unsigned,')
    } else if (item.kind === 'checkpoint') {
      commit = { bytes: item.end, size: tree.size, note: item.note }
      unsigned = []
    } else {
      brokenAt = item.offset
    }
  }
  if (commit === undefined) return refuseLog(path, 'no checkpoint')
  // The last checkpoint's root covers every record before it, so one signature is enough here.
  verifier.verify(commit.note)
  if (commit.bytes === size) return { commit, tree }

  const bad = unsigned.findIndex((item) => decodeRecord(item.body) === undefined)
  const kept = bad === -1 ? unsigned : unsigned.slice(0, bad)
  const cutAt = unsigned[bad]?.offset ?? brokenAt
  if (size - cutAt > maximumTornBytes) refuseLog(path, `${size - cutAt} bytes behind the last checkpoint`)
  const cut = Buffer.alloc(size - cutAt)
  await reader.read(cut, 0, cut.length, cutAt)
  if (cut.length > 0 && !isTorn(cut, verifier)) refuseLog(path, `changed bytes at offset ${cutAt}`)
  return { commit, tree, remains: { keptRecords: kept.length, cut, cutAt } }
}
