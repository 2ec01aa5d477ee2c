import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isNootropicError, NootropicError } from '@nootropic/core'
import { parseBundle } from './bundle.ts'
import type { ProvenanceLimits } from './limits.ts'
import { readBundle } from './read-bundle.ts'

const occupied = (path: string, cause?: unknown): NootropicError =>
  new NootropicError(
    'USAGE',
    `expected nothing at ${path}, or an older signature to replace, found something else; name another file for the signature, or move this one away`,
    { cause },
  )

const verifyDirectory = async (directory: string, path: string): Promise<void> => {
  const isDirectory = await stat(directory).then(
    (status) => status.isDirectory(),
    () => false,
  )
  if (isDirectory) return
  const message = `expected a directory to write the signature ${path} into, found none at ${directory}`
  throw new NootropicError('USAGE', `${message}; make it, or name another file for the signature`)
}

/**
 * Verifies that a signature may be written to `path`: nothing is there, or an older signature. A file of the model is
 * neither, and is not overwritten. The directory is there.
 *
 * @returns whether there is one to replace.
 * @throws NootropicError `USAGE`
 */
export const verifySignaturePlace = async (path: string, limits: ProvenanceLimits): Promise<boolean> => {
  try {
    parseBundle(await readBundle(path, limits), limits)
    return true
  } catch (error) {
    if (!isNootropicError(error)) throw error
    const { code } = (error.cause ?? {}) as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw occupied(path, error)
    await verifyDirectory(dirname(path), path)
    return false
  }
}

/**
 * Writes a signature file, which everybody may read, so that a crash leaves the old one or the new one, never a part.
 *
 * @throws NootropicError `USAGE` as {@link verifySignaturePlace}; `STORAGE_FAILED`; what was there is then still there.
 */
export const writeSignature = async (path: string, text: string, limits: ProvenanceLimits): Promise<void> => {
  const { createPublicFile, writePublicFile } = await import('@nootropic/core/storage')
  const content = Buffer.from(text)
  // What was there when the signing began may be another file by now.
  if (await verifySignaturePlace(path, limits)) await writePublicFile(path, content)
  else if (!(await createPublicFile(path, content))) throw occupied(path)
}
