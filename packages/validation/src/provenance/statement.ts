import { createHash } from 'node:crypto'
import { canonicalJson, type Digest, digestSchema, NootropicError } from '@nootropic/core'
import {
  type ContentHash,
  contentHashBytes,
  isInsidePath,
  type SignedContent,
  singleFile,
} from '@nootropic/core/formats'
import { z } from 'zod'
import { printable } from '../scan/rule.ts'
import { maximumIgnoredPaths, type ProvenanceLimits, provenanceLimits } from './limits.ts'
import { parseShardName } from './names.ts'
import { parseStrictJson } from './strict-json.ts'

const statementType = 'https://in-toto.io/Statement/v1'
const predicateType = 'https://model_signing/signature/v1.0'
/** That of model_signing v0.2.0: the files stand in the subject. */
const legacyPredicateType = 'https://model_signing/Digests/v0.1'

/** A file or shard that a statement lists. */
export interface Resource extends SignedContent {
  /** As it stands in the statement. */
  readonly name: string
}

/** How a model was taken apart before it was signed. */
export interface Serialization {
  readonly method: 'files' | 'shards'
  readonly hash: ContentHash
  /** In bytes, for shards. */
  readonly shardSize?: number
  readonly ignorePaths: readonly string[]
}

/** What was signed of a model. */
export interface ModelStatement {
  /** For people; nothing depends on it. */
  readonly name: string
  /** SHA-256 over the raw digests of the resources in their order: it names the model. */
  readonly root: Digest
  readonly serialization: Serialization
  readonly resources: readonly Resource[]
}

/** The root that a statement claims is not the root of what it lists. */
export class RootMismatch extends Error {}

const refuse = (found: string): never => {
  throw new NootropicError('SIGNATURE_INVALID', `expected a statement about a model, found ${found}`)
}

/** SHA-256 over the raw digests in the order given; never sorted anew: versions of the format sort differently. */
export const rootDigest = (resources: readonly Pick<Resource, 'digest'>[]): Digest => {
  const root = createHash('sha256')
  for (const { digest } of resources) root.update(Buffer.from(digest, 'hex'))
  return `sha256:${root.digest('hex')}`
}

// The reference takes "blake2" and writes "blake2b"; its shards append their size to the name of the hash.
const hashNames: Readonly<Record<string, ContentHash>> = {
  sha256: 'sha256',
  blake2: 'blake2b',
  blake2b: 'blake2b',
  blake3: 'blake3',
}

const parseHash = (name: string, shardSize: number | undefined): ContentHash => {
  const suffix = `-sharded-${shardSize}`
  const base = shardSize !== undefined && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name
  const hash = Object.hasOwn(hashNames, base) ? hashNames[base] : undefined
  return hash ?? refuse(`the hash ${JSON.stringify(printable(name))}, which is none of sha256, blake2b, blake3`)
}

const hexSchema = z.string().regex(/^[0-9a-f]+$/, 'expected lower-case hexadecimal')

const headSchema = z.object({ _type: z.literal(statementType), predicateType: z.string() })

const statementSchema = z.object({
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: hexSchema }) })]),
  predicate: z.object({
    serialization: z.object({
      method: z.enum(['files', 'shards']),
      hash_type: z.string(),
      // Whoever signed may have followed links. Verification follows none either way.
      allow_symlinks: z.boolean(),
      shard_size: z.number().int().positive().optional(),
      ignore_paths: z.array(z.string()).max(maximumIgnoredPaths).optional(),
    }),
    resources: z.array(z.object({ name: z.string(), algorithm: z.string(), digest: hexSchema })).min(1),
  }),
})

const legacySchema = z.object({
  subject: z
    .array(
      z.object({
        name: z.string(),
        digest: z.object({ sha256: hexSchema }),
        annotations: z.object({ actual_hash_algorithm: z.enum(['sha256', 'file-sha256']).optional() }).optional(),
      }),
    )
    .min(1),
})

const parsed = <Value>(schema: z.ZodType<Value>, json: unknown): Value => {
  const { data, error } = schema.safeParse(json)
  if (data !== undefined) return data
  const [issue] = error?.issues ?? []
  return refuse(printable(`at ${issue?.path.join('.') || 'its start'}: ${issue?.message}`))
}

const shown = (name: string): string => JSON.stringify(printable(name))

const parsePlace = (name: string, method: Serialization['method']): Omit<SignedContent, 'algorithm' | 'digest'> => {
  const place = method === 'files' ? { path: name } : (parseShardName(name) ?? refuse(`the shard ${shown(name)}`))
  if (place.path !== singleFile && !isInsidePath(place.path)) return refuse(`the path ${shown(place.path)}`)
  return place
}

