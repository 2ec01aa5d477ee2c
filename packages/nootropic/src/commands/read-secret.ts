import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Streams } from '../verb.ts'
import { readBytes } from './read-bytes.ts'

/** Keys in PEM have some hundred bytes; a larger file was named by mistake (CWE-770). */
const maximumSecretBytes = 2 ** 16

/**
 * The secret in a file that an option names. The caller wipes it. A file that others may read is told on stderr.
 *
 * @throws NootropicError `FILE_UNREADABLE` or `LIMIT_EXCEEDED`
 */
export const readSecret = async (option: string, path: string, streams: Streams): Promise<Buffer> => {
  const secret = await readBytes(option, path, streams, maximumSecretBytes)
  const { mode } = await stat(resolve(streams.directory, path))
  // Windows has no modes: there the access list of the directory is what protects.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    streams.diagnostics(`nootropic: others may read the secret that --${option} names; run: chmod 600 '${path}'\n`)
  }
  return secret
}
