import { modelDigest, NootropicError } from '@nootropic/core'
import { createContentHasher, type ModelPackage, type PackageFile } from '@nootropic/core/formats'
import { singleFile } from './names.ts'
import type { Resource } from './statement.ts'

const pieceLength = 2 ** 20

const notSigned = (path: string, found: string): NootropicError =>
  new NootropicError(
    'SIGNATURE_INVALID',
    `expected ${JSON.stringify(path)} to be as it was signed, found ${found}; get the model again from its source`,
    { details: { path } },
  )

const verifyBytes = async ({ path, bytes }: PackageFile, resources: readonly Resource[]): Promise<void> => {
  for (const { algorithm, digest, start = 0, end = bytes.length } of resources) {
    const hasher = await createContentHasher(algorithm)
    // Node hashes less than 2 GiB at a time.
    for (let offset = start; offset < end; offset += pieceLength)
      hasher.update(bytes.subarray(offset, Math.min(end, offset + pieceLength)))
    if (hasher.digest() !== digest) throw notSigned(path, 'other bytes')
  }
  const end = Math.max(...resources.map((resource) => resource.end ?? bytes.length))
  if (end !== bytes.length) throw notSigned(path, `${bytes.length} bytes instead of ${end}`)
}

/**
 * What of a model in memory was signed: its signed files, each with the signed bytes. Files that a signature leaves out
 * leave the package, so that nothing can load them; those that changed after they were verified are refused (CWE-367).
 *
 * @param resources what a verification that passed lists.
 * @throws NootropicError `SIGNATURE_INVALID`
 */
export const signedPackage = async (model: ModelPackage, resources: readonly Resource[]): Promise<ModelPackage> => {
  const listed = new Map<string, Resource[]>()
  for (const resource of resources) {
    const path = resource.path === singleFile ? model.main : resource.path
    listed.set(path, [...(listed.get(path) ?? []), resource])
  }
  const files: PackageFile[] = []
  for (const file of model.files) {
    const signed = listed.get(file.path)
    if (signed === undefined) continue
    await verifyBytes(file, signed)
    files.push(file)
  }
  const paths = new Set(files.map(({ path }) => path))
  for (const path of listed.keys()) if (!paths.has(path)) throw notSigned(path, 'nothing')
  if (!paths.has(model.main)) throw notSigned(model.main, 'that the signature does not list it')
  return { ...model, files, digest: modelDigest(files) }
}
