import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditEntry, type AuditLog, type AuditReceipt, type Clock, NootropicError } from '@nootropic/core'
import type { Checkpoint } from './checkpoint.ts'
import { createCommitter } from './committer.ts'
import type { EntryProof } from './entry-proof.ts'
import { logActor } from './epoch.ts'
import { exportTiles } from './export-tiles.ts'
import type { Journal } from './journal.ts'
import type { LoadedLog } from './load-log.ts'
import { unavailable } from './log-file.ts'
import type { LogFiles } from './log-store.ts'
import type { ConsistencyProof, InclusionProof } from './proof.ts'
import { createProver } from './prover.ts'
import { createPublisher, type Publisher } from './publisher.ts'
import { encodeRecord } from './record.ts'
import { createRecordReader, type PlacedRecord } from './record-reader.ts'
import { createSealing } from './sealing.ts'
import type { EpochOptions, LogSigner } from './signer.ts'
import { createTileReader } from './tile-reader.ts'
import { verifyLog } from './verify-log.ts'

/** Which entries: one of the three views, or all. */
export interface EntryFilter {
  readonly category?: AuditEntry['category']
}

/** An audit log whose entries nobody can change or take away unseen: a signed Merkle tree (RFC 6962, C2SP tlog-tiles). */
export interface SignedAuditLog extends AuditLog {
  append(entry: AuditEntry): Promise<AuditReceipt>
  /** The log's public key as one line (C2SP vkey). Keep it apart from the log. */
  readonly verifierKey: string
  /** The signed checkpoint over all acknowledged entries. Keep it apart from the log: it shows if the end is cut. */
  checkpoint(): string
  /**
   * Reads all acknowledged entries again and checks each record, each tile, each root and each signature.
   *
   * @throws NootropicError `AUDIT_CORRUPT` if anything is not what was signed, or `anchor` is not part of it.
   */
  verify(anchor?: string): Promise<Checkpoint>
  /** The acknowledged entries in order, from number `start` on; with a category, one of the three views. */
  entries(filter?: EntryFilter & { readonly start?: number }): AsyncIterable<PlacedRecord>
  /** The last `count` acknowledged entries in order, without reading what is before them. */
  tail(count: number, filter?: EntryFilter): Promise<PlacedRecord[]>
  /** Proves that the entry at `index` is in the log: reads that grow with the logarithm of the log. */
  proveInclusion(index: number): Promise<InclusionProof>
  /** Proves that the log of `size` entries is the beginning of this one: reads that grow with the logarithm of the log. */
  proveConsistency(size: number): Promise<ConsistencyProof>
  /**
   * Proves the entry at `index` to somebody who has the log's first key, and on wish that the log of `since` entries is the
   * beginning of this one. In a log with epochs it reads all entries, for the seals.
   */
  prove(index: number, since?: number): Promise<EntryProof>
  /** Puts all acknowledged entries into tiles, with the checkpoint beside them, so that anybody can read them there. */
  publish(): Promise<void>
  /**
   * Ends the epoch and destroys its key, also when nothing was appended: nobody can sign that stretch of time again.
   *
   * @throws NootropicError `USAGE` for a log without epochs.
   */
  sealEpoch(): Promise<void>
  /** Ends the epoch if it has lasted its time: for a timer, because without entries nothing else would. */
  sealDueEpoch(): Promise<void>
  /**
   * Copies all acknowledged entries into an empty directory: tiles and a checkpoint (C2SP tlog-tiles) that others may read.
   *
   * @throws NootropicError `USAGE` if the log is empty or the directory is not, `FILE_UNREADABLE` if it cannot be written.
   */
  export(target: string): Promise<Checkpoint>
  /** Waits for what was appended, publishes it, then lets another writer open the log. */
  close(): Promise<void>
}

// With one commit more, a file of the journal stays below the 16 MiB that are read at once.
const maximumSegmentBytes = 8 * 1_048_576
// While appends come without a pause, so many files may wait to be put into tiles: some 2 MiB of hashes each.
const patientSegments = 16
// Beyond this tiles cannot be written: an audit log that only grows in memory must say so.
const maximumSegments = 64
const yieldMilliseconds = 20

