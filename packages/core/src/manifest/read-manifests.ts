import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { NootropicError } from '../errors.ts'
import { manifestLimits } from './limits.ts'
import { checkManifestTexts, type ManifestSet, type ManifestText } from './parse.ts'
import { type ManifestProblem, manifestError } from './problem.ts'

const problemAt = (file: string, message: string, line = 1, column = 1): ManifestProblem => ({
  file,
  line,
  column,
  path: '',
  message,
})

const systemCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error'

const unreadable = (path: string, cause: unknown): NootropicError =>
  new NootropicError(
    'FILE_UNREADABLE',
    `expected a file or directory of manifests at "${path}": ${systemCode(cause)}`,
    { cause },
  )

const decode = (bytes: Uint8Array, file: string): ManifestText | ManifestProblem => {
  try {
    return { path: file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    const before = new TextDecoder().decode(bytes).split('\uFFFD', 1).join('')
    const lines = before.split('\n')
    return problemAt(file, 'not UTF-8 text', lines.length, (lines.at(-1)?.length ?? 0) + 1)
  }
}

const readAtMost = async (handle: FileHandle, limit: number): Promise<Uint8Array> => {
  const buffer = Buffer.alloc(limit)
  let length = 0
  while (length < limit) {
    const { bytesRead } = await handle.read(buffer, length, limit - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

/** A file's text, or why it is not read. Links are refused (CWE-59): what they point at can change between checks. */
const readText = async (file: string): Promise<ManifestText | ManifestProblem> => {
  let handle: FileHandle | undefined
  try {
    const { isFile, isLink } = await lstat(file).then((found) => ({
      isFile: found.isFile(),
      isLink: found.isSymbolicLink(),
    }))
    if (isLink) return problemAt(file, 'a symbolic link, which is not followed: put the file itself here')
    if (!isFile) return problemAt(file, 'not a regular file')
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    if (!(await handle.stat()).isFile()) return problemAt(file, 'not a regular file')
    const bytes = await readAtMost(handle, manifestLimits.fileBytes + 1)
    if (bytes.length <= manifestLimits.fileBytes) return decode(bytes, file)
    return problemAt(file, `longer than the limit of ${manifestLimits.fileBytes} bytes`)
  } catch (cause) {
    return problemAt(file, `cannot be read: ${systemCode(cause)}`)
  } finally {
    await handle?.close()
  }
}

/** The manifest files of a path: itself, or those directly in the directory. */
const listFiles = async (path: string): Promise<string[]> => {
  if (!(await stat(path)).isDirectory()) return [path]
  const names = await readdir(path)
  return names
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(path, name))
}

/**
 * Reads the manifests of a file, or of the `*.yaml` and `*.yml` files directly in a directory (hidden ones left out,
 * links refused), in the order of their names.
 *
 * @throws NootropicError `FILE_UNREADABLE` where there is no such path, `MANIFEST_INVALID` with every problem of every
 * file in `details.problems`.
 *
 * @example
 * ```ts
 * const { manifests, policy } = await readManifests('./security/models')
 * const permissions = manifests.filter((manifest) => manifest.kind === 'ModelPermissions')
 * ```
 */
export const readManifests = async (path: string): Promise<ManifestSet> => {
  const files = await listFiles(path).catch((cause) => {
    throw unreadable(path, cause)
  })
  if (files.length === 0) throw manifestError([problemAt(path, 'no manifests here: expected *.yaml or *.yml files')])
  if (files.length > manifestLimits.files) {
    throw manifestError([problemAt(path, `more files than the limit of ${manifestLimits.files}`)])
  }
  const texts: ManifestText[] = []
  const problems: ManifestProblem[] = []
  for (const file of files) {
    const read = await readText(file)
    if ('text' in read) texts.push(read)
    else problems.push(read)
  }
  const checked = checkManifestTexts(texts)
  problems.push(...checked.problems)
  if (problems.length > 0) throw manifestError(problems)
  return checked.set
}
