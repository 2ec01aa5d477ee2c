import type { SignedAuditLog } from '@nootropic/access/audit'
import { type AuditLog, type Clock, NootropicError, type Random } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import type { ManifestSet } from '@nootropic/core/manifest'
import { type Database, openDatabase } from '@nootropic/core/storage'
import type { Home } from '../home.ts'
import type { DataControl } from '../people/data-control.ts'
import { verifyLocalDatabase } from '../people/local-database.ts'
import { openPrivacy } from '../people/privacy.ts'
import { privacySettings } from '../people/privacy-settings.ts'
import { openAuditAnchor } from './anchor.ts'
import { isReplaceable } from './anchored-log.ts'
import { openInstallationAuditLog } from './installation-audit-log.ts'
import { createSwitchedAuditLog } from './switched-audit-log.ts'

/** The database and the audit log of an installation. */
export interface InstallationRecords {
  readonly database: Database
  /** The log for who reads it, and for a host's own entries. */
  readonly log: SignedAuditLog
  /** The log for all parts that write: the views that the policy keeps. */
  readonly audit: AuditLog
  /** What is kept of people. */
  readonly data: DataControl
  /** For a timer: ends an epoch that has lasted its time, and removes what is kept of people no longer. */
  tend(): Promise<void>
  close(): Promise<void>
}

/** Says what to do about a log that cannot be used again. */
const withRemedy = (error: unknown): never => {
  if (!isReplaceable(error)) throw error
  const remedy = '`nootropic audit replace` keeps what is left of it and begins another'
  throw new NootropicError(error.code, `${error.message}; ${remedy}`, { cause: error, details: error.details })
}

/** Opens the records of an installation; nothing stays open when a part of them cannot be. */
export const openInstallationRecords = async (parts: {
  readonly location: string
  readonly home: Home
  readonly keys: KeyStore
  readonly settings: ManifestSet
  readonly environment: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly random: Random
}): Promise<InstallationRecords> => {
  const { location, settings } = parts
  verifyLocalDatabase(location, privacySettings(settings), parts.environment)
  const database = await openDatabase(location)
  let closeLog = async (): Promise<void> => {}
  const close = async (): Promise<void> => {
    try {
      await closeLog()
    } finally {
      await database.close()
    }
  }
  try {
    const anchor = await openAuditAnchor(database)
    const kept = await openInstallationAuditLog({ ...parts, anchor }).catch(withRemedy)
    closeLog = () => kept.close()
    const { audit: log, data } = await openPrivacy({ ...parts, database, log: kept.log })
    return {
      database,
      log,
      audit: createSwitchedAuditLog(log, settings.policy.spec.access.auditLogging),
      data,
      async tend() {
        await kept.tend()
        await data.removeExpired()
      },
      close,
    }
  } catch (error) {
    // What went wrong first is what the caller needs to know.
    await close().catch(() => {})
    throw error
  }
}
