import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { type Digest, NootropicError } from '@nootropic/core'
import {
  createModelPackage,
  type ModelPackage,
  openSignedFiles,
  type PackageFile,
  packageLimits,
  type SignedFiles,
  type SignedFilesLimits,
  singleFile,
  usualSignature,
} from '@nootropic/core/formats'
import type { ProvenanceLimits } from './limits.ts'
import { type Verification, type VerifyOptions, verifyModel } from './verify-model.ts'

/** Whose model is opened: verified here and now, or by a verification that the caller has. */
export type OpenOptions =
  | (Omit<VerifyOptions, 'signature' | 'limits'> & {
      /** The bundle: `model.sig` in a directory, or beside a single file with `.sig` at its end, where nothing is said. */
      readonly signature?: string
      readonly limits?: Partial<ProvenanceLimits & SignedFilesLimits>
    })
  | {
      /** What `verifyModel` said of this path. Files that changed since then are not read. */
      readonly verification: Verification
      readonly limits?: Partial<SignedFilesLimits>
    }

/** A model whose signature holds, for reading: bytes leave it only when they are the signed ones. */
export interface VerifiedModel extends SignedFiles {
  readonly verification: Verification
  /**
   * All signed files in memory, for `validate`, a vault or a runtime. What the signature leaves out is not in it.
   *
   * @throws NootropicError as `read`; `LIMIT_EXCEEDED` (2048 files, 8 GiB), `USAGE` (no main file, or several)
   */
  readPackage(): Promise<ModelPackage>
}

const verificationOf = async (path: string, options: OpenOptions): Promise<Verification> => {
  // What is written without types may leave both open.
  if ('verification' in options && options.verification !== undefined) return options.verification
  if (!('trust' in options) || options.trust === undefined)
    throw new NootropicError('USAGE', `expected whom to trust, or a verification, to open ${path} with; found neither`)
  return verifyModel(path, { ...options, signature: options.signature ?? (await usualSignature(path)) })
}

const verifyPassed = (path: string, verification: Verification): void => {
  if (verification.verdict === 'pass') return
  const { code = 'FILE_UNREADABLE', findings } = verification
  const [first, ...more] = findings
  const found =
    first === undefined ? 'no verification that passed' : `${first.rule} in ${first.location.path}: ${first.message}`
  const rest = more.length > 0 ? `, and ${more.length} more findings` : ''
  const message = `expected ${path} to be a model with a signature that holds and is trusted, found ${found}${rest}; nothing of it was opened`
  throw new NootropicError(code, message, { details: { verification } })
}

const exceeded = (limit: 'entries' | 'totalBytes', path: string): NootropicError => {
  const maximum = packageLimits[limit]
  const message = `expected at most ${maximum} (limit ${limit}) of ${path} in memory, found more; read its files one by one`
  return new NootropicError('LIMIT_EXCEEDED', message, { details: { limit, maximum } })
}

// Node hashes less than 2 GiB at a time.
const pieceBytes = 2 ** 30

const digestOf = (bytes: Uint8Array): Digest => {
  const hash = createHash('sha256')
  for (let offset = 0; offset < bytes.length; offset += pieceBytes)
    hash.update(bytes.subarray(offset, offset + pieceBytes))
  return `sha256:${hash.digest('hex')}`
}

const readPackage = async (path: string, files: SignedFiles): Promise<ModelPackage> => {
  if (files.paths.length > packageLimits.entries) throw exceeded('entries', path)
  const name = basename(path)
  const read: PackageFile[] = []
  let total = 0
  for (const inside of files.paths) {
    const bytes = await files.read(inside)
    total += bytes.length
    if (total > packageLimits.totalBytes) throw exceeded('totalBytes', path)
    read.push({ path: inside === singleFile ? name : inside, bytes, digest: digestOf(bytes) })
  }
  return createModelPackage(path, read, files.paths.includes(singleFile) ? name : undefined)
}

/**
 * Verifies a model against its signature and opens it: the way to load what somebody signed. Every file is compared when it
 * is opened; every read hashes once more what it gives out, so that nothing that changes in between is ever loaded
 * (CWE-367), no file that was not signed, and nothing through a link.
 *
 * @param path the model: a directory, or a single file.
 * @throws NootropicError `SIGNATURE_INVALID` or `SIGNATURE_UNTRUSTED` with `details.verification`; `FILE_UNREADABLE`, also for
 * a file that could not be compared; `USAGE`, `LIMIT_EXCEEDED`, `ABORTED`
 * @example
 * ```ts
 * const trust = trustPublicKey({ publicKey: await readFile('signing.pub', 'utf8') })
 * const model = await openVerified('./models/digits', { trust })
 * const weights = await model.read('model.onnx')
 * ```
 */
export const openVerified = async (path: string, options: OpenOptions): Promise<VerifiedModel> => {
  const verification = await verificationOf(path, options)
  verifyPassed(path, verification)
  const { limits = {} } = options
  const files = await openSignedFiles(path, verification.resources, { limits })
  return { ...files, verification, readPackage: () => readPackage(path, files) }
}
