// Hashes a large file in a thread of its own, beside the one that looks at it. The digest imports nothing heavy: loading
// the whole library would take longer than hashing 100 MB.
import { parentPort, workerData } from 'node:worker_threads'
import type { Digest } from '@nootropic/core'
import { digestOf } from './digest.ts'
import type { OpenFile } from './digest-thread.ts'
import { fileSource } from './source.ts'

/** The SHA-256 of a file that the thread which started this one has opened: descriptors are of the whole process. */
export const digestTask = ({ descriptor, size }: OpenFile): Promise<Digest> => digestOf(fileSource(descriptor, size))

// Imported rather than started with a file, it does nothing. What is thrown here reaches the other thread as an error.
const file = workerData as Partial<OpenFile> | null
if (file?.descriptor !== undefined) void digestTask(file as OpenFile).then((digest) => parentPort?.postMessage(digest))
