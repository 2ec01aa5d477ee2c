import { openRegularFile } from '@nootropic/core/formats'
import type { ProvenanceLimits } from './limits.ts'

/**
 * Reads the file of a signature, whose content may be anything.
 *
 * @returns at most one byte more than is allowed, so that the parser can refuse it.
 * @throws NootropicError `FILE_UNREADABLE` (missing, a link, a pipe)
 */
export const readBundle = async (path: string, { bundleBytes }: ProvenanceLimits): Promise<Buffer> => {
  const { handle, size } = await openRegularFile(path)
  try {
    const bytes = Buffer.alloc(Math.min(size, bundleBytes + 1))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
