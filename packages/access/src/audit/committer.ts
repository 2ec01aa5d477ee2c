import type { NootropicError } from '@nootropic/core'
import { encodeFrame } from './frame.ts'
import { type LogFile, unavailable } from './log-file.ts'
import { type CompactRange, hashLeaf } from './merkle.ts'

/** The end of the last commit: how far the file goes and the signed checkpoint there. */
export interface Commit {
  readonly bytes: number
  readonly size: number
  readonly note: string
}

/** The place of a record that is on disk, under a signed checkpoint. */
interface Appended {
  readonly index: number
  readonly leafHash: Buffer
}

/** Adds records in groups. */
export interface Committer {
  readonly last: Commit
  /** Resolves when the record and a checkpoint over it are on disk; after one failure always rejects. */
  append(record: Uint8Array): Promise<Appended>
  /** Waits for what was appended and takes nothing more. */
  close(): Promise<void>
}

interface Waiting {
  readonly record: Uint8Array
  resolve(appended: Appended): void
  reject(error: NootropicError): void
}

// The bound of the records of one commit: what recovery may have to judge or cut (CWE-770).
export const maximumGroupBytes = 4 * 1_048_576

/** As many from the front as fit one commit. */
const takeGroup = (waiting: Waiting[]): Waiting[] => {
  let bytes = 0
  const beyond = waiting.findIndex(({ record }) => {
    bytes += record.length
    return bytes > maximumGroupBytes
  })
  return waiting.splice(0, beyond === -1 ? waiting.length : beyond)
}

/**
 * Group commit: whatever is appended while the disk is busy goes out together, as one write and one fdatasync, and is
 * acknowledged after that. A single append costs one fdatasync; a thousand at once cost little more.
 */
export const createCommitter = (options: {
  file: LogFile
  tree: CompactRange
  last: Commit
  sign: (tree: CompactRange) => string
}): Committer => {
  const { file, tree } = options
  let last = options.last
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined
  let failure: NootropicError | undefined
  let isClosed = false

  const commit = async (group: readonly Waiting[]): Promise<void> => {
    const appended: Appended[] = []
    const frames: Uint8Array[] = []
    for (const { record } of group) {
      const leafHash = hashLeaf(record)
      tree.append(leafHash)
      appended.push({ index: tree.size - 1, leafHash })
      frames.push(encodeFrame('record', record))
    }
    const note = options.sign(tree)
    frames.push(encodeFrame('checkpoint', Buffer.from(note)))
    await file.append(Buffer.concat(frames))
    last = { bytes: file.size, size: tree.size, note }
    group.forEach((item, place) => {
      const result = appended[place]
      if (result !== undefined) item.resolve(result)
    })
  }

  const run = async (): Promise<void> => {
    // Lets everything that this turn of the caller appends join the first group.
    await Promise.resolve()
    while (waiting.length > 0 && failure === undefined) {
      const group = takeGroup(waiting)
      try {
        await commit(group)
      } catch (error) {
        // After a failed fsync the kernel may have dropped the pages and report success the next time: stay failed.
        failure = unavailable(file.path, error)
        for (const item of [...group, ...waiting]) item.reject(failure)
        waiting = []
      }
    }
    running = undefined
  }

  return {
    get last() {
      return last
    },
    append(record) {
      if (failure !== undefined) return Promise.reject(failure)
      if (isClosed) return Promise.reject(unavailable(file.path, new Error('the log was closed')))
      return new Promise((resolve, reject) => {
        waiting.push({ record, resolve, reject })
        running ??= run()
      })
    },
    async close() {
      isClosed = true
      await running
    },
  }
}
