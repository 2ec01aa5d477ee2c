import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Clock, isNootropicError, NootropicError, type Random } from '@nootropic/core'
import { openFloe, sealFloe } from '@nootropic/core/crypto'
import { createPrivateFile, readPrivateFile, writePrivateFile } from '@nootropic/core/storage'
import { z } from 'zod'
import { formatVerifierKey, type SigningKey } from './checkpoint.ts'
import { removeTemporariesOf } from './log-store.ts'

const seed = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32)
const fileSchema = z.strictObject({
  /** The key that was handed out when the log began. Its private half is gone once the first epoch ended. */
  first: z.string(),
  /** The size at which the present epoch began, and the key of the one before. */
  since: z.number().int().nonnegative(),
  /** When it began. A file from before this was kept has none. */
  begunAt: z.iso.datetime().optional(),
  previous: z.string().optional(),
  seed,
  /** The key of the next epoch, while the present one is being sealed. */
  nextSeed: seed.optional(),
})
type Content = z.infer<typeof fileSchema>

// What is sealed of the file is a few hundred bytes: small segments.
const segmentLength = 1024

// PKCS #8 of an Ed25519 key (RFC 8410 section 7) is this and the 32 bytes of the seed.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

const keyFrom = (text: string): SigningKey => {
  const key = Buffer.concat([pkcs8Prefix, Buffer.from(text, 'base64')])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  key.fill(0)
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** The keys of a log's epochs, in a file: there is never more than the present one, and for a moment the next. */
export interface EpochKeys {
  /** The vkey by which the whole log is verified. */
  readonly firstVerifierKey: string
  readonly privateKey: KeyObject
  readonly key: SigningKey
  readonly verifierKey: string
  /** The vkey of the epoch before, for checkpoints up to {@link since}. */
  readonly previousVerifierKey: string | undefined
  readonly since: number
  /** When the present epoch began, if that is known. */
  readonly begunAt: Date | undefined
  /** Makes the next epoch's key; it is on disk when this resolves. Returns its vkey. */
  prepare(): Promise<string>
  /** Goes over to the next key, if it is this one, and destroys the present one. */
  adopt(nextVerifierKey: string, since: number): Promise<boolean>
}

/** Replaces a private file, and overwrites the bytes that it had: an unlinked file could be found on the disk otherwise. */
const replaceAndErase = async (path: string, content: Uint8Array): Promise<void> => {
  let old: FileHandle | undefined
  try {
    old = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
    await writePrivateFile(path, content)
    const { size } = await old.stat()
    await old.write(Buffer.alloc(size), 0, size, 0)
    await old.sync()
  } finally {
    await old?.close()
  }
}

/**
 * Opens the keys of a log's epochs, or makes the first. Only the writer of the log may.
 *
 * @throws NootropicError `AUDIT_UNAVAILABLE` if the file cannot be read or written, or is not one of these.
 */
export const openEpochKeys = async (
  path: string,
  origin: string,
  options: { random: Random; clock: Clock; secret?: KeyObject | undefined },
): Promise<EpochKeys> => {
  const { random, clock, secret } = options
  const associatedData = Buffer.from(`nootropic audit epoch key\0${origin}`)
  const encode = (content: Content): Buffer => {
    const bytes = Buffer.from(JSON.stringify(content))
    return secret === undefined ? bytes : sealFloe(secret, bytes, { associatedData, random, segmentLength })
  }
  const decode = (bytes: Buffer): Content =>
    fileSchema.parse(
      JSON.parse((secret === undefined ? bytes : openFloe(secret, bytes, { associatedData })).toString()),
    )
  const now = (): string => clock.now().toISOString()
  const vkeyOf = (text: string): string => formatVerifierKey(origin, keyFrom(text).publicKey)
  const newSeed = (): string => random.bytes(32).toString('base64')
  const read = async (): Promise<Content> => {
    try {
      return decode(await readPrivateFile(path))
    } catch (error) {
      // What a parser says may repeat the file.
      const found = isNootropicError(error) ? error.message : 'something else'
      throw new NootropicError(
        'AUDIT_UNAVAILABLE',
        `expected the keys of the audit log's epochs in ${path}, found ${found}; restore the file, or begin another log`,
        { details: { reason: 'epoch-keys' } },
      )
    }
  }
  // A process that was killed may have left a key beside the file.
  await removeTemporariesOf(path)
  const firstSeed = newSeed()
  await createPrivateFile(path, encode({ first: vkeyOf(firstSeed), since: 0, begunAt: now(), seed: firstSeed }))
  let content = await read()
  let key = keyFrom(content.seed)
  return {
    get firstVerifierKey() {
      return content.first
    },
    get privateKey() {
      return key.privateKey
    },
    get key() {
      return key
    },
    get verifierKey() {
      return formatVerifierKey(origin, key.publicKey)
    },
    get previousVerifierKey() {
      return content.previous
    },
    get since() {
      return content.since
    },
    get begunAt() {
      return content.begunAt === undefined ? undefined : new Date(content.begunAt)
    },
    async prepare() {
      const nextSeed = newSeed()
      const next = { ...content, nextSeed }
      await replaceAndErase(path, encode(next))
      content = next
      return vkeyOf(nextSeed)
    },
    async adopt(nextVerifierKey, since) {
      const { first, seed: oldSeed, nextSeed } = content
      if (nextSeed === undefined || vkeyOf(nextSeed) !== nextVerifierKey) return false
      const next = { first, since, begunAt: now(), previous: vkeyOf(oldSeed), seed: nextSeed }
      await replaceAndErase(path, encode(next))
      content = next
      key = keyFrom(nextSeed)
      return true
    },
  }
}
