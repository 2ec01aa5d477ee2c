import { join } from 'node:path'
import { createPrivateFile } from '@nootropic/core/storage'
import { encodeFrame } from './frame.ts'
import { type LogFile, openLogFile } from './log-file.ts'
import { removeQuietly } from './log-store.ts'

/** A signed checkpoint and the size that it states. */
export interface SignedHead {
  readonly size: number
  readonly note: string
}

/** A file of the journal that takes nothing more: the entries `start` to those of `head`. */
export interface ClosedSegment {
  readonly path: string
  readonly start: number
  readonly head: SignedHead
}

/**
 * Where commits go until their entries stand in tiles: files of commits, each the records and a checkpoint over them. One
 * write and one fdatasync make a commit durable.
 */
export interface Journal {
  /** The file that is written to, from its first entry on. */
  readonly current: { readonly path: string; readonly start: number; readonly bytes: number }
  /** The files before it, oldest first. */
  readonly closed: readonly ClosedSegment[]
  append(bytes: Uint8Array): Promise<void>
  /** Begins a new file after `head`. */
  rotate(head: SignedHead): Promise<void>
  /** Removes the oldest closed file, whose entries stand in tiles. */
  removeOldest(): Promise<void>
  close(): Promise<void>
}

/** Where the entries from number `start` on are journalled. Sixteen digits, so that names sort as numbers do. */
export const segmentPath = (start: number): string => `journal/${String(start).padStart(16, '0')}`

/** The numbers of the files of a journal, in order; names that are none are passed over. */
export const segmentStarts = (names: readonly string[]): number[] =>
  names
    .filter((name) => /^\d{16}$/.test(name))
    .map(Number)
    .sort((left, right) => left - right)

/** Begins a file of the journal, unless there is one. It begins with the checkpoint over what was before. */
export const createSegment = (directory: string, { size, note }: SignedHead): Promise<boolean> =>
  createPrivateFile(join(directory, segmentPath(size)), encodeFrame('checkpoint', Buffer.from(note)))

/** Goes on with the journal of a log: its last file is `start`, and is opened already. */
export const createJournal = (
  directory: string,
  options: { file: LogFile; start: number; closed: readonly ClosedSegment[] },
): Journal => {
  let { file, start } = options
  const closed = [...options.closed]
  return {
    get current() {
      return { path: segmentPath(start), start, bytes: file.size }
    },
    closed,
    append: (bytes) => file.append(bytes),
    async rotate(head) {
      if (head.size === start) return
      await createSegment(directory, head)
      const next = await openLogFile(join(directory, segmentPath(head.size)))
      const before = file
      closed.push({ path: segmentPath(start), start, head })
      file = next
      start = head.size
      await before.close()
    },
    async removeOldest() {
      const oldest = closed.shift()
      if (oldest !== undefined) await removeQuietly(directory, oldest.path)
    },
    close: () => file.close(),
  }
}
