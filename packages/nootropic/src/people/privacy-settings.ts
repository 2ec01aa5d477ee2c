import type { ManifestSet } from '@nootropic/core/manifest'
import { manifestOf } from '../manifest-of.ts'

/** What the manifests DataPrivacy and UserPrivacy ask for. Without them nothing is asked for. */
export interface PrivacySettings {
  /** What the audit log holds of people is sealed under keys of their own. */
  readonly isSealed: boolean
  /** What is kept can be listed. */
  readonly isListable: boolean
  /** Every list and every export is on record. */
  readonly isAudited: boolean
  /** A person can have what is held of them exported or erased. */
  readonly isControllable: boolean
  /** Of people only what is needed is written down. */
  readonly isMinimal: boolean
  /** The manifests that say that data stays on this host. */
  readonly localBy: readonly string[]
  /** How long it is held, in milliseconds; without it, until it is erased. */
  readonly retentionMs: number | undefined
}

const lists = (list: readonly { readonly type: string }[] | undefined, type: string): boolean =>
  list?.some((entry) => entry.type === type) ?? false

/** Reads what the manifests say of privacy. */
export const privacySettings = (settings: Pick<ManifestSet, 'manifests'>): PrivacySettings => {
  const data = manifestOf(settings, 'DataPrivacy')?.spec
  const user = manifestOf(settings, 'UserPrivacy')?.spec
  return {
    isSealed: lists(data?.privacy, 'encryption'),
    isListable: lists(data?.control, 'local'),
    isAudited: lists(data?.control, 'audit'),
    isControllable: lists(user?.privacy, 'control'),
    isMinimal: lists(user?.data, 'minimal'),
    localBy: [
      ...(lists(data?.privacy, 'local') ? ['DataPrivacy (privacy: local)'] : []),
      ...(lists(user?.privacy, 'local') ? ['UserPrivacy (privacy: local)'] : []),
      ...(lists(user?.data, 'local') ? ['UserPrivacy (data: local)'] : []),
    ],
    retentionMs: user?.retention,
  }
}
