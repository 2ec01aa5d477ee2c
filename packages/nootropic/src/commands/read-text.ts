import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { Streams } from '../verb.ts'

/** The text of a file that an option names. @throws NootropicError `FILE_UNREADABLE` */
export const readText = async (option: string, path: string, { directory }: Streams): Promise<string> => {
  try {
    return await readFile(resolve(directory, path), 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new NootropicError(
      'FILE_UNREADABLE',
      `expected --${option} to name a file that can be read, ${path}: ${code}`,
      {
        cause,
      },
    )
  }
}