/** Each name once; the shards of a file side by side, each but the last of the signed size. */
const checkPlaces = (resources: readonly Resource[], shardSize: number | undefined): void => {
  const names = new Set(resources.map(({ name }) => name))
  if (names.size !== resources.length) refuse('a name twice')
  const paths = new Set(resources.map(({ path }) => path))
  if (paths.has(singleFile) && paths.size > 1) refuse('a model that is both a file and a directory')
  if (shardSize === undefined) return
  const ends = new Map<string, number>()
  const ordered = resources.toSorted((left, right) => (left.start ?? 0) - (right.start ?? 0))
  for (const { name, path, start = 0, end = 0 } of ordered) {
    const isNext = start === (ends.get(path) ?? 0) && start % shardSize === 0
    if (!isNext || end - start > shardSize) refuse(`the shard ${shown(name)} out of its place`)
    ends.set(path, end)
  }
}

const resourcesOf = (
  listed: readonly { readonly name: string; readonly algorithm: string; readonly digest: string }[],
  { method, hash, shardSize }: Serialization,
  limits: ProvenanceLimits,
): Resource[] => {
  if (listed.length > limits.entries)
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected at most ${limits.entries} files and shards (limit entries), found ${listed.length}`,
    )
  const resources = listed.map(({ name, algorithm, digest }) => {
    if (parseHash(algorithm, shardSize) !== hash) return refuse(`${shown(name)} with another hash than the others`)
    if (digest.length !== 2 * contentHashBytes[hash]) return refuse(`a digest of another length for ${shown(name)}`)
    return { name, ...parsePlace(name, method), algorithm: hash, digest }
  })
  checkPlaces(resources, shardSize)
  return resources
}

const parseLegacy = (json: unknown, limits: ProvenanceLimits): ModelStatement => {
  const serialization: Serialization = { method: 'files', hash: 'sha256', ignorePaths: [] }
  const listed = parsed(legacySchema, json).subject.map(({ name, digest }) => ({
    name,
    algorithm: 'sha256',
    digest: digest.sha256,
  }))
  const resources = resourcesOf(listed, serialization, limits)
  return { name: '', root: rootDigest(resources), serialization, resources }
}

const parseCurrent = (json: unknown, limits: ProvenanceLimits): ModelStatement => {
  const { subject, predicate } = parsed(statementSchema, json)
  const { method, hash_type, shard_size: shardSize, ignore_paths: ignorePaths = [] } = predicate.serialization
  if ((method === 'shards') !== (shardSize !== undefined))
    return refuse(`the method ${method} ${shardSize === undefined ? 'without' : 'with'} a size of shards`)
  const badPath = ignorePaths.find((path) => !isInsidePath(path))
  if (badPath !== undefined) return refuse(`the ignored path ${shown(badPath)}`)
  const serialization: Serialization = {
    method,
    hash: parseHash(hash_type, shardSize),
    ignorePaths,
    ...(shardSize !== undefined && { shardSize }),
  }
  const resources = resourcesOf(predicate.resources, serialization, limits)
  const root = rootDigest(resources)
  const claimed = digestSchema.safeParse(`sha256:${subject[0].digest.sha256}`).data
  if (claimed !== root)
    throw new RootMismatch(`expected the root ${root} of the ${resources.length} listed resources, found ${claimed}`)
  return { name: subject[0].name, root, serialization, resources }
}

/**
 * Reads a payload whose signature holds.
 *
 * @throws NootropicError `SIGNATURE_INVALID` with what is wrong and where, `LIMIT_EXCEEDED`; {@link RootMismatch}
 */
export const parseStatement = (payload: Uint8Array, limits: Partial<ProvenanceLimits> = {}): ModelStatement => {
  const bounds = { ...provenanceLimits, ...limits }
  const json = parseStrictJson(payload, 'the signed statement')
  const head = parsed(headSchema, json)
  if (head.predicateType === predicateType) return parseCurrent(json, bounds)
  if (head.predicateType === legacyPredicateType) return parseLegacy(json, bounds)
  return refuse(`the predicate type ${shown(head.predicateType)}`)
}

/** The payload that says what a model is, in the canonical form of RFC 8785. */
export const writeStatement = ({ name, root, serialization, resources }: ModelStatement): Buffer => {
  const { method, hash, shardSize, ignorePaths } = serialization
  const statement = {
    _type: statementType,
    subject: [{ name, digest: { sha256: root.slice('sha256:'.length) } }],
    predicateType,
    predicate: {
      serialization: {
        method,
        hash_type: hash,
        allow_symlinks: false,
        shard_size: shardSize,
        ignore_paths: ignorePaths,
      },
      resources: resources.map(({ name, algorithm, digest }) => ({ name, algorithm, digest })),
    },
  }
  return Buffer.from(canonicalJson(statement))
}
