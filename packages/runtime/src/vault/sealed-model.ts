import { createHash, type KeyObject } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isNootropicError, type ModelRef, modelDigest } from '@nootropic/core'
import { openFloe, openFloeSegments } from '@nootropic/core/crypto'
import { ensurePrivateDirectory, openPrivateFile, readPrivateFile } from '@nootropic/core/storage'
import type { ModelVersion } from '../model-ref.ts'
import type { DataKeys } from './seal-model.ts'
import {
  asSealedError,
  associatedData,
  contentName,
  corrupt,
  dataKeyName,
  type Index,
  type IndexEntry,
  indexName,
  indexSchema,
  labelOf,
  sealName,
  sealSchema,
} from './sealed-layout.ts'
import { isPrivateDirectory, statsAt } from './work-directory.ts'

/** A sealed model whose seal and index were verified. */
export interface SealedModel extends Index {
  readonly directory: string
  readonly ref: ModelRef
  readonly keyId: string
  readonly key: KeyObject
}

// As long as a segment, which is what `sealFloe` makes by default.
const pieceBytes = 1024 * 1024

const parseJson = (text: Buffer): unknown => {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}

/**
 * What the seal in a directory says, which is not authentic before the index opened.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT`, `FILE_UNREADABLE`
 */
export const readSeal = async (directory: string): Promise<ModelVersion & { keyId: string }> => {
  const path = join(directory, sealName)
  const text = await readPrivateFile(path).catch((error: unknown) => {
    throw asSealedError(path, error)
  })
  const parsed = sealSchema.safeParse(parseJson(text))
  if (!parsed.success) throw corrupt(path, 'another text')
  return parsed.data
}

const keyOf = async (
  directory: string,
  model: ModelVersion,
  keys: DataKeys,
): Promise<Pick<SealedModel, 'keyId' | 'key'>> => {
  const { keyId, ...stated } = await readSeal(directory)
  if (labelOf(stated) !== labelOf(model)) throw corrupt(directory, `the seal of ${labelOf(stated)}`)
  const key = await keys.dataKey(keyId, dataKeyName(model)).catch((error: unknown) => {
    // A key that the store does not know, or that is for something else, says that the seal is not what it was.
    const isOther =
      isNootropicError(error, 'KEY_UNAVAILABLE') && /^(unknown|other-name)$/.test(String(error.details.reason))
    throw isOther ? corrupt(join(directory, sealName), 'another key than this key store has for it', error) : error
  })
  return { keyId, key }
}

const readIndex = async (directory: string, model: ModelVersion, key: KeyObject): Promise<Index> => {
  const path = join(directory, indexName)
  try {
    const options = { associatedData: associatedData(model, { kind: 'index' }) }
    return indexSchema.parse(parseJson(openFloe(key, await readPrivateFile(path), options)))
  } catch (error) {
    throw asSealedError(path, error)
  }
}

const verifyNames = async (directory: string, { files }: Index): Promise<void> => {
  const expected = new Set([sealName, indexName, ...files.map((_, position) => contentName(position))])
  const found = new Set(await readdir(directory))
  const extra = [...found].find((name) => !expected.has(name))
  const missing = [...expected].find((name) => !found.has(name))
  if (extra !== undefined) throw corrupt(directory, 'a file too many')
  if (missing !== undefined) throw corrupt(join(directory, missing), 'nothing')
}

/**
 * Opens the seal and the index in a directory, whatever else is in it.
 *
 * @throws NootropicError as {@link openSealedModel}
 */
export const readSealedModel = async (
  directory: string,
  { name, version }: ModelVersion,
  keys: DataKeys,
): Promise<SealedModel> => {
  const { keyId, key } = await keyOf(directory, { name, version }, keys)
  const index = await readIndex(directory, { name, version }, key)
  return { ...index, directory, keyId, key, ref: { name, version, digest: modelDigest(index.files) } }
}

/** What tells a directory from another of its name, and from what it was before its entries changed. */
const stateOf = async (directory: string): Promise<string | undefined> => {
  const stats = await statsAt(directory)
  return stats && `${stats.ino} ${stats.ctimeNs}`
}

