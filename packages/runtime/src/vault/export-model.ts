import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isNootropicError, NootropicError, type Random } from '@nootropic/core'
import { openFloeFile } from '@nootropic/core/crypto'
import { openPrivateFile, syncDirectory } from '@nootropic/core/storage'
import { asSealedError } from './sealed-layout.ts'
import { createContentCheck, type SealedFile, type SealedModel, sealedFilesOf } from './sealed-model.ts'
import { withVaultLock } from './vault-lock.ts'
import { verifyPaths } from './verify-paths.ts'
import { isOwnWork, isThere, removeDeadWork, withWorkDirectory } from './work-directory.ts'

const verifyNew = async (target: string): Promise<void> => {
  if (await isThere(target))
    throw new NootropicError('USAGE', `expected nothing at ${target} yet, found something; name a new directory`)
}

const writeClear = async (file: SealedFile, target: string): Promise<void> => {
  const check = createContentCheck(file)
  const from = await openPrivateFile(file.path).catch((error: unknown) => {
    throw asSealedError(file.path, error)
  })
  try {
    const to = await open(target, 'wx', 0o600)
    try {
      const options = { associatedData: file.associatedData, onContent: check.add }
      await openFloeFile(file.key, from, to, options).catch((error: unknown) => {
        throw asSealedError(file.path, error)
      })
      check.verify()
      await to.sync()
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
}

/** Every directory of the model, the deepest first, and the model itself. */
const directoriesOf = (paths: readonly string[]): string[] => {
  const found = new Set(['.'])
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1)
    for (const depth of parts.keys()) found.add(parts.slice(0, depth + 1).join('/'))
  }
  return [...found].sort().reverse()
}

const writeAll = async (model: SealedModel, directory: string): Promise<void> => {
  const paths = model.files.map(({ path }) => path)
  verifyPaths({ main: model.main, paths })
  const directories = directoriesOf(paths)
  for (const inside of directories) await mkdir(join(directory, inside), { recursive: true, mode: 0o700 })
  for (const file of sealedFilesOf(model)) await writeClear(file, join(directory, file.stated.path))
  for (const inside of directories) await syncDirectory(join(directory, inside))
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Where the clear bytes are in a work directory: beside its lock, so that they are never there without it. */
const contentOf = (work: string): string => join(work, 'model')

const removeWork = async (work: string): Promise<void> => {
  await rm(contentOf(work), { recursive: true, force: true })
  await rm(work, { recursive: true })
}

/** Removes what a process that was killed may have left of an export to the same place. */
const removeCutOff = async (parent: string, prefix: string): Promise<void> => {
  for (const name of await readdir(parent)) {
    // The parent may be /tmp: a name alone proves nothing there.
    if (!name.startsWith(prefix) || !uuidPattern.test(name.slice(prefix.length))) continue
    const path = join(parent, name)
    if (await isOwnWork(path).catch(() => false)) await removeDeadWork(path, removeWork)
  }
}

/**
 * Writes a model in the clear into a new directory, whole or not at all: beside it first, where every byte is verified.
 *
 * @throws NootropicError `USAGE` when something is there, `SEALED_FILE_CORRUPT`, `STORAGE_FAILED`
 */
export const exportModel = async (
  model: SealedModel,
  target: string,
  { vault, random }: { vault: string; random: Random },
): Promise<void> => {
  const directory = resolve(target)
  const parent = dirname(directory)
  const prefix = `.${basename(directory)}.unsealing-`
  const work = join(parent, `${prefix}${random.uuid()}`)
  const content = contentOf(work)
  try {
    await verifyNew(directory)
    await withVaultLock(vault, () => removeCutOff(parent, prefix))
    await withWorkDirectory(work, { vault }, async () => {
      await mkdir(content, { mode: 0o700 })
      await writeAll(model, content)
      await withVaultLock(vault, async () => {
        await verifyNew(directory)
        await rename(content, directory)
        await syncDirectory(parent)
      })
    })
  } catch (error) {
    if (isNootropicError(error)) throw error
    const found = (error as NodeJS.ErrnoException).code ?? 'an error'
    const message = `expected to write ${directory}, found ${found}; check free space and permissions`
    throw new NootropicError('STORAGE_FAILED', message, { cause: error })
  }
}
