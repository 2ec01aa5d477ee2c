import { isNootropicError, NootropicError } from '@nootropic/core'
import { openRegularFile } from '@nootropic/core/formats'
import { printable } from '../scan/rule.ts'
import { type ByteSource, fileSource } from '../scan/source.ts'
import { excessive, unfit } from './refusals.ts'

/**
 * Works on an open file of data. A link, a directory or a pipe is none.
 *
 * @throws NootropicError `FILE_UNREADABLE`; `USAGE` for a file without a byte
 */
export const withDataFile = async <Result>(
  path: string,
  work: (content: ByteSource) => Promise<Result>,
): Promise<Result> => {
  const { handle, size } = await openRegularFile(path)
  try {
    if (size === 0) throw unfit(path, 'hold examples', 'an empty file', 'name the file that holds them')
    return await work(fileSource(handle.fd, size))
  } catch (error) {
    if (isNootropicError(error) || !(error instanceof Error) || !('syscall' in error)) throw error
    const message = `expected ${printable(path)} to be readable, found ${error.message}; check the disk and the path`
    throw new NootropicError('FILE_UNREADABLE', message, { cause: error })
  } finally {
    await handle.close()
  }
}

/** The whole content of a file that is parsed at once. */
export const readWhole = (
  path: string,
  limit: { readonly name: string; readonly bytes: number },
): Promise<Uint8Array> =>
  withDataFile(path, async (content) => {
    if (content.size > limit.bytes)
      throw excessive(path, limit.name, limit.bytes, content.size, 'raise the limit if you trust the file')
    return content.read(0, content.size)
  })

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Text of a file; a byte order mark is left out. */
export const decodeText = (path: string, bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw unfit(path, 'be UTF-8 text', 'other bytes', 'save it as UTF-8', cause)
  }
}

/** Parses JSON that stands at `place` of a file. */
export const parseJson = (path: string, text: string, place = 'the whole'): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? printable(cause.message) : 'no JSON'
    throw unfit(path, `be JSON in ${place}`, reason, 'write it again', cause)
  }
}
