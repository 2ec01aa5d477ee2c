import { lstat } from 'node:fs/promises'
import { join } from 'node:path'

/** What the signature of a model that is a directory is called, at its top. */
export const signatureName = 'model.sig'

/**
 * Where the signature of a model stands where nobody says otherwise: `model.sig` in a directory, or beside a single file
 * with `.sig` after its name. Neither the model nor the signature need be there.
 */
export const usualSignature = async (model: string): Promise<string> => {
  const isDirectory = await lstat(model).then(
    (status) => status.isDirectory(),
    () => false,
  )
  return isDirectory ? join(model, signatureName) : `${model}.sig`
}
