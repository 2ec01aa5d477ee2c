import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { GeneratedFile } from './generated-file.ts'

/** The files under `root` that are not as generated: other content, missing, or no longer generated (`extra`). */
export const findStale = async (
  root: string,
  files: readonly GeneratedFile[],
  ownedDirectories: readonly string[],
): Promise<{ changed: GeneratedFile[]; extra: string[] }> => {
  const changed: GeneratedFile[] = []
  for (const file of files) {
    const present = await readFile(join(root, file.path), 'utf8').catch(() => undefined)
    if (present !== file.content) changed.push(file)
  }
  const extra: string[] = []
  for (const directory of ownedDirectories) {
    const wanted = files.filter(({ path }) => dirname(path) === directory).map(({ path }) => basename(path))
    const entries = await readdir(join(root, directory), { withFileTypes: true }).catch(() => [])
    const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
    extra.push(...names.filter((name) => !wanted.includes(name)).map((name) => `${directory}/${name}`))
  }
  return { changed, extra }
}
