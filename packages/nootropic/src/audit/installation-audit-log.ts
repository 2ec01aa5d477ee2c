import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { openAuditLog, type SignedAuditLog } from '@nootropic/access/audit'
import { type Clock, isNootropicError, NootropicError, type Random } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import { ensurePrivateDirectory } from '@nootropic/core/storage'
import type { Home } from '../home.ts'
import type { AuditAnchor } from './anchor.ts'

/** The name of an installation's log in its checkpoints. */
const origin = 'nootropic.local/audit'

/** The audit log of an installation, and what keeps it. */
export interface InstallationAuditLog {
  readonly log: SignedAuditLog
  /** For a timer: ends the epoch if it has lasted its time, and keeps the last checkpoint in the database. */
  tend(): Promise<void>
  /** Keeps the last checkpoint, then closes the log. */
  close(): Promise<void>
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )

/** Whether a log cannot be used again as it is. Another writer or a full disk is no such thing. */
export const isReplaceable = (error: unknown): error is NootropicError =>
  isNootropicError(error, 'AUDIT_CORRUPT') ||
  (isNootropicError(error, 'AUDIT_UNAVAILABLE') && error.details.reason === 'epoch-keys')

/**
 * Opens the audit log of an installation, and compares it with the checkpoint that the database has. A new log has epochs: the
 * key that signs it is replaced each hour and destroyed, so that whoever takes the key cannot sign another past. It therefore
 * cannot be in the key store, whose exports are copies; its file is encrypted under a secret of the store. A log from before that has its one key in the key store, and keeps it.
 *
 * @throws NootropicError `AUDIT_CORRUPT`, `AUDIT_UNAVAILABLE` or `KEY_UNAVAILABLE`
 */
export const openInstallationAuditLog = async (options: {
  home: Pick<Home, 'root' | 'audit'>
  keys: Pick<KeyStore, 'signingKey' | 'secret'>
  anchor: AuditAnchor
  clock: Clock
  random: Random
}): Promise<InstallationAuditLog> => {
  const { home, keys, anchor, clock, random } = options
  const kept = await anchor.read()
  const hasLog = await exists(join(home.audit, 'journal'))
  if (kept !== undefined && !hasLog) {
    const message = `expected the audit log in ${home.audit} that the database has a checkpoint of, found none`
    throw new NootropicError('AUDIT_CORRUPT', `${message}; bring the directory back, and find out who removed it`)
  }
  const keyFolder = join(home.root, 'audit-key')
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
      ? { signingKey: await keys.signingKey('audit-checkpoint') }
      : { epochs: { keyFile, secret: await keys.secret('audit-epochs') } }),
  })
  const keep = (): Promise<void> => anchor.write(log.checkpoint())
  return {
    log,
    async tend() {
      await log.sealDueEpoch()
      await keep()
    },
    async close() {
      try {
        await keep()
      } finally {
        await log.close()
      }
    },
  }
}
