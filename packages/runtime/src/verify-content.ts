import { type ModelRef, modelDigest, NootropicError, sha256 } from '@nootropic/core'
import type { ModelContent } from './sealed-model.ts'

// The largest published models are split into some hundred files (CWE-770).
const maximumFiles = 2048
// PATH_MAX of Linux is 4096 with what stands before it (CWE-770).
const maximumPathBytes = 1024

// One spelling for each file on every system: no separators or drives of Windows, no control characters (CWE-22).
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const strangeCharacter = /[\\:\u0000-\u001f\u007f]/

const malformed = (expected: string, found: string): NootropicError =>
  new NootropicError('MODEL_MALFORMED', `expected ${expected}, found ${found}`)

const isInside = (path: string): boolean =>
  Buffer.from(path).toString() === path && // no lone surrogates: they have no bytes
  Buffer.byteLength(path) <= maximumPathBytes &&
  !strangeCharacter.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

/**
 * Verifies that a model's files are the ones its digest names, and that their paths stay inside it.
 *
 * @throws NootropicError `MODEL_MALFORMED`, or `LIMIT_EXCEEDED` for more than 2048 files
 */
export const verifyContent = (ref: ModelRef, { main, files }: ModelContent): void => {
  if (files.length > maximumFiles) {
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected at most ${maximumFiles} files (maximumFiles), got ${files.length}`,
    )
  }
  const paths = new Set<string>()
  for (const { path, digest, bytes } of files) {
    const shown = JSON.stringify(path.slice(0, 100))
    if (!isInside(path)) throw malformed('paths inside the model, with / between their parts', shown)
    if (paths.has(path)) throw malformed('each path once', `${shown} twice`)
    paths.add(path)
    const found = sha256(bytes)
    if (found !== digest) throw malformed(`${shown} with digest ${digest}`, found)
  }
  if (!paths.has(main)) throw malformed('the main file among the files', JSON.stringify(main.slice(0, 100)))
  const digest = modelDigest(files)
  if (digest !== ref.digest) throw malformed(`a model of digest ${ref.digest}`, digest)
}
