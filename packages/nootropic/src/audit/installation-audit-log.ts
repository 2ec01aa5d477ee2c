import type { SignedAuditLog } from '@nootropic/access/audit'
import { NootropicError } from '@nootropic/core'
import { ensurePrivateDirectory, tryLock } from '@nootropic/core/storage'
import type { Home } from '../home.ts'
import { type AuditLogParts, openAnchoredLog } from './anchored-log.ts'
import { verifyNoReplacement } from './replacement-note.ts'

/** The audit log of an installation, and what keeps it. */
export interface InstallationAuditLog {
  readonly log: SignedAuditLog
  /** For a timer: ends the epoch if it has lasted its time, and keeps the last checkpoint in the database. */
  tend(): Promise<void>
  /** Keeps the last checkpoint, then closes the log. */
  close(): Promise<void>
}

/**
 * Makes this program the one that uses the audit log of an installation. The log's own lock goes where its directory goes; this
 * one holds also while there is none.
 *
 * @returns the call that gives it back.
 * @throws NootropicError `AUDIT_UNAVAILABLE` while another program has it
 */
export const holdAuditLog = async ({ root }: Pick<Home, 'root'>): Promise<() => Promise<void>> => {
  await ensurePrivateDirectory(root)
  const attempt = await tryLock(root, 'in-use')
  if (attempt.release !== undefined) return attempt.release
  const message = `expected to be the only program that uses the installation in ${root}, found ${attempt.holder}`
  throw new NootropicError('AUDIT_UNAVAILABLE', `${message}; close that. If it is gone, remove ${attempt.path}`)
}

/**
 * Opens the audit log of an installation, and compares it with the checkpoint that the database has. Only one program at a time
 * has it.
 *
 * @throws NootropicError `AUDIT_CORRUPT`, `AUDIT_UNAVAILABLE` or `KEY_UNAVAILABLE`; `CONFIGURATION_INVALID` for the database of
 *   another installation
 */
export const openInstallationAuditLog = async (parts: AuditLogParts): Promise<InstallationAuditLog> => {
  const { home, anchor } = parts
  const release = await holdAuditLog(home)
  try {
    await verifyNoReplacement(home)
    const log = await openAnchoredLog(parts)
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
          await log.close().finally(release)
        }
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}
