import {
  type ContentHash,
  createIgnore,
  defaultIgnoredPaths,
  isAtOrBelow,
  parseIgnoredPaths,
  pathInside,
  signatureName,
  singleFile,
} from '@nootropic/core/formats'
import { printable, type Sighting } from '../scan/rule.ts'
import type { DigestCache } from './digest-cache.ts'
import { hashFiles } from './hash-files.ts'
import { checkIgnoredWeights } from './ignored-weights.ts'
import type { ProvenanceLimits } from './limits.ts'
import { listModel, type ModelPlace, type ModelTree, type TreeFile } from './model-tree.ts'
import { foldedName } from './names.ts'
import { provenanceRules } from './rules.ts'
import type { ModelStatement, Resource, Serialization } from './statement.ts'

/** How a model is compared with its statement. */
export interface ComparisonOptions {
  /** The bundle: a file, often `model.sig` in the directory. */
  readonly signature: string
  /** Paths inside the model that need not be signed. A file that is signed is checked all the same. */
  readonly ignore?: readonly string[]
  /** Whether files may be there that were not signed. They are told, and nothing should load them. */
  readonly allowUnlisted?: boolean
  /** The hashes of files that are accepted; all of the format where nothing is said. */
  readonly hashes?: readonly ContentHash[]
  /** Believe digests that were remembered, instead of reading the files: only where nobody else writes to this machine. */
  readonly digestCache?: DigestCache
  readonly threads?: number
  readonly signal?: AbortSignal
}

/** A sighting in the bundle, or in a file of the model. */
export type PlacedSighting = Sighting & { readonly path?: string }

/** What a comparison found. */
export interface Comparison {
  readonly sightings: readonly PlacedSighting[]
  /** The signed ones, a single file as `.`. */
  readonly resources: readonly Resource[]
}

/** A single file may be called by its name, as the specification has it, or `.`, as every implementation writes it. */
const ofSingleFile = (resources: readonly Resource[], name: string): readonly Resource[] => {
  const [path, ...others] = new Set(resources.map((resource) => resource.path))
  if (others.length > 0 || (path !== name && path !== singleFile)) return resources
  return resources.map((resource) => ({ ...resource, path: singleFile }))
}

const checkMissing = (
  resources: readonly Resource[],
  { files, irregular, unlistable }: ModelTree,
): PlacedSighting[] => {
  const found = new Set([...files, ...irregular].map(({ path }) => path))
  const isUnknown = (path: string): boolean => unlistable.some((directory) => isAtOrBelow(path, directory.path))
  const missing = new Set(resources.map(({ path }) => path).filter((path) => !found.has(path) && !isUnknown(path)))
  if (missing.size === 0) return []
  const similar = new Map([...found].map((path) => [foldedName(path), path]))
  return [...missing].map((path) => {
    const other = similar.get(foldedName(path))
    const hint =
      other === undefined
        ? ''
        : `; ${JSON.stringify(printable(other))} is another name, in case, normal form, or dots and spaces at an end`
    return { rule: provenanceRules['file-missing'], message: `expected the signed file, found nothing${hint}`, path }
  })
}

const checkUnlisted = (
  files: readonly TreeFile[],
  method: Serialization['method'],
  listed: ReadonlySet<string>,
  isTolerated: boolean,
): PlacedSighting[] =>
  files
    .filter(({ path }) => !listed.has(path))
    .map(({ path, status }) => {
      // The format lists shards only where there are bytes: it can say nothing of empty files.
      if (method === 'shards' && status.size === 0n)
        return {
          rule: provenanceRules['unlisted-tolerated'],
          message: 'expected a signed file; found an empty one, which signatures of shards cannot cover',
          path,
        }
      const rule = provenanceRules[isTolerated ? 'unlisted-tolerated' : 'file-unlisted']
      return { rule, message: 'expected a signed file, found one that the statement does not list', path }
    })

const checkContents = async (
  resources: readonly Resource[],
  files: ReadonlyMap<string, TreeFile>,
  root: string,
  options: ComparisonOptions,
): Promise<PlacedSighting[]> => {
  const [first] = resources
  if (first === undefined) return []
  const sightings: PlacedSighting[] = []
  const ends = new Map<string, number>()
  for (const { path, end } of resources) if (end !== undefined) ends.set(path, Math.max(ends.get(path) ?? 0, end))
  const tasks = resources.flatMap((resource) => {
    const file = files.get(resource.path)
    if (file === undefined) return []
    const size = Number(file.status.size)
    const expected = ends.get(resource.path) ?? size
    // A file of another size is another file: nothing needs to be read.
    if (size === expected) return [{ resource, file, start: resource.start ?? 0, end: resource.end ?? size }]
    if (resource.end === expected)
      sightings.push({
        rule: provenanceRules['file-changed'],
        message: `expected ${expected} bytes, found ${size}`,
        path: resource.path,
      })
    return []
  })
  const remembered = await options.digestCache?.load(root)
  const known = new Map(tasks.map((task) => [task, remembered?.read(task, first.algorithm)]))
  const unknown = tasks.filter((task) => known.get(task) === undefined)
  const outcomes = await hashFiles(unknown, { ...options, algorithm: first.algorithm })
  for (const task of tasks) {
    const { resource } = task
    const digest = known.get(task)
    const outcome = digest === undefined ? outcomes.get(task) : { digest }
    const place = { path: resource.path, ...(resource.start !== undefined && { offset: resource.start }) }
    if (outcome === undefined || 'unreadable' in outcome)
      sightings.push({
        rule: provenanceRules['file-unreadable'],
        message: `expected to hash it; ${outcome?.unreadable}`,
        ...place,
      })
    else if (outcome.digest !== resource.digest)
      sightings.push({
        rule: provenanceRules['file-changed'],
        message: `expected ${resource.algorithm}:${resource.digest}, found ${resource.algorithm}:${outcome.digest}`,
        evidence: { expected: resource.digest, found: outcome.digest },
        ...place,
      })
  }
  return sightings
}

