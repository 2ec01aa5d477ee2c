// Hashes parts of files in a thread, be it one of a pool or one that was started for a single file. It imports nothing
// heavy: a thread that loads the whole library takes memory and time that hashing does not need.
import { parentPort, workerData } from 'node:worker_threads'
import { type FileRange, type HashOutcome, hashRange } from './hash-range.ts'

/** What {@link hashRange} finds in a file that the thread which asks has opened: descriptors are of the whole process. */
export const hashTask = (range: FileRange): Promise<HashOutcome> => hashRange(range)

// A pool hands out tasks when its own thread has a moment. Who is about to be busy starts this with the task instead.
const range = workerData as Partial<FileRange> | null
if (range?.descriptor !== undefined) void hashTask(range as FileRange).then((found) => parentPort?.postMessage(found))
