import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { canonicalJson } from '../canonical.ts'
import { type Clock, systemClock } from '../clock.ts'
import { isNootropicError, NootropicError } from '../errors.ts'
import { type Random, systemRandom } from '../random.ts'
import { createPrivateFile, ensurePrivateDirectory, readPrivateFile } from '../storage/private-file.ts'
import { unwrapKey, wrapKey } from './key-wrap.ts'

/** What a data key is for: the two names are bound to the wrapped key. */
export interface DataKeyName {
  /** The part that uses it: `vault`. */
  readonly purpose: string
  /** What it encrypts, of any form. */
  readonly id: string
}

/** Keys on disk. Keys leave it as `KeyObject`s only. One key, one purpose. */
export interface KeyStore {
  /** Makes a key of 32 bytes for one content. `wrapped` may be stored beside the content. */
  createDataKey(name: DataKeyName): Promise<{ key: KeyObject; wrapped: Buffer }>
  /** @throws NootropicError `SEALED_FILE_CORRUPT` when it was wrapped under another name or by another key store. */
  unwrapDataKey(wrapped: Uint8Array, name: DataKeyName): Promise<KeyObject>
  /** The secret of 32 bytes for `purpose`, made on first use. */
  secret(purpose: string): Promise<KeyObject>
  /** The Ed25519 key pair for `purpose`, made on first use. */
  signingKey(purpose: string): Promise<{ privateKey: KeyObject; publicKey: KeyObject }>
}

const keyLength = 32
const keyEncryptionKeyFile = 'key-encryption-key'

const purposeSchema = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)

type KeyKind = 'secret' | 'signing-key'

const storedKeySchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.enum(['secret', 'signing-key']),
  purpose: purposeSchema,
  algorithm: z.enum(['HMAC', 'Ed25519']),
  created: z.string(),
  wrappedKey: z.base64(),
})

// PKCS #8 of an Ed25519 key (RFC 8410 section 7) is this and the 32 bytes of the seed.
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

const makeSigningKey = (random: Random): Buffer => {
  const seed = random.bytes(keyLength)
  const pkcs8 = Buffer.concat([ed25519Prefix, seed])
  seed.fill(0)
  return pkcs8
}

const unavailable = (error: unknown): never => {
  if (!isNootropicError(error) || error.code === 'STORAGE_FAILED') throw error
  throw new NootropicError('KEY_UNAVAILABLE', error.message, { cause: error })
}

const isMissing = (error: unknown): boolean =>
  isNootropicError(error, 'FILE_UNREADABLE') && error.details.reason === 'ENOENT'

const readIfThere = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readPrivateFile(path)
  } catch (error) {
    return isMissing(error) ? undefined : unavailable(error)
  }
}

const readOrCreate = async (path: string, make: () => Buffer): Promise<Buffer> => {
  const stored = await readIfThere(path)
  if (stored !== undefined) return stored
  const made = make()
  try {
    // Another process may have been first: what counts is what is on disk.
    await createPrivateFile(path, made)
  } finally {
    made.fill(0)
  }
  return readPrivateFile(path).catch(unavailable)
}

const useBytes = <Result>(bytes: Buffer, use: (bytes: Buffer) => Result): Result => {
  try {
    return use(bytes)
  } finally {
    bytes.fill(0)
  }
}

const loadKeyEncryptionKey = async (directory: string, random: Random): Promise<KeyObject> => {
  const path = join(directory, keyEncryptionKeyFile)
  const isOrphaned = async (): Promise<boolean> => (await readdir(directory)).some((name) => name.endsWith('.json'))
  if ((await readIfThere(path)) === undefined && (await isOrphaned()) && (await readIfThere(path)) === undefined) {
    // A new one would leave every key that the lost one wraps unreadable, and hide why.
    const message = `expected the key-encryption key at ${path}, found keys that it wraps but not itself; restore the file`
    throw new NootropicError('KEY_UNAVAILABLE', message)
  }
  return useBytes(await readOrCreate(path, () => random.bytes(keyLength)), (bytes) => {
    if (bytes.length === keyLength) return createSecretKey(bytes)
    const message = `expected ${keyLength} bytes in ${path}, found ${bytes.length}; restore the file from its backup`
    throw new NootropicError('KEY_UNAVAILABLE', message)
  })
}