const checkNames = (paths: readonly string[]): PlacedSighting[] => {
  const seen = new Map<string, string>()
  return paths.flatMap((path) => {
    const folded = foldedName(path)
    const other = seen.get(folded)
    seen.set(folded, path)
    if (other === undefined) return []
    const message = `expected names that every file system tells apart, found ${JSON.stringify(printable(other))} too`
    return [{ rule: provenanceRules['name-ambiguous'], message, path }]
  })
}

/** What is there beside files, and what the signer left out. */
const checkOthers = (tree: ModelTree, listed: ReadonlySet<string>, isTolerated: boolean): PlacedSighting[] =>
  tree.irregular.map(({ path, found }) => ({
    rule: provenanceRules[isTolerated && !listed.has(path) ? 'unlisted-tolerated' : 'file-irregular'],
    message: `expected a file or a directory, found ${found}; it was not followed or opened`,
    path,
  }))

const checkUnlistable = (tree: ModelTree): PlacedSighting[] =>
  tree.unlistable.map(({ path, found }) => ({
    rule: provenanceRules['file-unreadable'],
    message: `expected to list the directory, found ${found}`,
    path,
  }))

const checkSignersIgnores = (tree: ModelTree, known: readonly string[]): PlacedSighting[] =>
  tree.ignored
    .filter((path) => !known.some((ancestor) => isAtOrBelow(path, ancestor)))
    .map((path) => ({
      rule: provenanceRules['unlisted-tolerated'],
      message: 'expected a signed file or directory, found one that the signer left out by name',
      path,
    }))

/** No part of any model, but not what was verified either: it may be why somebody takes the model for signed. */
const checkOtherSignature = ({ ignored }: ModelTree, expected: readonly string[]): PlacedSighting[] =>
  expected.includes(signatureName) || !ignored.includes(signatureName)
    ? []
    : [
        {
          rule: provenanceRules['unlisted-tolerated'],
          message: 'expected no signature but the one that is verified, found another; it was not looked at',
          path: signatureName,
        },
      ]

const checkHash = ({ serialization }: ModelStatement, allowed: readonly ContentHash[] | undefined): PlacedSighting[] =>
  allowed === undefined || allowed.includes(serialization.hash)
    ? []
    : [
        {
          rule: provenanceRules['algorithm-refused'],
          message: `expected files to be listed with ${allowed.join(' or ')}, found ${serialization.hash}`,
        },
      ]

/**
 * Compares a model with what was signed of it: every file, and what is there beside them.
 *
 * @throws NootropicError `FILE_UNREADABLE`, `USAGE`, `LIMIT_EXCEEDED`, `ABORTED`
 */
export const compareModel = async (
  model: ModelPlace,
  statement: ModelStatement,
  options: ComparisonOptions,
  limits: ProvenanceLimits,
): Promise<Comparison> => {
  const { serialization } = statement
  const resources = model.isDirectory ? statement.resources : ofSingleFile(statement.resources, model.name)
  const own = model.isDirectory ? await pathInside(model.root, options.signature) : undefined
  const expected = [...parseIgnoredPaths(options.ignore ?? []), ...(own === undefined ? [] : [own])]
  const known = [...defaultIgnoredPaths, ...expected]
  const listed = new Set(resources.map(({ path }) => path))
  const tree = await listModel(model, createIgnore([...known, ...serialization.ignorePaths], listed), limits)
  const files = new Map(tree.files.map((file) => [file.path, file]))
  const isTolerated = options.allowUnlisted === true
  const sightings = [
    ...checkHash(statement, options.hashes),
    ...checkOthers(tree, listed, isTolerated),
    ...checkUnlistable(tree),
    ...checkMissing(resources, tree),
    ...checkUnlisted(tree.files, serialization.method, listed, isTolerated),
    ...(await checkContents(resources, files, model.root, options)),
    ...checkSignersIgnores(tree, known),
    ...checkOtherSignature(tree, expected),
    ...(await checkIgnoredWeights(tree, own)),
    ...checkNames([...listed]),
  ]
  return { sightings, resources }
}
