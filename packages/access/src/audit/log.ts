import { type AuditEntry, type AuditLog, type Clock, NootropicError, sha256, systemClock } from '@nootropic/core'
import { createPrivateFile, ensurePrivateDirectory, openPrivateFile } from '@nootropic/core/storage'
import {
  type Checkpoint,
  type CheckpointVerifier,
  createCheckpointSigner,
  createCheckpointVerifier,
  formatVerifierKey,
  type SigningKey,
} from './checkpoint.ts'
import { type Committer, createCommitter } from './committer.ts'
import { encodeFrame } from './frame.ts'
import { type LogFile, logPath, openLogFile, unavailable } from './log-file.ts'
import { type CompactRange, consistencyRanges, createCompactRange, inclusionRanges, type LeafRange } from './merkle.ts'
import type { ConsistencyProof, InclusionProof } from './proof.ts'
import { type AuditRecord, decodeRecord, encodeRecord } from './record.ts'
import { type Remains, scanLog } from './recovery.ts'
import { type ReplayItem, refuseLog, replay, rootOf, verifyLogBytes } from './replay.ts'
import { acquireWriterLock } from './writer-lock.ts'

/** An audit log whose entries nobody can change or take away unseen: a signed Merkle tree (RFC 6962). */
export interface SignedAuditLog extends AuditLog {
  /** The log's public key as one line (C2SP vkey). Keep it apart from the log. */
  readonly verifierKey: string
  /** The signed checkpoint over all acknowledged entries. Keep it apart from the log: it shows if the end is cut. */
  checkpoint(): string
  /**
   * Reads all acknowledged entries again and checks each record, each root and each signature.
   *
   * @throws NootropicError `AUDIT_CORRUPT` if anything is not what was signed, or `anchor` is not part of it.
   */
  verify(anchor?: string): Promise<Checkpoint>
  /** The acknowledged entries in order; with a category, one of the three views. */
  entries(filter?: { category?: AuditEntry['category'] }): AsyncIterable<AuditRecord & { readonly index: number }>
  /** Proves that the entry at `index` is in the log. Reads the log once. */
  proveInclusion(index: number): Promise<InclusionProof>
  /** Proves that the log of `size` entries is the beginning of this one. Reads the log once. */
  proveConsistency(size: number): Promise<ConsistencyProof>
  /** Waits for what was appended, then lets another writer open the log. */
  close(): Promise<void>
}

/** Where a log stands and who signs it. */
export interface AuditLogOptions {
  readonly directory: string
  readonly signingKey: SigningKey
  /** The log's name in its checkpoints, e.g. `example.org/audit`. */
  readonly origin: string
  readonly clock?: Clock
  /** A signed checkpoint that the caller kept elsewhere. Opening refuses a log that does not contain it. */
  readonly anchor?: string | undefined
}

/** What recovery did, for the log itself. Kept records were signed by nobody before: that is said of them. */
const recoveryEntry = ({ keptRecords, cut }: Remains, firstIndex: number): AuditEntry => ({
  category: 'security',
  actor: 'system:audit-log',
  action: 'recovery',
  resource: 'log:entries',
  outcome: 'succeeded',
  reason: 'the last commit was not finished; none of it had been acknowledged',
  details: { keptRecords, firstIndex, cutBytes: cut.length, cutDigest: sha256(cut) },
})

const prepare = async (file: LogFile, verifier: CheckpointVerifier, anchor: Checkpoint | undefined) => {
  const scan = await scanLog(file, verifier, anchor)
  if (scan.remains === undefined || scan.remains.cut.length === 0) return scan
  await file.truncate(scan.remains.cutAt)
  return { ...(await scanLog(file, verifier, anchor)), remains: scan.remains }
}

/**
 * Opens the audit log in a directory, or begins one. Only one writer at a time; the directory is 0700, the files 0600.
 * After a crash, what was not finished is cut, whole records are kept, and a `recovery` record says so.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if the log is not what was signed; `AUDIT_UNAVAILABLE` if it cannot be written
 * or another writer has it; `USAGE` for a key that is not Ed25519 or an origin that checkpoints cannot hold.
 * @example
 * ```ts
 * const log = await openAuditLog({ directory, signingKey, origin: 'example.org/audit' })
 * await log.append({ category: 'access', actor: 'user:ada', action: 'execute', resource: 'model:digits', outcome: 'allowed' })
 * await log.verify() // { origin: 'example.org/audit', size: 1, root: '…' }
 * ```
 */
