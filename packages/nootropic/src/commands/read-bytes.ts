import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { Streams } from '../verb.ts'

// A pipe does not block the opening; Windows has no such flag.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** The bytes of a regular file that an option, or an operand in capitals as the help has them, names. @throws NootropicError `FILE_UNREADABLE` or `LIMIT_EXCEEDED` */
export const readBytes = async (
  option: string,
  path: string,
  { directory }: Streams,
  maximumBytes: number,
): Promise<Buffer> => {
  const name = option === option.toUpperCase() ? option : `--${option}`
  const unreadable = (found: string, cause?: unknown): NootropicError =>
    new NootropicError('FILE_UNREADABLE', `expected ${name} to name a file that can be read, ${path}: ${found}`, {
      cause,
    })
  const handle = await open(resolve(directory, path), flags).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(cause.code ?? 'unknown', cause)
  })
  try {
    const status = await handle.stat()
    if (!status.isFile()) throw unreadable('no regular file; write the text into one')
    if (status.size > maximumBytes) {
      const message = `expected ${name} to name a file of at most ${maximumBytes} bytes, ${path} has ${status.size}`
      throw new NootropicError('LIMIT_EXCEEDED', `${message}; send less at once`)
    }
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}
