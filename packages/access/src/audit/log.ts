import { join } from 'node:path'
import { type AuditEntry, type Clock, type Random, sha256, systemClock, systemRandom } from '@nootropic/core'
import { ensurePrivateDirectory } from '@nootropic/core/storage'
import type { SigningKey } from './checkpoint.ts'
import { logActor } from './epoch.ts'
import { createJournal, createSegment, type Journal, segmentPath } from './journal.ts'
import { checkAnchor, type LoadedLog, loadLog, type Remains } from './load-log.ts'
import { openLogFile, unavailable } from './log-file.ts'
import { createLogFiles, type LogFiles, removeTemporaries } from './log-store.ts'
import { createSignedLog, type SignedAuditLog } from './signed-log.ts'
import { checkSigner, createLogSigner, type EpochOptions, type LogSigner } from './signer.ts'
import { createTileTree } from './tile-tree.ts'
import { parseAnchor } from './verify-log.ts'
import { acquireWriterLock } from './writer-lock.ts'

/** Where a log stands and who signs it: one key for all time, or epochs whose keys are destroyed. */
export interface AuditLogOptions {
  readonly directory: string
  /** Signs every checkpoint. Leave it out to have epochs. */
  readonly signingKey?: SigningKey | undefined
  /** Forward security: whoever takes the present key cannot sign another past. */
  readonly epochs?: EpochOptions | undefined
  /** The log's name in its checkpoints, e.g. `example.org/audit`. */
  readonly origin: string
  readonly clock?: Clock
  readonly random?: Random
  /** A signed checkpoint that the caller kept elsewhere. Opening refuses a log that does not contain it. */
  readonly anchor?: string | undefined
  /** After how many bytes the journal begins a new file, whose forerunner goes into tiles (default 8 MiB, at most that). */
  readonly segmentBytes?: number
}

/** What recovery did, for the log itself. Kept records were signed by nobody before: that is said of them. */
const recoveryEntry = ({ keptRecords, cut }: Remains, firstIndex: number): AuditEntry => ({
  category: 'security',
  actor: logActor,
  action: 'recovery',
  resource: 'log:entries',
  outcome: 'succeeded',
  reason: 'the last commit was not finished; none of it had been acknowledged',
  details: { keptRecords, firstIndex, cutBytes: cut.length, cutDigest: sha256(cut) },
})

/** Reads the log, and cuts what a crash left of a commit. */
const prepare = async (files: LogFiles, origin: string, signer: LogSigner): Promise<LoadedLog> => {
  const loaded = await loadLog(files, origin, signer.accepts)
  if (loaded.remains === undefined || loaded.remains.cut.length === 0) return loaded
  const file = await openLogFile(join(files.directory, segmentPath(loaded.start)))
  try {
    await file.truncate(loaded.remains.cutAt)
  } finally {
    await file.close()
  }
  return { ...(await loadLog(files, origin, signer.accepts)), remains: loaded.remains }
}

/**
 * Opens the audit log in a directory, or begins one. Only one writer at a time; the directory is 0700, the files 0600.
 * It reads the journal and the last tiles, not the log. After a crash, what was not finished is cut, whole records are
 * kept, and a `recovery` record says so.
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
  const { directory, origin, clock = systemClock, random = systemRandom } = options
  checkSigner(options)
  const anchor = options.anchor === undefined ? undefined : parseAnchor(options.anchor, origin)
  const files = createLogFiles(directory)
  let release = async (): Promise<void> => {}
  let journal: Journal | undefined
  try {
    await ensurePrivateDirectory(directory)
    release = await acquireWriterLock(directory)
    await ensurePrivateDirectory(join(directory, 'journal'))
    await removeTemporaries(directory, (name) => name === 'checkpoint')
    await removeTemporaries(join(directory, 'journal'), () => true)
    const { signingKey, epochs } = options
    const signer = await createLogSigner({ origin, signingKey, epochs, random, clock })
    // A log begins with a signed checkpoint over nothing: a file without one was not left by a crash.
    if ((await files.read('checkpoint')) === undefined && (await files.list('journal')).length === 0) {
      await createSegment(directory, { size: 0, note: signer.sign(createTileTree()) })
    }
    const loaded = await prepare(files, origin, signer)
    await checkAnchor(files, loaded, anchor)
    if (loaded.sealedTo !== undefined) await signer.epochs?.adopt(loaded.sealedTo, loaded.tree.size)
    const { start, closed } = loaded
    journal = createJournal(directory, { file: await openLogFile(join(directory, segmentPath(start))), start, closed })
    const { segmentBytes } = options
    const log = createSignedLog({ origin, epochs, segmentBytes, files, signer, clock, loaded, journal, release })
    if (loaded.remains !== undefined) await log.recover(recoveryEntry(loaded.remains, loaded.last.size))
    return log.log
  } catch (error) {
    await journal?.close()
    await release()
    throw unavailable(directory, error)
  }
}
