import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openAuditLog, type SignedAuditLog, verifyCheckpoint } from '@nootropic/access/audit'
import { type Clock, isNootropicError, NootropicError, type Random } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import { ensurePrivateDirectory } from '@nootropic/core/storage'
import type { Home } from '../home.ts'
import { unlessAbsent } from '../unless-absent.ts'
import type { AuditAnchor } from './anchor.ts'

/** What the audit log of an installation is opened with. */
export interface AuditLogParts {
  readonly home: Pick<Home, 'root' | 'audit'>
  readonly keys: Pick<KeyStore, 'signingKey' | 'secret' | 'list'>
  readonly anchor: AuditAnchor
  readonly clock: Clock
  readonly random: Random
}

/** The name of an installation's log in its checkpoints. */
const origin = 'nootropic.local/audit'

// What the keys of a log are kept under in the key store.
const epochsPurpose = 'audit-epochs'
const signingPurpose = 'audit-checkpoint'

/** Where the key of a log's present epoch is kept. */
export const keyFolderOf = (root: string): string => join(root, 'audit-key')

const exists = (path: string): Promise<boolean> => access(path).then(() => true, unlessAbsent(false))

/** Whether a log was begun. A program that was killed before may have left its directories. */
const isBegun = async (directory: string): Promise<boolean> => {
  const journal = await readdir(join(directory, 'journal')).catch(unlessAbsent<string[]>([]))
  return journal.length > 0 || exists(join(directory, 'checkpoint'))
}

/** Whether a log cannot be used again as it is. Another writer or a full disk is no such thing. */
export const isReplaceable = (error: unknown): error is NootropicError =>
  isNootropicError(error, 'AUDIT_CORRUPT') ||
  (isNootropicError(error, 'AUDIT_UNAVAILABLE') && error.details.reason === 'epoch-keys')

/** To begin another log where the database is not the one of this home would only part what belongs together. */
const refuseDatabase = (found: string, remedy: string): never => {
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected the database of this installation, found ${found}; ${remedy}`,
  )
}

/** Refuses a home without the log that the database has a checkpoint of. */
const refuseMissing = async ({ home, keys }: AuditLogParts): Promise<never> => {
  const hadLog = (await keys.list()).some(({ purpose }) => [epochsPurpose, signingPurpose].includes(purpose))
  if (!hadLog) return refuseDatabase('that of another', `give ${home.root} a database of its own`)
  const message = `expected the audit log in ${home.audit} that the database has a checkpoint of, found none`
  throw new NootropicError('AUDIT_CORRUPT', `${message}; bring the directory back, and find out who removed it`)
}

/** How many entries a checkpoint is over: its second line (C2SP tlog-checkpoint). */
const sizeOf = (checkpoint: string): number => Number(checkpoint.split('\n')[1])

/** Refuses a log that the checkpoint in the database is not of. Where there is a root to compare, opening has compared it. */
const verifyAnchor = (log: SignedAuditLog, kept: string | undefined, directory: string): void => {
  if (kept === undefined && sizeOf(log.checkpoint()) > 0) {
    const remedy = `name the right one (database, --database). If that is lost for good, move ${directory} away`
    refuseDatabase(`one without a checkpoint of the audit log in ${directory}`, remedy)
  }
  // Every log begins with the same root: of one without entries only the signature says which it is.
  if (kept !== undefined && sizeOf(kept) === 0) verifyCheckpoint(kept, log.verifierKey)
}

/**
 * Opens the audit log in a home that this program holds, and compares it with the checkpoint that the database has; a log that
 * is begun has one there at once. A new log has epochs: the key that signs it is replaced each hour and destroyed, so that
 * whoever takes the key cannot sign another past. It therefore cannot be in the key store, whose exports are copies; its file
 * is encrypted under a secret of the store. A log from before that has its one key in the key store, and keeps it.
 *
 * @throws NootropicError `AUDIT_CORRUPT`, `AUDIT_UNAVAILABLE` or `KEY_UNAVAILABLE`; `CONFIGURATION_INVALID` for the database of
 *   another installation
 */
export const openAnchoredLog = async (parts: AuditLogParts): Promise<SignedAuditLog> => {
  const { home, keys, anchor, clock, random } = parts
  const kept = await anchor.read()
  const hasLog = await isBegun(home.audit)
  if (kept !== undefined && !hasLog) return refuseMissing(parts)
  const keyFolder = keyFolderOf(home.root)
  const keyFile = join(keyFolder, 'epoch')
  // Where the epochs' key is gone the log does not become one with a key of the store: its checkpoints would not verify.
  const isFromBefore = hasLog && !(await exists(keyFile))
  if (!isFromBefore) await ensurePrivateDirectory(keyFolder)
  const log = await openAuditLog({
    directory: home.audit,
    origin,
    anchor: kept,
    clock,
    random,
    ...(isFromBefore
      ? { signingKey: await keys.signingKey(signingPurpose) }
      : { epochs: { keyFile, secret: await keys.secret(epochsPurpose) } }),
  })
  try {
    verifyAnchor(log, kept, home.audit)
    if (kept === undefined) await anchor.write(log.checkpoint())
    return log
  } catch (error) {
    await log.close().catch(() => {})
    throw error
  }
}
