import { z } from 'zod'
import { passphraseDerivationSchema } from './passphrase-derivation.ts'

/** A file beside the ring. Its name is only matched here, so that no ring can name a file elsewhere (CWE-22). */
export type FileRecord = z.infer<typeof fileRecordSchema>
const fileRecordSchema = z.strictObject({
  kind: z.literal('file'),
  file: z.string().regex(/^key-encryption-key\.[1-9]\d{0,8}$/),
})

/** The wrapped key itself, and how the key that unwraps it is derived. */
export type PassphraseRecord = z.infer<typeof passphraseRecordSchema>
const passphraseRecordSchema = z.strictObject({
  kind: z.literal('passphrase'),
  derivation: passphraseDerivationSchema,
  salt: z.base64().length(24),
  wrappedKey: z.base64().max(128),
})

/** A place in the keychain of the operating system. */
export type KeychainRecord = z.infer<typeof keychainRecordSchema>
const keychainRecordSchema = z.strictObject({
  kind: z.literal('keychain'),
  service: z.string().min(1).max(128),
  account: z.uuid(),
})

/** How a ring says that its key-encryption key is protected. */
export type ProtectionRecord = z.infer<typeof protectionRecordSchema>
export const protectionRecordSchema = z.discriminatedUnion('kind', [
  fileRecordSchema,
  passphraseRecordSchema,
  keychainRecordSchema,
])

/** The key store that a key-encryption key belongs to. */
export interface ProtectedStore {
  readonly directory: string
  /** Counts the key-encryption keys that the store has had. */
  readonly generation: number
}

/** Keeps the key-encryption key of a key store. One object serves one store. */
export interface KeyProtection<Protected extends ProtectionRecord = ProtectionRecord> {
  readonly kind: Protected['kind']
  /** Keeps a key, durably, and says what the ring must record to get it back. */
  protect(key: Uint8Array, store: ProtectedStore): Promise<Protected>
  /**
   * The key that was kept; the caller wipes it.
   *
   * @throws NootropicError `KEY_UNAVAILABLE`
   */
  reveal(record: Protected, store: ProtectedStore): Promise<Uint8Array>
  /** Removes what {@link protect} left outside of the ring, once no ring names it. */
  forget(record: Protected, store: ProtectedStore): Promise<void>
}
