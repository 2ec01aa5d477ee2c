import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'

const templates = new URL('../manifests/', import.meta.url)

/** The commented templates: all kinds and the policy, by file name. */
const manifestTemplates = async (): Promise<{ name: string; text: string }[]> => {
  const names = (await readdir(templates)).filter((name) => name.endsWith('.yaml')).sort()
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(new URL(name, templates), 'utf8') })))
}

/** Writes a new file whole or not at all. @returns whether it was written: a file that is there stays as it is. */
const writeNew = async (path: string, text: string): Promise<boolean> => {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    // A full disk leaves a cut manifest, which the next run would keep as the user's own.
    await rm(path, { force: true })
    throw error
  }
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
      const isNew = await writeNew(join(directory, name), text)
      ;(isNew ? written : kept).push(name)
    }
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code
    const message = `expected ${directory} to be a directory that can be written, got ${found}`
    throw new NootropicError('FILE_UNREADABLE', message, { cause })
  }
  return { written, kept }
}
