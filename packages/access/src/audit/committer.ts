import type { NootropicError } from '@nootropic/core'
import { frameLength, writeFrame } from './frame.ts'
import type { SignedHead } from './journal.ts'
import { unavailable } from './log-file.ts'
import { hashLeaf } from './merkle.ts'
import type { TileTree } from './tile-tree.ts'

/** The place of a record that is on disk, under a signed checkpoint. */
interface Appended {
  readonly index: number
  readonly leafHash: Buffer
}

/** A record that says something of the log before it, and what follows once it is on disk. It ends its commit. */
interface ClosingRecord {
  /** The record, given the tree that it is added to. */
  encode(tree: TileTree): Uint8Array
  /** Runs before the record is acknowledged. If it fails, the log takes nothing more. */
  committed(head: SignedHead): Promise<void>
}

/** Adds records in groups. */
export interface Committer {
  readonly last: SignedHead
  /** Whether anything waits or is being written. */
  readonly isBusy: boolean
  /** Resolves when the record and a checkpoint over it are on disk; after one failure always rejects. */
  append(record: Uint8Array | ClosingRecord): Promise<Appended>
  /** Runs work when no commit is being written, and lets none begin before it ends. */
  between(work: (last: SignedHead) => Promise<void>): Promise<void>
  /** Waits for what was appended and takes nothing more. */
  close(): Promise<void>
}

interface Waiting {
  readonly record: Uint8Array | ClosingRecord
  /** Computed while another commit is being written. */
  readonly leafHash: Buffer | undefined
  resolve(appended: Appended): void
  reject(error: NootropicError): void
}

// The bound of the records of one commit: what recovery may have to judge or cut (CWE-770).
export const maximumGroupBytes = 4 * 1_048_576

/** As many from the front as fit one commit; a closing record is its last. */
const takeGroup = (waiting: Waiting[]): Waiting[] => {
  let bytes = 0
  let count = 0
  for (const { record } of waiting) {
    if (!(record instanceof Uint8Array)) {
      count += 1
      break
    }
    bytes += record.length
    if (bytes > maximumGroupBytes && count > 0) break
    count += 1
  }
  return waiting.splice(0, count)
}

/** The frames of one commit, in one piece. */
const encodeCommit = (records: readonly Uint8Array[], note: string): Buffer => {
  const checkpoint = Buffer.from(note)
  const length = records.reduce((sum, record) => sum + frameLength(record), frameLength(checkpoint))
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const record of records) at = writeFrame(bytes, at, 'record', record)
  writeFrame(bytes, at, 'checkpoint', checkpoint)
  return bytes
}

/**
 * Group commit: whatever is appended while the disk is busy goes out together, as one write and one fdatasync, and is
 * acknowledged after that. A single append costs one fdatasync; a thousand at once cost little more.
 */
export const createCommitter = (options: {
  path: string
  tree: TileTree
  last: SignedHead
  sign: (tree: TileTree) => string
  /** Resolves when the bytes are on disk. */
  write: (bytes: Uint8Array) => Promise<void>
  /** Runs after each commit, before the next. */
  committed?: (head: SignedHead) => Promise<void>
}): Committer => {
  const { path, tree, committed } = options
  let last = options.last
  let waiting: Waiting[] = []
  const interludes: (() => Promise<void>)[] = []
  let running: Promise<void> | undefined
  let failure: NootropicError | undefined
  let isClosed = false

  const commit = async (group: readonly Waiting[]): Promise<void> => {
    const appended: Appended[] = []
    const records: Uint8Array[] = []
    let closing: ClosingRecord | undefined
    for (const { record, leafHash: hashed } of group) {
      let bytes: Uint8Array
      if (record instanceof Uint8Array) {
        bytes = record
      } else {
        closing = record
        bytes = record.encode(tree)
      }
      const leafHash = hashed ?? hashLeaf(bytes)
      appended.push({ index: tree.size, leafHash })
      tree.append(leafHash)
      records.push(bytes)
    }
    const head = { size: tree.size, note: options.sign(tree) }
    await options.write(encodeCommit(records, head.note))
    last = head
    const acknowledge = (from: number, to: number): void => {
      for (let place = from; place < to; place += 1) {
        const result = appended[place]
        if (result !== undefined) group[place]?.resolve(result)
      }
    }
    const plain = closing === undefined ? group.length : group.length - 1
    acknowledge(0, plain)
    await closing?.committed(head)
    acknowledge(plain, group.length)
    await committed?.(head)
  }

  const run = async (): Promise<void> => {
    // Lets everything that this turn of the caller appends join the first group.
    await Promise.resolve()
    while ((waiting.length > 0 || interludes.length > 0) && failure === undefined) {
      for (const interlude of interludes.splice(0)) await interlude()
      const group = takeGroup(waiting)
      try {
        if (group.length > 0) await commit(group)
      } catch (error) {
        // After a failed fsync the kernel may have dropped the pages and report success the next time: stay failed.
        failure = unavailable(path, error)
        for (const item of [...group, ...waiting]) item.reject(failure)
        waiting = []
      }
    }
    for (const interlude of interludes.splice(0)) await interlude()
    running = undefined
  }

  return {
    get last() {
      return last
    },
    get isBusy() {
      return running !== undefined
    },
    append(record) {
      if (failure !== undefined) return Promise.reject(failure)
      if (isClosed) return Promise.reject(unavailable(path, new Error('the log was closed')))
      return new Promise((resolve, reject) => {
        const leafHash = record instanceof Uint8Array ? hashLeaf(record) : undefined
        waiting.push({ record, leafHash, resolve, reject })
        running ??= run()
      })
    },
    between: (work) =>
      new Promise((resolve, reject) => {
        interludes.push(() => (failure === undefined ? work(last) : Promise.reject(failure)).then(resolve, reject))
        running ??= run()
      }),
    async close() {
      isClosed = true
      await running
    },
  }
}
