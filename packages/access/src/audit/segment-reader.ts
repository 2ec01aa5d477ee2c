import { parseNote } from './checkpoint.ts'
import { parseFrame } from './frame.ts'
import { hashLeaf } from './merkle.ts'
import type { TileTree } from './tile-tree.ts'

/** The root of a tree as the log writes it. */
export const rootOf = (tree: TileTree): string => Buffer.from(tree.root()).toString('base64')

/** The records of a file of the journal up to its last whole frame, without a look at any checkpoint. */
export const segmentRecords = (bytes: Buffer): Buffer[] => {
  const records: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const frame = parseFrame(bytes, at)
    if (!('end' in frame)) break
    if (frame.kind === 'record') records.push(frame.body)
    at = frame.end
  }
  return records
}

/** What replaying a file of the journal found. */
export interface Replayed {
  /** The last checkpoint that states the tree at its place, and where it ends; none if the file does not begin with one. */
  readonly last: { readonly note: string; readonly end: number } | undefined
  /** Records after it, with the frames' ends. They are not in the tree. */
  readonly unsigned: readonly { readonly body: Buffer; readonly offset: number; readonly end: number }[]
  /** Where the first byte stands that is neither; the file's length if there is none. */
  readonly brokenAt: number
}

/**
 * Adds the commits of a file of the journal to the tree that its first checkpoint states.
 *
 * @param seen is told of each record of a commit, with the tree before it, and of each checkpoint that states the tree.
 */
export const replaySegment = (
  bytes: Buffer,
  tree: TileTree,
  origin: string,
  seen: { record?: (body: Buffer) => void; checkpoint?: (note: string) => void } = {},
): Replayed => {
  let last: { note: string; end: number } | undefined
  let unsigned: { body: Buffer; offset: number; end: number }[] = []
  let at = 0
  while (at < bytes.length) {
    const frame = parseFrame(bytes, at)
    if (!('end' in frame)) break
    if (frame.kind === 'record') {
      if (last === undefined) break
      unsigned.push(frame)
    } else {
      const stated = parseNote(frame.body.toString())?.checkpoint
      // Whatever the checkpoint is worth, the size must be right before records go into the tree.
      if (stated?.origin !== origin || stated.size !== tree.size + unsigned.length) break
      // A commit has records: a second checkpoint at one place was copied there.
      if (last !== undefined && unsigned.length === 0) break
      for (const { body } of unsigned) {
        seen.record?.(body)
        tree.append(hashLeaf(body))
      }
      if (stated.root !== rootOf(tree)) return { last, unsigned, brokenAt: frame.offset }
      unsigned = []
      last = { note: frame.body.toString(), end: frame.end }
      seen.checkpoint?.(last.note)
    }
    at = frame.end
  }
  return { last, unsigned, brokenAt: at }
}
