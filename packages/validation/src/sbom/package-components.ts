import type { Dependency, DependencyFile, Reading } from '../dependencies/dependency.ts'
import { findDependencyFiles } from '../dependencies/find-files.ts'
import { dependencyReaders } from '../dependencies/readers.ts'
import { byCodePoint } from '../provenance/names.ts'
import type { Component, Property } from './cyclonedx.ts'
import { type BomLimits, tooManyPackages } from './limits.ts'
import type { HashedFile } from './model-files.ts'
import { packageUrl } from './package-url.ts'
import { plainText } from './text.ts'

/** The packages that a model's own files ask for, and which of them asks for which. */
export interface PackageComponents {
  /** By reference. */
  readonly components: readonly Component[]
  /** References of the packages that the files name themselves. */
  readonly direct: readonly string[]
  /** For each reference those that it is known to ask for. */
  readonly required: ReadonlyMap<string, readonly string[]>
  readonly hasFiles: boolean
  readonly problems: readonly string[]
}

const types = { npm: 'npm', PyPI: 'pypi', conda: 'conda' } as const satisfies Record<Dependency['ecosystem'], string>

/** An address without what it may carry of somebody's secrets: user, password, query (CWE-522). */
const withoutSecrets = (address: string): string => address.replace(/\/\/[^/@\s]*@/, '//').replace(/\?[^#\s]*/, '')

const sourceQualifier = (source: string): Readonly<Record<string, string>> =>
  /^(git|hg|svn|bzr|ssh|github|gitlab|bitbucket)\b/.test(source) ? { vcs_url: source } : { download_url: source }

const readAll = (files: readonly DependencyFile[]): Pick<Reading, 'dependencies' | 'problems'> => {
  const readings = files.map((file) => {
    try {
      const reader = dependencyReaders.find(({ matches }) => matches(file.path.split('/').at(-1) ?? ''))
      return reader?.read(file) ?? { dependencies: [], problems: [] }
    } catch (error) {
      // Parsers of JSON, YAML and TOML each throw errors of their own.
      const found = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
      return { dependencies: [], problems: [`${file.path}: ${found}`] }
    }
  })
  return {
    dependencies: readings.flatMap(({ dependencies }) => dependencies),
    problems: readings.flatMap(({ problems }) => problems),
  }
}

const componentOf = (dependency: Dependency): Component | undefined => {
  const name = plainText(dependency.name)
  if (name === undefined) return undefined
  const version = plainText(dependency.version)
  const source = plainText(dependency.source === undefined ? undefined : withoutSecrets(dependency.source))
  const qualifiers = source === undefined ? {} : sourceQualifier(source)
  const purl = packageUrl(types[dependency.ecosystem], name, version, qualifiers)
  return { type: 'library', 'bom-ref': purl, name, ...(version === undefined ? {} : { version }), purl }
}

const propertiesOf = (asked: readonly Dependency[]): Property[] => {
  const requirements = asked
    .filter(({ version }) => version === undefined)
    .flatMap(({ requirement }) => plainText(withoutSecrets(requirement ?? '')) ?? [])
  return [
    ...[...new Set(asked.map(({ file }) => file))].map((value) => ({ name: 'nootropic:declaredIn', value })),
    ...[...new Set(requirements)].map((value) => ({ name: 'nootropic:requirement', value })),
  ]
}

const wayOf = (file: string, chain: readonly string[]): string => JSON.stringify([file, ...chain])

/** Of a model in one file: nothing stands beside it. */
export const noPackages: PackageComponents = {
  components: [],
  direct: [],
  required: new Map(),
  hasFiles: false,
  problems: [],
}

/**
 * Reads the lock and requirement files beside a model. Of the graph between the packages one way to each is known: the
 * shortest from those that the files name themselves.
 *
 * @throws NootropicError `LIMIT_EXCEEDED`
 */
export const readPackageComponents = (
  directory: string,
  model: readonly HashedFile[],
  limits: BomLimits,
): PackageComponents => {
  const names = new Set(model.map(({ path }) => path))
  const found = findDependencyFiles(directory)
  // Directories list their files in any order; the same model must give the same document.
  const files = found.files
    .filter(({ path }) => names.has(path))
    .toSorted((left, right) => byCodePoint(left.path, right.path))
  const { dependencies, problems: unread } = readAll(files)
  const problems = [...found.problems.toSorted(), ...unread]
  const asked = new Map<string, { component: Component; by: Dependency[] }>()
  const references = new Map<string, string>()
  for (const dependency of dependencies) {
    const component = componentOf(dependency)
    const reference = component?.['bom-ref']
    if (component === undefined || reference === undefined) {
      problems.push(`${dependency.file}: a package without a name`)
      continue
    }
    const entry = asked.get(reference) ?? { component, by: [] }
    entry.by.push(dependency)
    asked.set(reference, entry)
    references.set(wayOf(dependency.file, dependency.chain), reference)
    if (asked.size > limits.packages) throw tooManyPackages(limits.packages, dependency.file)
  }
  const direct = new Set<string>()
  const required = new Map<string, Set<string>>()
  for (const [reference, { by }] of asked) {
    for (const { isDirect, chain, file } of by) {
      if (isDirect) direct.add(reference)
      const parent = references.get(wayOf(file, chain.slice(0, -1)))
      if (parent === undefined || parent === reference) continue
      required.set(parent, (required.get(parent) ?? new Set()).add(reference))
    }
  }
  return {
    components: [...asked.values()].map(({ component, by }) => ({ ...component, properties: propertiesOf(by) })),
    direct: [...direct],
    required: new Map([...required].map(([parent, children]) => [parent, [...children]])),
    hasFiles: files.length > 0,
    problems,
  }
}
