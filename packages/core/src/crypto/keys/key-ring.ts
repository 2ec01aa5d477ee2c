import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { isEqualConstantTime } from '../../bytes.ts'
import { NootropicError } from '../../errors.ts'
import type { Random } from '../../random.ts'
import { maximumPrivateFileBytes } from '../../storage/private-file.ts'
import { historyLineSchema } from './history.ts'
import { boundData, type KeyDescription, type KeyEntry, keyEntrySchema } from './key-entry.ts'
import { keyUnavailable } from './key-error.ts'
import { unwrapKey, wrapKey } from './key-wrap.ts'
import { protectionRecordSchema } from './protection.ts'
import { useSecret } from './secret-bytes.ts'

/** All that a key store keeps, in one file. */
export type KeyRing = z.infer<typeof keyRingSchema>
export const keyRingSchema = z.strictObject({
  schemaVersion: z.literal(1),
  store: z.uuid(),
  /** Counts the key-encryption keys. */
  generation: z.number().int().positive(),
  /** Counts the writes of the ring, and what the last one did. */
  last: historyLineSchema,
  protection: protectionRecordSchema,
  keys: z.array(keyEntrySchema),
})

/** The key-encryption key, and what is derived from it: one key, one purpose. */
export interface KeyEncryptionKey {
  readonly key: KeyObject
  readonly wrapping: KeyObject
  readonly authentication: KeyObject
}

export const keyLength = 32

/** @throws NootropicError `KEY_UNAVAILABLE` unless it is 32 bytes, which stay the caller's to wipe. */
export const keyEncryptionKey = (bytes: Uint8Array): KeyEncryptionKey => {
  if (bytes.length !== keyLength) {
    const message = `expected a key-encryption key of ${keyLength} bytes, found ${bytes.length}`
    throw keyUnavailable(`${message}; restore it from its backup`)
  }
  const key = createSecretKey(bytes)
  const derive = (purpose: string): KeyObject => {
    const derived = new Uint8Array(hkdfSync('sha256', key, '', `nootropic key ring: ${purpose}`, keyLength))
    const result = createSecretKey(derived)
    derived.fill(0)
    return result
  }
  return { key, wrapping: derive('wrapping'), authentication: derive('authentication') }
}

// The file is {"mac":"…","ring":{…}}, and the MAC is of the very bytes of the ring: no form of JSON needs to be agreed on.
const head = '{"mac":"'
const middle = '","ring":'
const macLength = 44
const bodyStart = head.length + macLength + middle.length

const macOf = (body: Uint8Array, key: KeyEncryptionKey): Buffer =>
  Buffer.from(createHmac('sha256', key.authentication).update(body).digest('base64'))

/** @throws NootropicError `LIMIT_EXCEEDED` when the ring is too long to be read again. */
export const encodeRing = (ring: KeyRing, key: KeyEncryptionKey): Buffer => {
  const body = Buffer.from(JSON.stringify(ring))
  const text = Buffer.concat([Buffer.from(head), macOf(body, key), Buffer.from(middle), body, Buffer.from('}')])
  if (text.length <= maximumPrivateFileBytes) return text
  const message = `expected a key ring of at most ${maximumPrivateFileBytes} bytes, got ${ring.keys.length} keys in ${text.length}`
  throw new NootropicError('LIMIT_EXCEEDED', `${message}; open another key store for what is new`)
}

const damaged = (path: string, found: string): NootropicError =>
  keyUnavailable(`expected the key ring that was written to ${path}, found ${found}; restore it from its backup`)

/**
 * Reads a ring, whose {@link verifyRing} must follow before anything but its protection is used.
 *
 * @throws NootropicError `KEY_UNAVAILABLE`
 */
export const decodeRing = (text: Buffer, path: string): KeyRing => {
  const start = text.toString('latin1', 0, bodyStart)
  if (!start.startsWith(head) || !start.endsWith(middle) || text.at(-1) !== 0x7d) throw damaged(path, 'another text')
  let value: unknown
  try {
    value = JSON.parse(text.toString('utf8', bodyStart, text.length - 1))
  } catch {
    throw damaged(path, 'a ring that is no JSON')
  }
  const parsed = keyRingSchema.safeParse(value)
  if (parsed.success) return parsed.data
  // Where it is wrong and how, never what stands there.
  const { path: place, code } = parsed.error.issues[0] as z.core.$ZodIssue
  throw damaged(path, `a ring with ${place.join('.') || 'members'} out of bounds (${code.replaceAll('_', ' ')})`)
}

/** @throws NootropicError `KEY_UNAVAILABLE` for a changed ring, or one of another key-encryption key. */
export const verifyRing = (text: Buffer, key: KeyEncryptionKey, path: string): void => {
  const stated = text.subarray(head.length, head.length + macLength)
  if (isEqualConstantTime(macOf(text.subarray(bodyStart, -1), key), stated)) return
  throw damaged(path, 'a changed one, or one of another key-encryption key')
}

/** @param bytes stay the caller's to wipe. */
export const wrapEntry = (
  ring: Pick<KeyRing, 'store' | 'generation'>,
  key: KeyEncryptionKey,
  description: KeyDescription,
  bytes: Uint8Array,
  random: Random,
): KeyEntry => {
  const associated = boundData(ring.store, ring.generation, description)
  return { ...description, wrappedKey: wrapKey(key.wrapping, bytes, associated, random).toString('base64') }
}

/**
 * The bytes of a key; the caller wipes them.
 *
 * @throws NootropicError `KEY_UNAVAILABLE`
 */
export const unwrapEntry = (
  ring: Pick<KeyRing, 'store' | 'generation'>,
  key: KeyEncryptionKey,
  entry: KeyEntry,
): Buffer => {
  const associated = boundData(ring.store, ring.generation, entry)
  const bytes = unwrapKey(key.wrapping, Buffer.from(entry.wrappedKey, 'base64'), associated)
  if (bytes !== undefined) return bytes
  throw keyUnavailable(
    `expected key ${entry.keyId} as it was wrapped, found a change; restore the key ring from its backup`,
  )
}

/** The ring with each of its keys wrapped by another key-encryption key, as the next generation. */
export const rewrapRing = async (
  ring: KeyRing,
  key: KeyEncryptionKey,
  next: KeyEncryptionKey,
  random: Random,
): Promise<KeyRing> => {
  const target = { store: ring.store, generation: ring.generation + 1 }
  const keys: KeyEntry[] = []
  for (const entry of ring.keys) {
    keys.push(await useSecret(unwrapEntry(ring, key, entry), (bytes) => wrapEntry(target, next, entry, bytes, random)))
  }
  return { ...ring, ...target, keys }
}
