import { lstat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { Streams } from '../verb.ts'

const unwritable = (output: string, cause: unknown, option = 'output'): NootropicError => {
  const { code = 'an error' } = ((cause as Error).cause ?? cause) as NodeJS.ErrnoException
  return new NootropicError(
    'FILE_UNREADABLE',
    `expected --${option} to name a file that can be written, ${output}: ${code}`,
    { cause },
  )
}

const occupied = (output: string): NootropicError =>
  new NootropicError(
    'USAGE',
    `expected --output to name a new file, ${output} is there already; remove it first if it may go, or name another`,
  )

/**
 * Writes a result into the file that an option, `--output` for most, names, in the place of what is there.
 *
 * @throws NootropicError `FILE_UNREADABLE`
 */
export const writeOutput = async (
  output: string,
  content: string,
  { directory }: Streams,
  option = 'output',
): Promise<void> => {
  await writeFile(resolve(directory, output), content).catch((cause: unknown) => {
    throw unwritable(output, cause, option)
  })
}

/** Verifies, before any work, that nothing is where {@link createOutput} is to write. @throws NootropicError `USAGE` */
export const verifyNewOutput = async (output: string, { directory }: Streams): Promise<void> => {
  const isThere = await lstat(resolve(directory, output)).then(
    () => true,
    () => false,
  )
  if (isThere) throw occupied(output)
}

/**
 * Writes a result into the new file that `--output` names, whole or not at all: what is there may be a part of the model.
 *
 * @throws NootropicError `USAGE` where there is one, `FILE_UNREADABLE`
 */
export const createOutput = async (output: string, content: string, { directory }: Streams): Promise<void> => {
  const { createPublicFile } = await import('@nootropic/core/storage')
  const isNew = await createPublicFile(resolve(directory, output), Buffer.from(content)).catch((cause: unknown) => {
    throw unwritable(output, cause)
  })
  if (!isNew) throw occupied(output)
}
