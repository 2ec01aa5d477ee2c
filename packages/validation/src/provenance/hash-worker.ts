// Hashes parts of files in a thread of the pool. It imports nothing heavy: a thread that loads the whole library takes
// memory and time that hashing does not need.
import { type FileRange, type HashOutcome, hashRange } from './hash-range.ts'

/** What {@link hashRange} finds in a file that the thread which asks has opened: descriptors are of the whole process. */
export const hashTask = (range: FileRange): Promise<HashOutcome> => hashRange(range)
