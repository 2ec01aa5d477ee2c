import { createHash, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import {
  canonicalJson,
  digestSchema,
  isNootropicError,
  type ModelRef,
  modelDigest,
  modelRefSchema,
  NootropicError,
  type Random,
} from '@nootropic/core'
import { type KeyStore, openFloe, openFloeStream, sealFloe, sealFloeStream } from '@nootropic/core/crypto'
import type { ModelPackage, PackageFile } from '@nootropic/core/formats'
import { openPrivateFile, readPrivateFile, writePrivateFile } from '@nootropic/core/storage'
import { z } from 'zod'

// A sealed model is one directory: `seal.json` says what it is and holds its wrapped key, `index` lists the files,
// `file-0` and so on are the files. No name on disk comes from the model.
const sealFile = 'seal.json'
const indexFile = 'index'
const contentFile = (position: number): string => `file-${position}`

const sealSchema = z.strictObject({ schemaVersion: z.literal(1), ...modelRefSchema.shape, wrappedKey: z.base64() })

const indexSchema = z.strictObject({
  main: z.string(),
  files: z.array(
    z.strictObject({
      path: z.string(),
      digest: digestSchema,
      size: z.number().int().nonnegative(),
    }),
  ),
})
type Index = z.infer<typeof indexSchema>

const chunkBytes = 1024 * 1024

/** A model's files, and the path of the one that a runtime loads. */
export type ModelContent = Pick<ModelPackage, 'main' | 'files'>

/** The keys that sealing needs. */
export type DataKeys = Pick<KeyStore, 'createDataKey' | 'unwrapDataKey'>

/** What a directory was sealed as, and its key. */
export interface Seal {
  readonly ref: ModelRef
  readonly key: KeyObject
}

// What each sealed file binds: it opens in its own place only.
const associatedData = (ref: ModelRef, file: { kind: 'index' } | { kind: 'file'; path: string }): Buffer =>
  Buffer.from(canonicalJson({ name: ref.name, version: ref.version, digest: ref.digest, ...file }))

const dataKeyName = (ref: ModelRef) => ({ purpose: 'vault', id: `${ref.name} ${ref.version} ${ref.digest}` })

/** The error for something sealed that is not what it was. */
export const corrupt = (path: string, found: string, cause?: unknown): NootropicError => {
  const message = `expected ${path} as it was sealed, found ${found}; restore it from a snapshot`
  return new NootropicError('SEALED_FILE_CORRUPT', message, { cause })
}

const isMissing = (error: unknown): boolean =>
  isNootropicError(error, 'FILE_UNREADABLE') && error.details.reason === 'ENOENT'

// Names the file in an error; one that is gone was changed too.
const within = async <Result>(path: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    if (isMissing(error)) throw corrupt(path, 'nothing', error)
    throw isNootropicError(error, 'SEALED_FILE_CORRUPT') ? corrupt(path, 'a change', error) : error
  }
}

const parseJson = (text: Buffer): unknown => {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) yield bytes.subarray(offset, offset + chunkBytes)
}

/** Writes a model into a directory that is there and empty; `seal.json` comes last. */
export const writeSealedModel = async (
  directory: string,
  ref: ModelRef,
  model: ModelContent,
  keys: DataKeys,
  random: Random,
): Promise<void> => {
  const { key, wrapped } = await keys.createDataKey(dataKeyName(ref))
  for (const [position, { path, bytes }] of model.files.entries()) {
    const options = { associatedData: associatedData(ref, { kind: 'file', path }), random }
    await writePrivateFile(join(directory, contentFile(position)), sealFloeStream(key, inChunks(bytes), options))
  }
  const files = model.files.map(({ path, digest, bytes }) => ({ path, digest, size: bytes.length }))
  const index = Buffer.from(canonicalJson({ main: model.main, files }))
  const options = { associatedData: associatedData(ref, { kind: 'index' }), random }
  await writePrivateFile(join(directory, indexFile), sealFloe(key, index, options))
  const seal = { schemaVersion: 1, ...ref, wrappedKey: wrapped.toString('base64') }
  await writePrivateFile(join(directory, sealFile), Buffer.from(canonicalJson(seal)))
}

/**
 * What a directory was sealed as, or undefined when nothing is there. The key opens under that very ref only.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT`
 */
export const readSeal = async (directory: string, keys: DataKeys): Promise<Seal | undefined> => {
  const path = join(directory, sealFile)
  let text: Buffer
  try {
    text = await readPrivateFile(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  const parsed = sealSchema.safeParse(parseJson(text))
  if (!parsed.success) throw corrupt(path, 'another text')
  const { name, version, digest, wrappedKey } = parsed.data
  const ref = { name, version, digest }
  const key = await within(path, () => keys.unwrapDataKey(Buffer.from(wrappedKey, 'base64'), dataKeyName(ref)))
  return { ref, key }
}

const readFile = async (path: string, { ref, key }: Seal, stated: Index['files'][number]): Promise<PackageFile> => {
  const sealed = (await openPrivateFile(path)).createReadStream({ highWaterMark: chunkBytes })
  const bytes = new Uint8Array(stated.size)
  const hash = createHash('sha256')
  let filled = 0
  const options = { associatedData: associatedData(ref, { kind: 'file', path: stated.path }) }
  for await (const piece of openFloeStream(key, sealed, options)) {
    if (filled + piece.length > bytes.length) throw corrupt(path, 'more content than the index states')
    bytes.set(piece, filled)
    hash.update(piece)
    filled += piece.length
  }
  if (filled !== stated.size || `sha256:${hash.digest('hex')}` !== stated.digest) {
    throw corrupt(path, 'other content than the index states')
  }
  return { path: stated.path, digest: stated.digest, bytes }
}

/**
 * Reads a sealed model into memory and verifies every byte against the digest of its seal.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT`
 */
export const readSealedModel = async (directory: string, seal: Seal): Promise<ModelPackage> => {
  const indexPath = join(directory, indexFile)
  const index = await within(indexPath, async () => {
    const options = { associatedData: associatedData(seal.ref, { kind: 'index' }) }
    return indexSchema.parse(parseJson(openFloe(seal.key, await readPrivateFile(indexPath), options)))
  })
  const digest = modelDigest(index.files)
  if (digest !== seal.ref.digest) throw corrupt(indexPath, 'files of another digest')
  const files: PackageFile[] = []
  for (const [position, stated] of index.files.entries()) {
    const path = join(directory, contentFile(position))
    files.push(await within(path, () => readFile(path, seal, stated)))
  }
  return { path: directory, digest, main: index.main, files }
}