export const openAuditLog = async (options: AuditLogOptions): Promise<SignedAuditLog> => {
  const { directory, origin, clock = systemClock } = options
  const signNote = createCheckpointSigner(origin, options.signingKey)
  const sign = (tree: CompactRange): string => signNote({ origin, size: tree.size, root: rootOf(tree) })
  const verifierKey = formatVerifierKey(origin, options.signingKey.publicKey)
  const verifier = createCheckpointVerifier(verifierKey)
  const anchor = options.anchor === undefined ? undefined : verifier.verify(options.anchor)
  const path = logPath(directory)
  const record = (entry: AuditEntry): Buffer => encodeRecord({ ...entry, time: clock.now().toISOString() })

  let release = async (): Promise<void> => {}
  let file: LogFile | undefined
  try {
    await ensurePrivateDirectory(directory)
    release = await acquireWriterLock(directory)
    // A log begins with a signed checkpoint over nothing: a file without one was not left by a crash.
    await createPrivateFile(path, encodeFrame('checkpoint', Buffer.from(sign(createCompactRange()))))
    file = await openLogFile(path)
    const { commit, tree, remains } = await prepare(file, verifier, anchor)
    const committer = createCommitter({ file, tree, last: commit, sign })
    if (remains !== undefined) await committer.append(record(recoveryEntry(remains, commit.size)))
    return createLog({ file, committer, verifier, verifierKey, record, release })
  } catch (error) {
    await file?.close()
    await release()
    throw unavailable(path, error)
  }
}

const createLog = (parts: {
  file: LogFile
  committer: Committer
  verifier: CheckpointVerifier
  verifierKey: string
  record: (entry: AuditEntry) => Buffer
  release: () => Promise<void>
}): SignedAuditLog => {
  const { file, committer, verifier } = parts
  const { path, reader } = file

  /** The records up to the last commit; anything else there is refused. */
  async function* records(end: number): AsyncGenerator<Extract<ReplayItem, { kind: 'record' }>> {
    for await (const item of replay(reader, { path, end, origin: verifier.origin })) {
      if (item.kind === 'record') yield item
      else if (item.kind !== 'checkpoint') refuseLog(path, `a ${item.kind} part at offset ${item.offset}`)
    }
  }

  /** The roots of these ranges of leaves, the leaf hash at `index`, and the head that a proof leads to. */
  const collect = async (ranges: readonly LeafRange[], index?: number) => {
    const { bytes, note } = committer.last
    const trees = ranges.map((range) => ({ range, tree: createCompactRange() }))
    let leafHash = ''
    for await (const item of records(bytes)) {
      if (item.index === index) leafHash = item.leafHash.toString('base64')
      for (const { range, tree } of trees) {
        if (item.index >= range.start && item.index < range.end) tree.append(item.leafHash)
      }
    }
    const { size, root } = verifier.verify(note)
    return { head: { size, root }, leafHash, hashes: trees.map(({ tree }) => rootOf(tree)) }
  }

  return {
    verifierKey: parts.verifierKey,
    async append(entry) {
      const { index, leafHash } = await committer.append(parts.record(entry))
      return { index, leafHash: leafHash.toString('base64') }
    },
    checkpoint: () => committer.last.note,
    async verify(anchorNote) {
      const { bytes: end, note } = committer.last
      const anchor = anchorNote === undefined ? undefined : verifier.verify(anchorNote)
      const found = await verifyLogBytes(reader, { path, end, origin: verifier.origin, anchor }, verifier.verify)
      const { size, root } = verifier.verify(note)
      return found.size === size && found.root === root ? found : refuseLog(path, 'an older state')
    },
    async *entries(filter = {}) {
      for await (const item of records(committer.last.bytes)) {
        const record = decodeRecord(item.body) ?? refuseLog(path, `no audit entry at offset ${item.offset}`)
        if (filter.category === undefined || record.category === filter.category) yield { ...record, index: item.index }
      }
    },
    async proveInclusion(index) {
      const { size } = committer.last
      if (!Number.isInteger(index) || index < 0 || index >= size) {
        throw new NootropicError('USAGE', `expected the index of an entry, 0 to ${size - 1}, got ${index}`)
      }
      const { head, leafHash, hashes } = await collect(inclusionRanges(index, { start: 0, end: size }), index)
      return { ...head, index, leafHash, hashes }
    },
    async proveConsistency(size) {
      const { size: now } = committer.last
      if (!Number.isInteger(size) || size < 1 || size > now) {
        throw new NootropicError('USAGE', `expected an earlier size of the log, 1 to ${now}, got ${size}`)
      }
      const older = { start: 0, end: size }
      const ranges = consistencyRanges(size, { start: 0, end: now })
      const { head, hashes } = await collect([older, ...ranges])
      const [root = '', ...rest] = hashes
      return { from: { size, root }, to: head, hashes: rest }
    },
    async close() {
      await committer.close()
      await file.close()
      await parts.release()
    },
  }
}

/**
 * Verifies a log without its private key, as an auditor does. Run it when no writer is at work.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if anything is not what was signed, the log does not end with a signed
 * checkpoint, or `anchor` is not part of it; `FILE_UNREADABLE` if there is no log that this user alone can read.
 */
export const verifyAuditLog = async (options: {
  directory: string
  verifierKey: string
  anchor?: string | undefined
}): Promise<Checkpoint> => {
  const verifier = createCheckpointVerifier(options.verifierKey)
  const anchor = options.anchor === undefined ? undefined : verifier.verify(options.anchor)
  const path = logPath(options.directory)
  const reader = await openPrivateFile(path)
  try {
    const { size: end } = await reader.stat()
    return await verifyLogBytes(reader, { path, end, origin: verifier.origin, anchor }, verifier.verify)
  } finally {
    await reader.close()
  }
}
