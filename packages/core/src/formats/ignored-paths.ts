import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { NootropicError } from '../errors.ts'
import { quoted } from '../quoted.ts'
import { isAtOrBelow, isInsidePath } from './model-path.ts'
import { signatureName } from './signature-place.ts'

/**
 * What stands in a directory and is no part of the model: the repository that it lies in, and its signature; at its top
 * only. Who signs, verifies, reads, seals or lists a model leaves out the same, so that all find one digest.
 */
export const defaultIgnoredPaths: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore', signatureName]

/** The path inside the model at `root` of a file, or undefined when it lies elsewhere. The file need not be there. */
export const pathInside = async (root: string, file: string): Promise<string | undefined> => {
  try {
    const [from, directory] = [await realpath(root), await realpath(dirname(file))]
    const path = relative(from, join(directory, basename(file)))
      .split(sep)
      .join('/')
    return isInsidePath(path) ? path : undefined
  } catch {
    return undefined
  }
}

/**
 * Paths that a caller wants left out: `./a/` is `a`.
 *
 * @throws NootropicError `USAGE` for a path that does not lie inside the model
 */
export const parseIgnoredPaths = (paths: readonly string[]): string[] =>
  paths.map((given) => {
    const path = given.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
    if (isInsidePath(path)) return path
    throw new NootropicError(
      'USAGE',
      `expected a path inside the model to ignore, "/" between its parts and no patterns, found ${quoted(given)}`,
    )
  })

/**
 * Says which paths are left out: the given ones and what stands below them, except what was signed.
 *
 * @param signed paths inside the model; neither they nor the directories on their way are ever left out.
 */
export const createIgnore = (
  ignored: readonly string[],
  signed: Iterable<string> = [],
): ((path: string) => boolean) => {
  const kept = new Set<string>()
  for (const path of signed)
    for (let end = path.length; end > 0 && !kept.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1))
      kept.add(path.slice(0, end))
  return (path) => !kept.has(path) && ignored.some((ancestor) => isAtOrBelow(path, ancestor))
}
