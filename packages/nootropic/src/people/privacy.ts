import type { SignedAuditLog } from '@nootropic/access/audit'
import type { Clock, Random } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import type { ManifestSet } from '@nootropic/core/manifest'
import type { Database } from '@nootropic/core/storage'
import { type DataControl, openDataControl } from './data-control.ts'
import { createMinimalAuditLog } from './minimal-audit-log.ts'
import { openPeople } from './people.ts'
import { openPersonalAuditLog } from './personal-audit-log.ts'
import { privacySettings } from './privacy-settings.ts'

/** What an installation keeps of people, as the manifests DataPrivacy and UserPrivacy ask. */
export interface Privacy {
  /** The log for all who write and read: what it holds of people is minimal and sealed, where that is asked for. */
  readonly audit: SignedAuditLog
  readonly data: DataControl
}

/** Opens what is kept of people over the log on disk. Without the manifests the log stays as it is. */
export const openPrivacy = async (parts: {
  readonly database: Database
  readonly keys: KeyStore
  readonly log: SignedAuditLog
  readonly settings: Pick<ManifestSet, 'manifests'>
  readonly clock: Clock
  readonly random: Random
}): Promise<Privacy> => {
  const { log, random } = parts
  const settings = privacySettings(parts.settings)
  const people = await openPeople({ ...parts, retentionMs: settings.retentionMs })
  // What was sealed while the manifest asked for it is opened still.
  const personal = openPersonalAuditLog(log, people, random)
  const written = settings.isSealed ? personal : log
  const audit = { ...personal, append: (settings.isMinimal ? createMinimalAuditLog(written) : written).append }
  return { audit, data: await openDataControl({ ...parts, audit, people, settings }) }
}