/** What opening made, as the log that its caller uses. */
export const createSignedLog = (parts: {
  origin: string
  epochs: EpochOptions | undefined
  segmentBytes: number | undefined
  files: LogFiles
  signer: LogSigner
  clock: Clock
  loaded: LoadedLog
  journal: Journal
  release: () => Promise<void>
}): { log: SignedAuditLog; recover: (entry: AuditEntry) => Promise<void> } => {
  const { files, signer, clock, journal } = parts
  const { tree, last, published } = parts.loaded
  const segmentBytes = Math.min(parts.segmentBytes ?? maximumSegmentBytes, maximumSegmentBytes)
  const encode = (entry: AuditEntry): Buffer => encodeRecord(entry, clock.now().toISOString())
  let isClosing = false
  let publisher: Publisher | undefined

  const committer = createCommitter({
    path: files.directory,
    tree,
    last,
    sign: signer.sign,
    write: (bytes) => journal.append(bytes),
    async committed(head) {
      if (journal.current.bytes < segmentBytes) return
      if (journal.closed.length >= maximumSegments) {
        throw new Error(`${journal.closed.length} files of the journal that cannot be put into tiles`)
      }
      await journal.rotate(head)
      // A failure is met again, and told, by whoever publishes or closes; the entries are safe in the journal.
      publisher?.publish().catch(() => {})
    },
  })
  const tilePublisher = createPublisher({
    files,
    tree,
    journal,
    published,
    async yielded() {
      while (!isClosing && committer.isBusy && journal.closed.length < patientSegments) await sleep(yieldMilliseconds)
    },
  })
  publisher = tilePublisher
  const tiles = createTileReader(files, tree)
  const records = createRecordReader({ files, tiles, journal, published: () => tilePublisher.published })
  const sealing = createSealing({ origin: parts.origin, limits: parts.epochs, signer, clock, committer, encode })
  const hasEpochs = signer.epochs !== undefined
  const prover = createProver({ tiles, records, hasEpochs, head: () => committer.last })
  const publish = async (): Promise<void> => {
    await committer.between((head) => journal.rotate(head))
    await tilePublisher.publish()
  }

  const log: SignedAuditLog = {
    verifierKey: signer.verifierKey,
    async append(entry) {
      if (entry.actor === logActor) {
        throw new NootropicError(
          'USAGE',
          `expected an entry of somebody else than "${logActor}", which is the log itself`,
        )
      }
      const added = committer.append(encode(entry))
      if (sealing.due()) sealing.seal().catch(() => {}) // a failure fails every append after it
      const { index, leafHash } = await added
      return { index, leafHash: leafHash.toString('base64') }
    },
    checkpoint: () => committer.last.note,
    verify: (anchor) =>
      tilePublisher.hold(() => verifyLog(files, { verifierKey: signer.verifierKey, anchor, end: committer.last })),
    async *entries({ category, start = 0 } = {}) {
      for await (const record of records.forwards(start, committer.last.size)) {
        if (category === undefined || record.category === category) yield record
      }
    },
    async tail(count, { category } = {}) {
      const found: PlacedRecord[] = []
      if (count < 1) return found
      for await (const record of records.backwards(committer.last.size)) {
        if (category === undefined || record.category === category) found.push(record)
        if (found.length >= count) break
      }
      return found.reverse()
    },
    ...prover,
    publish,
    sealEpoch: () => sealing.seal(),
    async sealDueEpoch() {
      if (sealing.due()) await sealing.seal()
    },
    async export(target) {
      await publish()
      return tilePublisher.hold(() => exportTiles(files, parts.origin, target))
    },
    async close() {
      isClosing = true
      try {
        // A log that failed stays as it is: the next opening judges it.
        const isSound = await committer
          .between((head) => journal.rotate(head))
          .then(
            () => true,
            () => false,
          )
        await committer.close()
        if (isSound) await tilePublisher.publish()
      } catch (error) {
        throw unavailable(files.directory, error)
      } finally {
        await tilePublisher.hold(() => journal.close())
        await parts.release()
      }
    },
  }
  return { log, recover: async (entry) => void (await committer.append(encode(entry))) }
}