/**
 * Opens the keys in a directory (0700, its files 0600), or makes them: a key-encryption key in a file of its own, which
 * wraps every other key by AES-256-GCM. Who can read that file as this user has all keys.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` when the directory or a file is a link, belongs to another user, can be read
 * by others, or is damaged. The same is verified each time a key is read.
 * @example
 * ```ts
 * const keys = await openKeyStore({ directory: '/home/me/.nootropic/keys' })
 * const pepper = await keys.secret('api-keys')
 * ```
 */
export const openKeyStore = async (options: {
  directory: string
  random?: Random
  clock?: Clock
}): Promise<KeyStore> => {
  const { directory, random = systemRandom, clock = systemClock } = options
  await ensurePrivateDirectory(directory).catch(unavailable)
  const keyEncryptionKey = await loadKeyEncryptionKey(directory, random)

  const wrap = (key: Buffer, name: object): Buffer =>
    wrapKey(keyEncryptionKey, key, Buffer.from(canonicalJson(name)), random)
  const unwrap = (wrapped: Uint8Array, name: object): Buffer | undefined =>
    unwrapKey(keyEncryptionKey, wrapped, Buffer.from(canonicalJson(name)))

  const storedKey = async (kind: KeyKind, purpose: string, make: () => Buffer): Promise<Buffer> => {
    if (!purposeSchema.safeParse(purpose).success) {
      const expected = 'expected a purpose of 1 to 63 of a-z, 0-9 and -'
      throw new NootropicError('USAGE', `${expected}, got ${JSON.stringify(purpose.slice(0, 80))}`)
    }
    await ensurePrivateDirectory(directory).catch(unavailable)
    const path = join(directory, `${kind}-${purpose}.json`)
    const text = await readOrCreate(path, () =>
      Buffer.from(
        canonicalJson({
          schemaVersion: 1,
          kind,
          purpose,
          algorithm: kind === 'secret' ? 'HMAC' : 'Ed25519',
          created: clock.now().toISOString(),
          wrappedKey: useBytes(make(), (key) => wrap(key, { kind, purpose }).toString('base64')),
        }),
      ),
    )
    const stored = storedKeySchema.safeParse(parseJson(text))
    const key = stored.success ? unwrap(Buffer.from(stored.data.wrappedKey, 'base64'), { kind, purpose }) : undefined
    if (key !== undefined) return key
    const expected = `expected the ${kind} for ${purpose} in ${path}, wrapped by the key-encryption key beside it`
    throw new NootropicError('KEY_UNAVAILABLE', `${expected}, found other content; restore both files from one backup`)
  }

  return {
    async createDataKey({ purpose, id }) {
      return useBytes(random.bytes(keyLength), (bytes) => ({
        key: createSecretKey(bytes),
        wrapped: wrap(bytes, { kind: 'data-key', purpose, id }),
      }))
    },
    async unwrapDataKey(wrapped, { purpose, id }) {
      const bytes = unwrap(wrapped, { kind: 'data-key', purpose, id })
      if (bytes !== undefined) return useBytes(bytes, createSecretKey)
      const expected = `expected a data key of ${purpose} for ${id} wrapped by this key store`
      throw new NootropicError(
        'SEALED_FILE_CORRUPT',
        `${expected}, found a changed one or one of another name or store`,
      )
    },
    async secret(purpose) {
      return useBytes(await storedKey('secret', purpose, () => random.bytes(keyLength)), createSecretKey)
    },
    async signingKey(purpose) {
      const privateKey = useBytes(await storedKey('signing-key', purpose, () => makeSigningKey(random)), (key) =>
        createPrivateKey({ key, format: 'der', type: 'pkcs8' }),
      )
      return { privateKey, publicKey: createPublicKey(privateKey) }
    },
  }
}

const parseJson = (text: Buffer): unknown => {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}
