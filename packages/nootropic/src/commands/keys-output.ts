import type { KeyObject } from 'node:crypto'
import { access, constants, lstat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { Streams } from '../verb.ts'

/** A public key as a PEM text, as `openssl` and other verifiers take it. */
export const publicPem = (key: KeyObject): string => String(key.export({ type: 'spki', format: 'pem' }))

const taken = (option: string, path: string): NootropicError =>
  new NootropicError('USAGE', `expected --${option} to name a new file, ${path} is there; nothing is overwritten`)

/** Verifies that a file can be made, before what goes into it is. @throws NootropicError `USAGE` */
export const verifyNew = async (option: string, path: string, { directory }: Streams): Promise<string> => {
  const file = resolve(directory, path)
  // The separator at the end: what is there must be a directory.
  await access(join(dirname(file), sep), constants.W_OK | constants.X_OK).catch((cause: NodeJS.ErrnoException) => {
    const message = `expected --${option} to name a file in a directory that can be written to, ${path}: ${cause.code}`
    throw new NootropicError('USAGE', `${message}; make the directory, or name another`, { cause })
  })
  const isThere = await lstat(file).then(
    () => true,
    () => false,
  )
  if (isThere) throw taken(option, path)
  return file
}

/** Writes a new file that everybody may read. @throws NootropicError `USAGE` or `FILE_UNREADABLE` */
export const writePublic = async (option: string, path: string, text: string, streams: Streams): Promise<void> => {
  await writeFile(resolve(streams.directory, path), text, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw taken(option, path)
    const message = `expected --${option} to name a file that can be written, ${path}: ${cause.code}`
    throw new NootropicError('FILE_UNREADABLE', `${message}; \`nootropic keys public\` gives the key again`, { cause })
  })
}
