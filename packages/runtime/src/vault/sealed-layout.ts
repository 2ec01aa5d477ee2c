import { canonicalJson, digestSchema, isNootropicError, modelRefSchema, NootropicError } from '@nootropic/core'
import { z } from 'zod'
import type { ModelVersion } from '../model-ref.ts'

// A sealed model is one directory: `seal.json` says which version it is and which key it has, `index` lists the files,
// `file-0` and so on are the files. No name on disk comes from the model, and no digest: those of public models are known.

export const sealName = 'seal.json'
export const indexName = 'index'
export const contentName = (position: number): string => `file-${position}`

/** The one text that is not sealed. What it says is bound to the key in the key store. */
export const sealSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: modelRefSchema.shape.name,
  version: modelRefSchema.shape.version,
  keyId: z.uuid(),
})

const sealedFileSchema = z.strictObject({
  path: z.string(),
  digest: digestSchema,
  size: z.number().int().nonnegative(),
})
/** What the index says of a file. */
export type IndexEntry = z.infer<typeof sealedFileSchema>

export const indexSchema = z.strictObject({ main: z.string().optional(), files: z.array(sealedFileSchema) })
export type Index = z.infer<typeof indexSchema>

/** What a data key is made for: it opens under this name only. */
export const dataKeyName = ({ name, version }: ModelVersion) => ({ purpose: 'vault', id: `${name} ${version}` })

/**
 * What each sealed file binds: it opens in its own place only. A data key seals one model once, so that what opens under
 * it is what was hashed then.
 */
export const associatedData = (
  { name, version }: ModelVersion,
  file: { kind: 'index' } | { kind: 'file'; path: string },
): Buffer => Buffer.from(canonicalJson({ name, version, ...file }))

export const labelOf = ({ name, version }: ModelVersion): string => `${name} ${version}`

/** The error for something sealed that is not what it was. */
export const corrupt = (path: string, found: string, cause?: unknown): NootropicError => {
  const message = `expected ${path} as it was sealed, found ${found}; restore it from a backup`
  return new NootropicError('SEALED_FILE_CORRUPT', message, { cause })
}

/** For `catch`: names the sealed file in an error; one that is gone was changed too. */
export const asSealedError = (path: string, error: unknown): NootropicError => {
  if (!isNootropicError(error)) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'an error'
    const message = `expected to read ${path}, found ${reason}; check the disk`
    return new NootropicError('STORAGE_FAILED', message, { cause: error })
  }
  const isMissing = error.code === 'FILE_UNREADABLE' && /^(ENOENT|ENOTDIR)$/.test(String(error.details.reason))
  if (isMissing) return corrupt(path, 'nothing', error)
  return error.code === 'SEALED_FILE_CORRUPT' && !error.message.includes(path)
    ? corrupt(path, 'a change', error)
    : error
}

/** For `catch`: nothing opens what is corrupt again; what only does not open now is an error. */
export const undefinedIfCorrupt = (error: unknown): undefined => {
  if (!isNootropicError(error, 'SEALED_FILE_CORRUPT')) throw error
}