// One that is removed meanwhile must not be made again.
const verifyPrivate = async (directory: string): Promise<void> => {
  if (isPrivateDirectory(await lstat(directory))) return
  await ensurePrivateDirectory(directory) // says what is wrong with it
}

/**
 * Opens the seal and the index in a directory that holds one version and nothing else; undefined where there is none.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT`, `FILE_UNREADABLE` for what others can read, `KEY_UNAVAILABLE` for a revoked
 *   key, `STORAGE_FAILED`
 */
export const openSealedModel = async (
  directory: string,
  model: ModelVersion,
  keys: DataKeys,
): Promise<SealedModel | undefined> => {
  try {
    const before = await stateOf(directory)
    if (before === undefined) return undefined
    try {
      await verifyPrivate(dirname(directory))
      await verifyPrivate(directory)
      const sealed = await readSealedModel(directory, model, keys)
      await verifyNames(directory, sealed)
      return sealed
    } catch (error) {
      if ((await stateOf(directory)) === before) throw error
    }
  } catch (error) {
    throw asSealedError(directory, error)
  }
  // Meanwhile it was removed, or something else took its place.
  return openSealedModel(directory, model, keys)
}

/** A sealed file: where it is, what the index says of it, and what it opens under. */
export interface SealedFile {
  readonly path: string
  readonly stated: IndexEntry
  readonly key: KeyObject
  readonly associatedData: Buffer
}

/** The sealed files of a model, in the order of its index. */
export const sealedFilesOf = ({ directory, ref, key, files }: SealedModel): SealedFile[] =>
  files.map((stated, position) => ({
    path: join(directory, contentName(position)),
    stated,
    key,
    associatedData: associatedData(ref, { kind: 'file', path: stated.path }),
  }))

/** Hashes content, and compares it with what the index states once all of it came. */
export const createContentCheck = ({ path, stated }: SealedFile) => {
  const hash = createHash('sha256')
  let size = 0
  return {
    /** @throws NootropicError `SEALED_FILE_CORRUPT` for more than is stated */
    add(content: Buffer): void {
      size += content.length
      if (size > stated.size) throw corrupt(path, 'more content than the index states')
      hash.update(content)
    },
    /** @throws NootropicError `SEALED_FILE_CORRUPT` */
    verify(): void {
      if (size === stated.size && `sha256:${hash.digest('hex')}` === stated.digest) return
      throw corrupt(path, 'other content than the index states')
    },
  }
}

/**
 * A file's bytes in full pieces, in three buffers that take turns: at twice the speed of a stream, which allocates each.
 * Whoever opens segments of one piece or less holds no more than two pieces, and would refuse what was overwritten.
 */
async function* readPieces(path: string): AsyncGenerator<Buffer, void, void> {
  const file = await openPrivateFile(path)
  try {
    const buffers = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(pieceBytes))
    let filled = pieceBytes
    for (let turn = 0; filled === pieceBytes; turn += 1) {
      const buffer = buffers[turn % buffers.length] as Buffer
      let bytesRead = -1
      for (filled = 0; filled < pieceBytes && bytesRead !== 0; filled += bytesRead) {
        const position = turn * pieceBytes + filled
        bytesRead = (await file.read(buffer, filled, pieceBytes - filled, position)).bytesRead
      }
      yield buffer.subarray(0, filled)
    }
  } finally {
    await file.close()
  }
}

/**
 * The content of a file piece by piece, each verified before it leaves and only lent: the next overwrites it. The digest
 * of the whole is verified at the end.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT`
 */
export async function* streamContent(file: SealedFile): AsyncGenerator<Buffer, void, void> {
  const check = createContentCheck(file)
  try {
    const options = { associatedData: file.associatedData }
    for await (const content of openFloeSegments(file.key, readPieces(file.path), options)) {
      check.add(content)
      yield content
    }
    check.verify()
  } catch (error) {
    throw asSealedError(file.path, error)
  }
}

/** Verifies every byte of a sealed model. @throws NootropicError `SEALED_FILE_CORRUPT` */
export const verifySealedModel = async (model: SealedModel): Promise<void> => {
  for (const file of sealedFilesOf(model)) for await (const _ of streamContent(file));
}
