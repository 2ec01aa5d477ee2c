import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { type AuditEntry, canonicalJson, type Json, NootropicError, type Random } from '@nootropic/core'
import { z } from 'zod'

/** The keys under which personal data of subjects stands in a log: one for each subject. To destroy it is to erase. */
export interface PersonalDataKeys {
  /** The present key of a subject, made on first use. */
  keyFor(subject: string): Promise<{ readonly keyId: string; readonly key: KeyObject }>
  /** A key of 32 bytes, or undefined if it was destroyed. */
  find(keyId: string): Promise<KeyObject | undefined>
}

const sealedSchema = z.strictObject({
  keyId: z.string().min(1).max(256),
  /** Nonce, ciphertext and tag. */
  sealed: z.base64(),
})
const nonceBytes = 12
const tagBytes = 16

/** The member of an entry's details that holds sealed personal data. */
const member = 'personal'

// A sealed payload cannot be moved to another key's name or to another use of the key.
const boundData = (keyId: string): Buffer => Buffer.from(`nootropic audit personal data v1\n${keyId}`)

const refuse = (found: string): never => {
  throw new NootropicError(
    'AUDIT_CORRUPT',
    `expected sealed personal data in an audit entry, got ${found}; verify the log, and keep its files as evidence`,
  )
}

/**
 * An entry whose personal data only the holder of the subject's key can read (AES-256-GCM). The log's hashes cover the
 * sealed bytes: once the key is destroyed nobody reads them, and every proof still holds.
 *
 * @param subject whose data it is. Only the keys learn it: do not repeat it in the entry's other members.
 * @example
 * ```ts
 * await log.append(await sealPersonalData(entry, { subject: 'ada', data: { address: '192.0.2.7' }, keys, random }))
 * ```
 */
export const sealPersonalData = async (
  entry: AuditEntry,
  options: { subject: string; data: Json; keys: PersonalDataKeys; random: Random },
): Promise<AuditEntry> => {
  if (entry.details !== undefined && member in entry.details) {
    throw new NootropicError('USAGE', `expected an entry without details.${member}, found one; give the data as data`)
  }
  const { keyId, key } = await options.keys.keyFor(options.subject)
  const nonce = options.random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(boundData(keyId))
  const sealed = Buffer.concat([nonce, cipher.update(canonicalJson(options.data)), cipher.final(), cipher.getAuthTag()])
  return { ...entry, details: { ...entry.details, [member]: { keyId, sealed: sealed.toString('base64') } } }
}

/** What an entry holds of personal data: none, erased because the key was destroyed, or the data. */
export type PersonalData =
  | { readonly state: 'none' | 'erased' }
  | { readonly state: 'present'; readonly keyId: string; readonly data: Json }

/**
 * Opens the personal data of an entry.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if it is not what was sealed.
 */
export const openPersonalData = async (
  entry: Pick<AuditEntry, 'details'>,
  keys: Pick<PersonalDataKeys, 'find'>,
): Promise<PersonalData> => {
  const found = entry.details?.[member]
  if (found === undefined) return { state: 'none' }
  const parsed = sealedSchema.safeParse(found)
  if (!parsed.success) return refuse('another value')
  const { keyId } = parsed.data
  const bytes = Buffer.from(parsed.data.sealed, 'base64')
  if (bytes.length < nonceBytes + tagBytes) return refuse(`${bytes.length} bytes`)
  const key = await keys.find(keyId)
  if (key === undefined) return { state: 'erased' }
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAAD(boundData(keyId))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
    return { state: 'present', keyId, data: JSON.parse(text.toString()) }
  } catch {
    return refuse('data that its key does not open')
  }
}
