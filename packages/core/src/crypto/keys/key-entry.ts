import { z } from 'zod'
import { canonicalJson } from '../../canonical.ts'

/** What may be done with a key: everything; only open and verify what it made; nothing, for ever. */
export type KeyState = z.infer<typeof keyStateSchema>
export const keyStateSchema = z.enum(['active', 'verify-only', 'revoked'])

/** What a key is used with. */
export type KeyAlgorithm = z.infer<typeof keyAlgorithmSchema>
const keyAlgorithmSchema = z.enum([
  'FLOE-AES-256-GCM',
  'HMAC-SHA-256',
  'Ed25519',
  'ECDSA-P-256',
  'ECDSA-P-384',
  'ECDSA-P-521',
])

export const purposeSchema = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)

// No control characters: ids are shown to people (CWE-150). The length bounds the ring.
export const keyIdentitySchema = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,512}$/u)

/** A key of the ring, without its bytes. */
export interface KeyDescription {
  readonly keyId: string
  /** The part that uses it: `vault`. One key, one purpose. */
  readonly purpose: string
  /** What it encrypts or signs as; left out where a purpose has one key. */
  readonly id?: string | undefined
  readonly algorithm: KeyAlgorithm
  /** RFC 3339, UTC. */
  readonly created: string
  readonly state: KeyState
}

/** A key as the ring holds it: wrapped by the key-encryption key. */
export interface KeyEntry extends KeyDescription {
  readonly wrappedKey: string
}

export const keyEntrySchema = z.strictObject({
  keyId: z.uuid(),
  purpose: purposeSchema,
  id: keyIdentitySchema.optional(),
  algorithm: keyAlgorithmSchema,
  created: z.iso.datetime(),
  state: keyStateSchema,
  wrappedKey: z.base64(),
})

/**
 * What is bound to a wrapped key as associated data: all that says what the key is. The state changes without wrapping
 * anew and is bound by the ring's MAC.
 */
export const boundData = (store: string, generation: number, entry: KeyDescription): Buffer => {
  const { keyId, purpose, id, algorithm, created } = entry
  return Buffer.from(canonicalJson({ store, generation, keyId, purpose, id, algorithm, created }))
}
