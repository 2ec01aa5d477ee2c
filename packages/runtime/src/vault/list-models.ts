import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelRef, modelNameSchema, modelVersionSchema, NootropicError } from '@nootropic/core'
import type { ModelVersion } from '../model-ref.ts'
import { asSealedError } from './sealed-layout.ts'
import type { DamagedModel } from './vault-contract.ts'

const readVersions = async (path: string): Promise<string[]> => {
  if (!(await lstat(path)).isDirectory()) {
    const message = `expected ${path} to be a directory of versions, found a link or a file; move it away`
    throw new NootropicError('FILE_UNREADABLE', message)
  }
  return (await readdir(path)).filter((version) => modelVersionSchema.safeParse(version).success).sort()
}

/**
 * What is sealed in a vault's directory, by name and version. What cannot be read has its problem, and hides nothing else.
 *
 * @param find opens a version; undefined when it is gone by now.
 */
export const listModels = async (
  directory: string,
  find: (model: ModelVersion) => Promise<ModelRef | undefined>,
): Promise<(ModelRef | DamagedModel)[]> => {
  const models: (ModelRef | DamagedModel)[] = []
  for (const name of (await readdir(directory)).filter((name) => modelNameSchema.safeParse(name).success).sort()) {
    const path = join(directory, name)
    try {
      for (const version of await readVersions(path)) {
        const model = await find({ name, version }).catch((error: unknown) => ({
          name,
          version,
          problem: asSealedError(join(path, version), error),
        }))
        if (model !== undefined) models.push(model)
      }
    } catch (error) {
      models.push({ name, problem: asSealedError(path, error) })
    }
  }
  return models
}
