import { type AuditEntry, entityText } from '@nootropic/core'
import type { ApiKeyChange } from './api-key-record.ts'
import type { Refusal } from './check-api-key.ts'

const actions = { created: 'api-key.created', rotated: 'api-key.rotated', revoked: 'api-key.revoked' } as const

/**
 * What to audit of a change to the API keys.
 *
 * @example
 * ```ts
 * const onChanged = async (change) => void (await log.append(entryOfKeyChange(change)))
 * ```
 */
export const entryOfKeyChange = ({ change, keyId, subject }: ApiKeyChange): AuditEntry => ({
  category: 'security',
  actor: entityText(subject),
  action: actions[change],
  resource: `api-key:${keyId}`,
  outcome: 'succeeded',
})

/** What to audit of an API key that was refused: why, which the caller is not told. */
export const entryOfKeyRefusal = ({ reason, keyId }: Refusal): AuditEntry => ({
  category: 'access',
  actor: keyId === undefined ? 'unknown:unknown' : `api-key:${keyId}`,
  action: 'authenticate',
  resource: 'installation:this',
  outcome: 'denied',
  reason,
})
