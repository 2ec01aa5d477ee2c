import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { Streams } from '../verb.ts'

/** Writes a result into the file that `--output` names. @throws NootropicError `FILE_UNREADABLE` */
export const writeOutput = async (output: string, content: string, { directory }: Streams): Promise<void> => {
  await writeFile(resolve(directory, output), content).catch((cause: NodeJS.ErrnoException) => {
    throw new NootropicError(
      'FILE_UNREADABLE',
      `expected --output to name a file that can be written, ${output}: ${cause.code}`,
      { cause },
    )
  })
}
