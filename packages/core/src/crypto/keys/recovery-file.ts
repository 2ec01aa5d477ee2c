import { z } from 'zod'
import { NootropicError } from '../../errors.ts'
import { keyUnavailable } from './key-error.ts'
import { type KeyRing, keyEncryptionKey, keyRingSchema, unwrapEntry } from './key-ring.ts'
import { type AskPassphrase, askForBytes } from './passphrase-protection.ts'
import type { OpenRing } from './ring-file.ts'
import { useSecret } from './secret-bytes.ts'

/** Who can open a recovery file: who knows a passphrase, or has the identity of an age recipient (`age1…`). */
export type RecoveryReaders = { readonly passphrase: AskPassphrase } | { readonly recipients: readonly string[] }

/** What opens a recovery file: its passphrase, or age identities (`AGE-SECRET-KEY-1…`). */
export type RecoveryOpeners = { readonly passphrase: AskPassphrase } | { readonly identities: readonly string[] }

// A ring has at most 16 MiB, and JSON and age add little to it (CWE-770).
const maximumFileBytes = 32 * 1024 * 1024

const contentSchema = z.strictObject({
  format: z.literal('nootropic key recovery'),
  schemaVersion: z.literal(1),
  exported: z.iso.datetime(),
  keyEncryptionKey: z.base64().length(44),
  ring: keyRingSchema,
})

const passphraseText = async (ask: AskPassphrase): Promise<string> =>
  useSecret(await askForBytes(ask), (bytes) => bytes.toString())

// What age says of a wrong recipient or identity may repeat it.
const eachOf = (values: readonly string[], expected: string, add: (value: string) => void): void => {
  try {
    if (values.length === 0) throw new Error('none')
    for (const value of values) add(value)
  } catch {
    throw new NootropicError('USAGE', `expected at least one ${expected}, got none, or one that is malformed`)
  }
}

/**
 * Everything that a key store holds, as an age file (age-encryption.org/v1).
 *
 * Opened by `age --decrypt`, it is JSON: `keyEncryptionKey` (32 bytes, base64) and the `ring` as in `keys.json`. The key
 * of an entry comes back so: derive 32 bytes from the key-encryption key by HKDF-SHA-256 without salt, with the info
 * `nootropic key ring: wrapping`; `wrappedKey` is one byte 1, an IV of 12 bytes, the encrypted key and a tag of 16 bytes;
 * decrypt by AES-256-GCM with the associated data `{"algorithm","created","generation","id","keyId","purpose","store"}` of
 * entry and ring as JSON in this order without white space, an absent `id` left out. Key pairs are PKCS #8.
 *
 * On its way the key-encryption key, and a passphrase, is a string, which cannot be wiped.
 *
 * @throws NootropicError `USAGE` for recipients that are none.
 */
export const sealRecovery = async (
  { ring, key }: OpenRing,
  readers: RecoveryReaders,
  exported: string,
): Promise<Buffer> => {
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  if ('passphrase' in readers) encrypter.setPassphrase(await passphraseText(readers.passphrase))
  else eachOf(readers.recipients, 'recipient (age1…)', (recipient) => encrypter.addRecipient(recipient))
  const secret = await useSecret(key.key.export(), (bytes) => bytes.toString('base64'))
  const content: z.infer<typeof contentSchema> = {
    format: 'nootropic key recovery',
    schemaVersion: 1,
    exported,
    keyEncryptionKey: secret,
    ring,
  }
  return useSecret(Buffer.from(JSON.stringify(content)), async (bytes) => Buffer.from(await encrypter.encrypt(bytes)))
}

/**
 * Opens a recovery file and every key in it. The bytes of the key-encryption key are the caller's to wipe.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` when it does not open or holds something else, `LIMIT_EXCEEDED`, `USAGE` for
 *   identities that are none.
 */
export const openRecovery = async (
  file: Uint8Array,
  openers: RecoveryOpeners,
): Promise<{ ring: KeyRing; bytes: Buffer }> => {
  if (file.length > maximumFileBytes) {
    const message = `expected a recovery file of at most ${maximumFileBytes} bytes, got ${file.length}`
    throw new NootropicError('LIMIT_EXCEEDED', message)
  }
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  if ('passphrase' in openers) decrypter.addPassphrase(await passphraseText(openers.passphrase))
  else eachOf(openers.identities, 'identity (AGE-SECRET-KEY-1…)', (identity) => decrypter.addIdentity(identity))
  const opened = await decrypter.decrypt(file).catch((cause: unknown) => {
    const opener = 'passphrase' in openers ? 'passphrase' : 'identity'
    throw keyUnavailable(`expected a recovery file that this ${opener} opens, found another one, or a changed file`, {
      cause,
    })
  })
  const parsed = await useSecret(opened, (bytes) => contentSchema.safeParse(parseJson(bytes)))
  if (!parsed.success) throw keyUnavailable('expected a recovery file of a key store, found another content')
  const { ring } = parsed.data
  const bytes = Buffer.from(parsed.data.keyEncryptionKey, 'base64')
  const key = keyEncryptionKey(bytes)
  for (const entry of ring.keys) await useSecret(unwrapEntry(ring, key, entry), () => {})
  return { ring, bytes }
}

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
  } catch {
    return undefined
  }
}
