import { NootropicError } from '@nootropic/core'
import { isInsidePath } from '@nootropic/core/formats'

// The largest published models are split into some hundred files (CWE-770).
const maximumFiles = 2048
// PATH_MAX of Linux is 4096 with what stands before it (CWE-770).
const maximumPathBytes = 1024

const malformed = (expected: string, found: string): NootropicError =>
  new NootropicError('MODEL_MALFORMED', `expected ${expected}, found ${found}`)

// Foreign text as it may stand in a message.
const quoted = (path: string): string => JSON.stringify(path.slice(0, 100))

const parentsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, depth, parts) => parts.slice(0, depth + 1).join('/'))

/**
 * Verifies that the paths of a model's files stay inside it, can be made side by side, and hold the main file.
 *
 * @throws NootropicError `MODEL_MALFORMED`, or `LIMIT_EXCEEDED` for more than 2048 files
 */
export const verifyPaths = ({ main, paths }: { main: string | undefined; paths: readonly string[] }): void => {
  if (paths.length > maximumFiles) {
    const message = `expected at most ${maximumFiles} files (maximumFiles), got ${paths.length}`
    throw new NootropicError('LIMIT_EXCEEDED', message)
  }
  if (paths.length === 0) throw malformed('a file in the model', 'none')
  const known = new Set<string>()
  for (const path of paths) {
    if (!isInsidePath(path)) throw malformed('paths inside the model, with / between their parts', quoted(path))
    if (Buffer.byteLength(path) > maximumPathBytes)
      throw malformed(`paths of at most ${maximumPathBytes} bytes (maximumPathBytes)`, quoted(path))
    if (known.has(path)) throw malformed('each path once', `${quoted(path)} twice`)
    known.add(path)
  }
  const file = paths.flatMap(parentsOf).find((parent) => known.has(parent))
  if (file !== undefined) throw malformed('no file in the place of a directory', quoted(file))
  if (main !== undefined && !known.has(main)) throw malformed('the main file among the files', quoted(main))
}
