import { createHash } from 'node:crypto'
import { type FileHandle, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, type ModelRef, modelDigest, type Random } from '@nootropic/core'
import { type KeyStore, sealFloe } from '@nootropic/core/crypto'
import type { ModelVersion } from '../model-ref.ts'
import type { ModelSource } from './model-source.ts'
import { associatedData, contentName, dataKeyName, type IndexEntry, indexName, sealName } from './sealed-layout.ts'
import { verifyPaths } from './verify-paths.ts'

/** The keys that a vault needs. */
export type DataKeys = Pick<KeyStore, 'createDataKey' | 'dataKey' | 'removeKey'>

/** Makes a new private file (0600) that is on disk when this resolves. */
export const createFile = async (path: string, write: (file: FileHandle) => Promise<unknown>): Promise<void> => {
  const file = await open(path, 'wx', 0o600)
  try {
    await write(file)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Seals a model under a new key into a directory that is there: each file is hashed as it is sealed, from one read.
 *
 * @returns what was sealed; its digest is that of the sealed bytes.
 * @throws NootropicError `MODEL_MALFORMED` or `LIMIT_EXCEEDED` for its paths, `STORAGE_FAILED`, and what the source throws
 */
export const sealModel = async (
  directory: string,
  model: ModelVersion,
  source: ModelSource,
  { keys, random }: { keys: DataKeys; random: Random },
): Promise<ModelRef> => {
  verifyPaths(source)
  const { name, version } = model
  const { keyId, key } = await keys.createDataKey(dataKeyName(model))
  // First, so that whoever finds an unfinished seal knows which key goes with it.
  const seal = canonicalJson({ schemaVersion: 1, name, version, keyId })
  await createFile(join(directory, sealName), (file) => writeFile(file, seal))
  const files: IndexEntry[] = []
  await source.visit(async (path, sealInto) => {
    const hash = createHash('sha256')
    let size = 0
    const onContent = (content: Buffer): void => {
      hash.update(content)
      size += content.length
    }
    const options = { associatedData: associatedData(model, { kind: 'file', path }), random, onContent }
    await createFile(join(directory, contentName(files.length)), (file) => sealInto(key, file, options))
    files.push({ path, digest: `sha256:${hash.digest('hex')}`, size })
  })
  const index = canonicalJson({ ...(source.main === undefined ? {} : { main: source.main }), files })
  const options = { associatedData: associatedData(model, { kind: 'index' }), random }
  await createFile(join(directory, indexName), (file) => writeFile(file, sealFloe(key, Buffer.from(index), options)))
  return { name, version, digest: modelDigest(files) }
}
