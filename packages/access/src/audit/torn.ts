import type { CheckpointVerifier } from './checkpoint.ts'
import { parseFrame } from './frame.ts'

// Three lines, an empty one, and the signature.
const noteLines = 5

// What a disk writes whole or not at all.
const sectorBytes = 512

/** Whether somebody whom `verifier` knows signed a checkpoint that stands whole in these bytes. */
const holdsSignedCheckpoint = (tail: Buffer, origin: string, isSigned: (note: string) => boolean): boolean => {
  // Records are JSON without line ends, so the beginning of a checkpoint stands in checkpoints only.
  const start = Buffer.from(`${origin}\n`)
  for (let at = tail.indexOf(start); at !== -1; at = tail.indexOf(start, at + 1)) {
    const lines = tail
      .subarray(at, at + 4096)
      .toString()
      .split('\n', noteLines + 1)
    if (lines.length > noteLines && isSigned(`${lines.slice(0, noteLines).join('\n')}\n`)) return true
  }
  return false
}

/** Whether a sector of the file, as far as it belongs to the tail, was never written: it is all zeros. */
const hasLostSector = (tail: Buffer, offset: number): boolean => {
  for (let at = 0; at < tail.length; ) {
    const end = Math.min(tail.length, at + sectorBytes - ((offset + at) % sectorBytes))
    if (tail.subarray(at, end).every((byte) => byte === 0)) return true
    at = end
  }
  return false
}

/**
 * Whether bytes behind the last checkpoint that holds are what a crash leaves of one commit: its beginning, perhaps with
 * zeros behind where the file system had grown the file, or with sectors that never reached the disk. Records hold no zero
 * byte. Otherwise they were acknowledged and changed afterwards. Who zeroes a sector of the last commit to have it taken
 * for a crash could as well cut the file before it: an anchor shows both.
 *
 * @param offset where the tail begins in the file.
 */
export const isTorn = (
  tail: Buffer,
  offset: number,
  { origin, isSigned }: { origin: string; isSigned: (note: string) => boolean },
): boolean => {
  if (hasLostSector(tail, offset)) return true
  if (holdsSignedCheckpoint(tail, origin, isSigned)) return false
  let end = tail.length
  while (end > 0 && tail[end - 1] === 0) end -= 1
  const whole = tail.subarray(0, end)
  for (let at = 0; ; ) {
    const frame = parseFrame(whole, at)
    if (!('end' in frame)) return frame.kind === 'incomplete'
    // A commit ends with its checkpoint: one that is whole and wrong was changed.
    if (frame.kind === 'checkpoint') return false
    at = frame.end
  }
}

/** Whether a verifier accepts a note. */
export const accepts =
  (verifier: Pick<CheckpointVerifier, 'verify'>) =>
  (note: string): boolean => {
    try {
      verifier.verify(note)
      return true
    } catch {
      return false
    }
  }
