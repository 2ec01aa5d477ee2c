import { posix } from 'node:path'
import { type Clock, type Digest, NootropicError, systemClock } from '@nootropic/core'
import {
  type ContentHash,
  createIgnore,
  defaultIgnoredPaths,
  parseIgnoredPaths,
  pathInside,
  signatureName,
  usualSignature,
} from '@nootropic/core/formats'
import { bundleMediaType } from './bundle.ts'
import { verifySigningChain } from './certificate-chain.ts'
import type { Signer } from './contracts.ts'
import type { DigestCache } from './digest-cache.ts'
import { hintOf, isSignedBy } from './elliptic-key.ts'
import { type HashOptions, hashFiles } from './hash-files.ts'
import { type ProvenanceLimits, provenanceLimits } from './limits.ts'
import { findModel, listModel, type ModelTree } from './model-tree.ts'
import { byCodePoint } from './names.ts'
import { inTotoPayloadType, preAuthenticationEncoding } from './pae.ts'
import { countResources, type ResourceTask, resourceTasks } from './resource-tasks.ts'
import { type Resource, rootDigest, type Serialization, writeStatement } from './statement.ts'
import { verifySignaturePlace, writeSignature } from './write-signature.ts'

/** How a model is signed. */
export interface SignOptions {
  readonly signer: Signer
  /**
   * Where the bundle is written: `model.sig` in the directory, or beside a single file with `.sig` at its end. An older
   * signature there is replaced; another file is not.
   */
  readonly signature?: string
  /** Paths inside the model that are not signed, beside `.git` and its like; everybody who verifies sees them. */
  readonly ignore?: readonly string[]
  /** Whole files, or pieces of them, which can be hashed side by side and loaded one by one. */
  readonly method?: Serialization['method']
  /** In bytes, for shards: 1,000,000,000 where nothing is said. */
  readonly shardSize?: number
  readonly hash?: ContentHash
  /** Digests of files that did not change since they were last signed. */
  readonly digestCache?: DigestCache
  readonly threads?: number
  readonly signal?: AbortSignal
  readonly limits?: Partial<ProvenanceLimits>
  readonly clock?: Clock
}

/** A model that was signed. */
export interface SignedModel {
  /** The file that was written. */
  readonly signature: string
  /** The root digest: it names the model. */
  readonly digest: Digest
  readonly resources: readonly Resource[]
}

/** The size that the format names. */
const defaultShardSize = 1_000_000_000

const refuse = (code: 'USAGE' | 'FILE_UNREADABLE', message: string): never => {
  throw new NootropicError(code, message)
}

const serializationOf = (options: SignOptions, ignorePaths: readonly string[]): Serialization => {
  const { method = 'files', hash = 'sha256', shardSize = defaultShardSize } = options
  const base = { method, hash, ignorePaths: [...new Set(ignorePaths)].sort(byCodePoint) }
  if (method === 'files') return base
  if (!Number.isSafeInteger(shardSize) || shardSize < 1)
    return refuse('USAGE', `expected a size of shards in whole bytes, found ${shardSize}`)
  return { ...base, shardSize }
}

