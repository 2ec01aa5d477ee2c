import { NootropicError } from '@nootropic/core'
import type { ModelPackage, PackageFile, PackageLimits } from '@nootropic/core/formats'
import { labelOf } from './sealed-layout.ts'
import { type SealedFile, type SealedModel, sealedFilesOf, streamContent } from './sealed-model.ts'

/** What of a model is held in memory at most. */
export type MemoryLimits = Pick<PackageLimits, 'fileBytes' | 'totalBytes'>

const verifySize = ({ ref, files }: SealedModel, limits: MemoryLimits): void => {
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const longest = files.reduce((most, { size }) => Math.max(most, size), 0)
  const exceeded = total > limits.totalBytes ? 'totalBytes' : longest > limits.fileBytes ? 'fileBytes' : undefined
  if (exceeded === undefined) return
  const found = exceeded === 'totalBytes' ? total : longest
  const message = `expected at most ${limits[exceeded]} bytes (limit ${exceeded}) of ${labelOf(ref)} in memory, found ${found}`
  throw new NootropicError('LIMIT_EXCEEDED', `${message}; read it in pieces with openReader`)
}

const allocate = ({ path, stated }: SealedFile): Uint8Array => {
  try {
    return new Uint8Array(stated.size)
  } catch (cause) {
    const message = `expected memory for the ${stated.size} bytes of ${path}, found too little`
    throw new NootropicError('LIMIT_EXCEEDED', `${message}; free memory, or read it in pieces with openReader`, {
      cause,
    })
  }
}

/** Overwrites a model's bytes. Copies that others made of them are beyond reach. */
export const wipeModel = ({ files }: Pick<ModelPackage, 'files'>): void => {
  for (const { bytes } of files) bytes.fill(0)
}

/**
 * Reads a sealed model into memory and verifies every byte.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT`, `LIMIT_EXCEEDED`, or `USAGE` for a model without a main file
 */
export const readModel = async (model: SealedModel, limits: MemoryLimits): Promise<ModelPackage> => {
  verifySize(model, limits)
  const { directory: path, main, ref } = model
  if (main === undefined) {
    const message = `expected ${labelOf(ref)} to have a main file to load, found none`
    throw new NootropicError(
      'USAGE',
      `${message}; seal it with its main file named, or read it in pieces with openReader`,
    )
  }
  const files: PackageFile[] = []
  try {
    for (const file of sealedFilesOf(model)) {
      const bytes = allocate(file)
      files.push({ path: file.stated.path, digest: file.stated.digest, bytes })
      let filled = 0
      for await (const content of streamContent(file)) {
        bytes.set(content, filled)
        filled += content.length
      }
    }
    return { path, digest: ref.digest, main, files }
  } catch (error) {
    wipeModel({ files })
    throw error
  }
}
