import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'

const templates = new URL('../manifests/', import.meta.url)

/** The commented templates: all kinds and the policy, by file name. */
const manifestTemplates = async (): Promise<{ name: string; text: string }[]> => {
  const names = (await readdir(templates)).filter((name) => name.endsWith('.yaml')).sort()
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(new URL(name, templates), 'utf8') })))
}

/**
 * Writes the templates into `directory`. Files that are there already stay as they are, so that nobody loses a setting.
 *
 * @returns the names of what was written and of what was kept.
 * @throws NootropicError `FILE_UNREADABLE` when the directory cannot be written.
 */
export const initialise = async (directory: string): Promise<{ written: string[]; kept: string[] }> => {
  const written: string[] = []
  const kept: string[] = []
  try {
    await mkdir(directory, { recursive: true })
    for (const { name, text } of await manifestTemplates()) {
      try {
        const file = await open(join(directory, name), 'wx')
        try {
          await file.writeFile(text)
        } finally {
          await file.close()
        }
        written.push(name)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        kept.push(name)
      }
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new NootropicError(
      'FILE_UNREADABLE',
      `expected ${directory} to be a directory that can be written, got ${code}`,
      {
        cause,
      },
    )
  }
  return { written, kept }
}
