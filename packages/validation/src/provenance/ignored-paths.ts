import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { isAtOrBelow, isInsidePath } from './names.ts'

/** What belongs to the repository that a model lies in, not to the model; at its top only. */
export const defaultIgnoredPaths: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore']

/** The path inside the model at `root` of a file, or undefined when it lies elsewhere. The file need not be there. */
export const pathInside = async (root: string, file: string): Promise<string | undefined> => {
  const directory = await realpath(dirname(file)).catch(() => undefined)
  if (directory === undefined) return undefined
  const path = relative(root, join(directory, basename(file)))
    .split(sep)
    .join('/')
  return isInsidePath(path) ? path : undefined
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
      `expected a path inside the model to ignore, "/" between its parts and no patterns, found ${JSON.stringify(given)}`,
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
