import { readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { type ContentHash, createContentHasher } from '@nootropic/core/formats'

/** A part of an open file, the end not included. */
export interface FileRange {
  readonly descriptor: number
  readonly start: number
  readonly end: number
  readonly algorithm: ContentHash
}

/** A digest in lower-case hexadecimal, or why there is none. */
export type HashOutcome = { readonly digest: string } | { readonly unreadable: string }

/** It stays in the processor's cache from the reading to the hashing. */
const pieceLength = 2 ** 20

/** So much is hashed before others of this thread have their turn. */
const turnLength = 2 ** 26

// One for the thread: fresh pages for each file would take longer than the reading. Nothing waits between a read into it
// and its use, so that two files at a time do not disturb one another.
let piece: Buffer | undefined

/**
 * The digest of a part of a file.
 *
 * @param checkTurn called before each turn; what it throws ends the hashing.
 */
export const hashRange = async (
  { descriptor, start, end, algorithm }: FileRange,
  checkTurn: () => void = () => {},
): Promise<HashOutcome> => {
  const hasher = await createContentHasher(algorithm)
  piece ??= Buffer.allocUnsafeSlow(pieceLength)
  let turn = 0
  for (let offset = start; offset < end; ) {
    let count: number
    try {
      count = readSync(descriptor, piece, 0, Math.min(pieceLength, end - offset), offset)
    } catch (error) {
      return { unreadable: `it cannot be read (${(error as NodeJS.ErrnoException).code})` }
    }
    if (count === 0) return { unreadable: 'it became shorter while it was read' }
    hasher.update(count === pieceLength ? piece : piece.subarray(0, count))
    offset += count
    turn += count
    if (turn < turnLength || offset === end) continue
    turn = 0
    await setImmediate()
    checkTurn()
  }
  return { digest: hasher.digest() }
}
