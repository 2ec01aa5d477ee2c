import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { type Clock, canonicalJson, modelDigest, systemClock } from '@nootropic/core'
import type { Component, Composition, ModelBom, Property } from './cyclonedx.ts'
import { type BomLimits, bomLimits } from './limits.ts'
import { ancestorsOf, modelCardOf } from './model-card.ts'
import { type ModelFacts, readModelFacts } from './model-facts.ts'
import { type HashedFile, type ModelFiles, readModelFiles } from './model-files.ts'
import { noPackages, type PackageComponents, readPackageComponents } from './package-components.ts'
import { licensesOf } from './spdx-identifiers.ts'
import { plainText, plainTexts } from './text.ts'

/** How a bill of materials is written. */
export interface ModelBomOptions {
  /** What the model is called; the name of its directory or file where nothing is given. */
  readonly name?: string
  readonly version?: string
  /** Paths inside the directory that are no part of the model, beside `defaultIgnoredPaths`. */
  readonly ignore?: readonly string[]
  /** Limits to change; the others keep their defaults. */
  readonly limits?: Partial<BomLimits>
  readonly clock?: Clock
}

// By its own name, which holds wherever the built file stands.
const { version: toolVersion } = createRequire(import.meta.url)('@nootropic/validation/package.json') as {
  version: string
}

const modelReference = 'model'

const hashesOf = ({ digest }: HashedFile): NonNullable<Component['hashes']> => [
  { alg: 'SHA-256', content: digest.slice('sha256:'.length) },
]

const fileComponent = (file: HashedFile): Component => ({
  type: 'file',
  'bom-ref': `file:${file.path}`,
  name: file.path,
  hashes: hashesOf(file),
  properties: [{ name: 'nootropic:file:size', value: String(file.size) }],
})

const modelComponent = (model: ModelFiles, facts: ModelFacts, options: ModelBomOptions): Component => {
  const { card } = facts
  const [only] = model.files
  const version = plainText(options.version)
  const licenses = licensesOf(card)
  const ancestors = ancestorsOf(card)
  const relation = plainText(card.base_model_relation)
  const modelCard = modelCardOf(facts)
  const tags = plainTexts(card.tags)
  return {
    type: 'machine-learning-model',
    'bom-ref': modelReference,
    name: plainText(options.name) ?? plainText(model.name) ?? 'model',
    ...(version === undefined ? {} : { version }),
    // A directory has no bytes of its own to hash; its root digest stands among the properties.
    ...(model.isDirectory || only === undefined ? {} : { hashes: hashesOf(only) }),
    ...(licenses.length === 0 ? {} : { licenses }),
    ...(ancestors.length === 0
      ? {}
      : { pedigree: { ancestors, ...(relation === undefined ? {} : { notes: relation }) } }),
    components: model.files.map(fileComponent),
    ...(modelCard === undefined ? {} : { modelCard }),
    properties: [
      { name: 'nootropic:oms:root', value: modelDigest(model.files) },
      ...model.ignored.map((value) => ({ name: 'nootropic:ignored', value })),
    ],
    ...(tags.length === 0 ? {} : { tags }),
  }
}

/** Problems that are told; a file of garbage has one a line (CWE-770). */
const longestProblems = 100

const problemsOf = (problems: readonly string[]): Property[] => {
  const more = problems.length - longestProblems
  const told = [...problems.slice(0, longestProblems), ...(more > 0 ? [`${more} more`] : [])]
  return plainTexts(told).map((value) => ({ name: 'nootropic:problem', value }))
}

const compositionsOf = (packages: PackageComponents): Composition[] => [
  { aggregate: 'complete', assemblies: [modelReference] },
  // Only one way to each package is known, and of files without versions not even what is installed.
  { aggregate: packages.hasFiles ? 'incomplete' : 'unknown', dependencies: [modelReference] },
]

/** A UUID of version 8 (RFC 9562, section 5.8) out of a SHA-256: the same content has the same number. */
const serialNumberOf = (content: unknown): string => {
  const digest = createHash('sha256').update(canonicalJson(content)).digest().subarray(0, 16)
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80
  return `urn:uuid:${digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
}

/**
 * Writes the bill of materials of a model, in CycloneDX 1.6: its files with their SHA-256, the root digest over
 * these (that of `signModel` with whole files and SHA-256, and that of `readModelPackage`), its model card, licences, data
 * sets and ancestors as its own files declare them, what its graphs take and give, and the packages that lock and
 * requirement files beside it ask for.
 *
 * Nothing is concluded that no file says, and nothing is fetched. The same model gives the same bill but for its timestamp.
 * What could not be read stands in `metadata.properties` as `nootropic:problem`.
 *
 * @param path a directory, or the one file of a model.
 * @throws NootropicError `FILE_UNREADABLE` (a link, a pipe, a file that changes meanwhile), `LIMIT_EXCEEDED`, or `USAGE` (a path
 * to ignore that lies outside)
 * @example
 * ```ts
 * const bom = await createModelBom('./models/digits', { version: '1.0.0', ignore: ['bom.json'] })
 * bom.metadata.component.licenses // [{ license: { id: 'MIT', acknowledgement: 'declared' } }]
 * ```
 */
export const createModelBom = async (path: string, options: ModelBomOptions = {}): Promise<ModelBom> => {
  const limits = { ...bomLimits, ...options.limits }
  const model = await readModelFiles(path, options.ignore ?? [], limits)
  const facts = await readModelFacts(model)
  const packages = model.isDirectory ? readPackageComponents(model.root, model.files, limits) : noPackages
  const problems = problemsOf([...facts.problems, ...packages.problems])
  const content = {
    metadata: {
      tools: { components: [{ type: 'application' as const, name: 'nootropic', version: toolVersion }] },
      component: modelComponent(model, facts, options),
      ...(problems.length === 0 ? {} : { properties: problems }),
    },
    components: packages.components,
    dependencies: [
      { ref: modelReference, dependsOn: packages.direct },
      ...[...packages.required].map(([ref, dependsOn]) => ({ ref, dependsOn })),
    ],
    compositions: compositionsOf(packages),
  }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialNumberOf(content),
    version: 1,
    ...content,
    metadata: { timestamp: (options.clock ?? systemClock).now().toISOString(), ...content.metadata },
  }
}
