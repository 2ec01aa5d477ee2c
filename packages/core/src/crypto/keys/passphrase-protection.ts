import { createSecretKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../../canonical.ts'
import { NootropicError } from '../../errors.ts'
import { type Random, systemRandom } from '../../random.ts'
import { keyUnavailable } from './key-error.ts'
import { unwrapKey, wrapKey } from './key-wrap.ts'
import {
  defaultDerivation,
  derivePassphraseKey,
  type PassphraseDerivation,
  passphraseDerivationSchema,
} from './passphrase-derivation.ts'
import type { KeyProtection, PassphraseRecord, ProtectedStore } from './protection.ts'
import { useSecret } from './secret-bytes.ts'

/** Asks for a passphrase. A buffer is wiped after use; a string cannot be. */
export type AskPassphrase = () => Promise<Buffer | string>

const saltLength = 16
// Nobody types more; a longer one would be a file given by mistake.
const longestPassphrase = 1024

/** The bytes of a passphrase, the same however it was typed: texts in Unicode's form NFC (RFC 8265 section 4.2). */
export const askForBytes = async (ask: AskPassphrase): Promise<Buffer> => {
  const answer = await ask()
  const bytes = typeof answer === 'string' ? Buffer.from(answer.normalize('NFC')) : answer
  if (bytes.length > 0 && bytes.length <= longestPassphrase) return bytes
  bytes.fill(0)
  throw new NootropicError('USAGE', `expected a passphrase of 1 to ${longestPassphrase} bytes, got ${bytes.length}`)
}

/**
 * Keeps the key-encryption key wrapped by a key that is derived from a passphrase, in the ring itself.
 *
 * The passphrase is asked for when the key is first needed, and not again while this object lives: the derived key is kept.
 *
 * @throws NootropicError `USAGE` for a derivation that is too weak or asks for too much.
 */
export const passphraseProtection = (options: {
  passphrase: AskPassphrase
  derivation?: PassphraseDerivation
  random?: Random
}): KeyProtection<PassphraseRecord> => {
  const { passphrase, derivation = defaultDerivation, random = systemRandom } = options
  const parsed = passphraseDerivationSchema.safeParse(derivation)
  if (!parsed.success) {
    throw new NootropicError('USAGE', `expected a derivation within its limits: ${z.prettifyError(parsed.error)}`)
  }

  let derived: { salt: string; derivation: PassphraseDerivation; key: KeyObject } | undefined
  const derive = async (salt: string, by: PassphraseDerivation): Promise<KeyObject> => {
    if (derived?.salt === salt && canonicalJson(derived.derivation) === canonicalJson(by)) return derived.key
    const bytes = await useSecret(await askForBytes(passphrase), (text) =>
      derivePassphraseKey(text, Buffer.from(salt, 'base64'), by),
    )
    return useSecret(bytes, createSecretKey)
  }
  const boundData = ({ generation }: ProtectedStore): Buffer => Buffer.from(canonicalJson({ generation }))

  return {
    kind: 'passphrase',
    async protect(key, store) {
      const salt = derived?.salt ?? random.bytes(saltLength).toString('base64')
      const by = derived?.derivation ?? parsed.data
      const wrappingKey = await derive(salt, by)
      derived = { salt, derivation: by, key: wrappingKey }
      const wrappedKey = wrapKey(wrappingKey, key, boundData(store), random).toString('base64')
      return { kind: 'passphrase', derivation: by, salt, wrappedKey }
    },
    async reveal({ salt, derivation: by, wrappedKey }, store) {
      const wrappingKey = await derive(salt, by)
      const key = unwrapKey(wrappingKey, Buffer.from(wrappedKey, 'base64'), boundData(store))
      if (key === undefined) {
        const expected = `expected the passphrase of the key store ${store.directory}`
        throw keyUnavailable(`${expected}, found another one, or a changed key ring; nothing was changed, try again`, {
          reason: 'passphrase',
        })
      }
      derived = { salt, derivation: by, key: wrappingKey }
      return key
    },
    async forget() {},
  }
}