const checkTree = (root: string, { files, irregular, unlistable }: ModelTree): void => {
  const [first] = [...irregular, ...unlistable]
  if (first !== undefined)
    refuse(
      'FILE_UNREADABLE',
      `expected files and directories in the model ${root}, found ${first.found} at ${JSON.stringify(first.path)}; replace it by a copy, or ignore it`,
    )
  if (files.length === 0) refuse('USAGE', `expected at least one file to sign in ${root}, found none`)
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A crash while a signature is written leaves its beginning beside it (core's `writeBeside`), which is no part of the model. */
const verifyNoRemains = (signatures: readonly string[], { files }: ModelTree): void => {
  const prefixes = signatures.map((path) => posix.join(posix.dirname(path), `.${posix.basename(path)}.`))
  const isRemains = (path: string): boolean =>
    prefixes.some((prefix) => path.startsWith(prefix) && uuid.test(path.slice(prefix.length)))
  const found = files.find(({ path }) => isRemains(path))
  if (found === undefined) return
  const message = `expected the files of a model, found ${JSON.stringify(found.path)}, the beginning of a signature`
  refuse('USAGE', `${message}; remove it, unless another program is signing the model now`)
}

const hashResources = async (
  tasks: readonly ResourceTask[],
  root: string,
  options: SignOptions & HashOptions,
): Promise<Resource[]> => {
  const { algorithm, digestCache, clock = systemClock } = options
  const remembered = await digestCache?.load(root)
  const known = new Map(tasks.map((task) => [task, remembered?.read(task, algorithm)]))
  const hashedAt = clock.now()
  const outcomes = await hashFiles(
    tasks.filter((task) => known.get(task) === undefined),
    options,
  )
  const resources = tasks.map((task): Resource => {
    const { name, file, start, end } = task
    let digest = known.get(task)
    if (digest === undefined) {
      const outcome = outcomes.get(task)
      if (outcome === undefined || 'unreadable' in outcome)
        return refuse(
          'FILE_UNREADABLE',
          `expected to hash ${JSON.stringify(file.path)} of ${root}; ${outcome?.unreadable}`,
        )
      digest = outcome.digest
      remembered?.write(task, algorithm, digest, hashedAt)
    }
    const range = name === file.path ? {} : { start, end }
    return { name, path: file.path, ...range, algorithm, digest }
  })
  await remembered?.save()
  return resources
}

const writeBundle = (signer: Signer, payload: Buffer, signature: Uint8Array): string => {
  const rawBytes = (der: Uint8Array) => ({ rawBytes: Buffer.from(der).toString('base64') })
  const material =
    signer.certificates === undefined
      ? { publicKey: { hint: hintOf(signer.publicKey) } }
      : { x509CertificateChain: { certificates: signer.certificates.map(rawBytes) } }
  return JSON.stringify({
    mediaType: bundleMediaType,
    verificationMaterial: { ...material, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: inTotoPayloadType,
      signatures: [{ sig: Buffer.from(signature).toString('base64'), keyid: '' }],
    },
  })
}

/**
 * Signs a model, a directory or a single file, and writes the bundle of OpenSSF Model Signing v1.0 beside its files. What
 * is signed is verified once before it is written. No link is followed.
 *
 * @throws NootropicError `FILE_UNREADABLE` (a link, a pipe, a file that changes meanwhile), `USAGE` (nothing to sign, no
 * directory for the signature or something else in its place, or the beginning of one among the files),
 * `CONFIGURATION_INVALID` (certificates of another key, in another order, for another purpose, or not valid today),
 * `LIMIT_EXCEEDED`, `STORAGE_FAILED`, `ABORTED`; what the signer throws
 * @example
 * ```ts
 * const signer = createKeySigner({ privateKey: await readFile('signing.pem', 'utf8') })
 * const { digest } = await signModel('./models/digits', { signer })
 * ```
 */
export const signModel = async (path: string, options: SignOptions): Promise<SignedModel> => {
  const { signer } = options
  const { certificates } = signer
  if (certificates !== undefined)
    verifySigningChain(certificates, signer.publicKey, (options.clock ?? systemClock).now())
  const limits = { ...provenanceLimits, ...options.limits }
  const model = await findModel(path)
  const signature = options.signature ?? (await usualSignature(path))
  await verifySignaturePlace(signature, limits)
  const own = model.isDirectory ? await pathInside(model.root, signature) : undefined
  const ownPaths = own === undefined ? [] : [own]
  const ignored = [...defaultIgnoredPaths, ...parseIgnoredPaths(options.ignore ?? []), ...ownPaths]
  const tree = await listModel(model, createIgnore(ignored), limits)
  checkTree(model.root, tree)
  verifyNoRemains([signatureName, ...ownPaths], tree)
  const serialization = serializationOf(options, ignored)
  const count = countResources(tree.files, serialization)
  if (count > limits.entries)
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected at most ${limits.entries} files and shards (limit entries), found ${count}; choose larger shards`,
    )
  if (count === 0) refuse('USAGE', `expected a file with content to sign in ${path}, found empty ones only`)
  const tasks = resourceTasks(tree.files, serialization)
  const resources = await hashResources(tasks, model.root, { ...options, algorithm: serialization.hash })
  const statement = { name: model.name, root: rootDigest(resources), serialization, resources }
  const payload = writeStatement(statement)
  const message = preAuthenticationEncoding(inTotoPayloadType, payload)
  const signed = await signer.sign(message)
  if (!isSignedBy(signer.publicKey, message, signed))
    throw new NootropicError(
      'INTERNAL',
      'expected the signer to sign with the key it names; its signature does not hold',
    )
  const bundle = writeBundle(signer, payload, signed)
  if (bundle.length > limits.bundleBytes)
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected a signature of at most ${limits.bundleBytes} bytes (limit bundleBytes), as whoever verifies accepts it, found ${bundle.length} for ${count} files and shards; sign parts of the model by themselves, or choose larger shards`,
    )
  await writeSignature(signature, bundle, limits)
  return { signature, digest: statement.root, resources }
}
