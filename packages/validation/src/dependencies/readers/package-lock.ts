import { findChains } from '../chains.ts'
import type { Dependency, DependencyFile, DependencyReader, Reading } from '../dependency.ts'
import { type Mapping, mappingOf, textOf } from '../document.ts'
import { sourceOutsideRegistry } from './npm-registry.ts'
import { directNames } from './package-json.ts'

const folder = 'node_modules/'

const nameOfPath = (path: string): string => path.slice(path.lastIndexOf(folder) + folder.length)

const dependencyKinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const

const requiredNames = (entry: Mapping, kinds: readonly string[]): string[] =>
  kinds.flatMap((kind) => Object.keys(mappingOf(entry[kind])))

/** Where node finds a package for one at `path`: in its own folder, or in one above. */
const resolve = (packages: Mapping, path: string, name: string): string | undefined => {
  for (let at = path; ; ) {
    const candidate = at === '' ? `${folder}${name}` : `${at}/${folder}${name}`
    if (Object.hasOwn(packages, candidate)) return candidate
    if (at === '') return undefined
    at = at.slice(0, Math.max(0, at.lastIndexOf(`/${folder}`)))
  }
}

const dependencyOf = (
  name: string,
  entry: Mapping,
  reach: { isDirect: boolean; chain: readonly string[] },
  file: string,
): Dependency => {
  const version = textOf(entry.version)
  const source = sourceOutsideRegistry(textOf(entry.resolved) ?? version)
  return { ecosystem: 'npm', name, version, ...reach, source, file }
}

/** Versions 2 and 3: a flat map of the folders that are installed. */
const readPackages = (packages: Mapping, file: DependencyFile): Reading => {
  const installed = Object.keys(packages).filter(
    (path) => path.includes(folder) && mappingOf(packages[path]).link !== true,
  )
  const projects = Object.keys(packages).filter((path) => !path.includes(folder))
  const resolveAll = (path: string, kinds: readonly string[]): string[] =>
    requiredNames(mappingOf(packages[path]), kinds).flatMap((name) => resolve(packages, path, name) ?? [])
  const reachOf = findChains({
    keys: installed,
    roots: projects.flatMap((path) => resolveAll(path, dependencyKinds)),
    requiredBy: (path) => resolveAll(path, ['dependencies', 'optionalDependencies', 'peerDependencies']),
    nameOf: nameOfPath,
  })
  return {
    dependencies: installed.map((path) => {
      const entry = mappingOf(packages[path])
      return dependencyOf(textOf(entry.name) ?? nameOfPath(path), entry, reachOf(path), file.path)
    }),
    problems: [],
  }
}

// Folders inside folders: a tree deeper than this was written by no npm (CWE-674).
const maximumDepth = 64

/** Version 1: a tree of what is installed, without what the project asks for. */
const readTree = (root: Mapping, file: DependencyFile): Reading => {
  const direct = directNames(file.sibling('package.json'))
  const dependencies: Dependency[] = []
  const problems: string[] = []
  const visit = (tree: Mapping, chain: readonly string[]): void => {
    if (chain.length > maximumDepth) {
      problems.push(`${file.path}: folders more than ${maximumDepth} deep`)
      return
    }
    for (const [name, value] of Object.entries(tree)) {
      const entry = mappingOf(value)
      const isDirect = chain.length === 0 && (direct?.has(name) ?? !required.has(name))
      dependencies.push(dependencyOf(name, entry, { isDirect, chain: [...chain, name] }, file.path))
      visit(mappingOf(entry.dependencies), [...chain, name])
    }
  }
  const required = new Set(
    Object.values(mappingOf(root.dependencies)).flatMap((entry) => Object.keys(mappingOf(mappingOf(entry).requires))),
  )
  visit(mappingOf(root.dependencies), [])
  return { dependencies, problems }
}

/** `package-lock.json` of versions 1 to 3, and `npm-shrinkwrap.json`. */
export const packageLock: DependencyReader = {
  name: 'npm',
  matches: (name) => name === 'package-lock.json' || name === 'npm-shrinkwrap.json',
  read(file) {
    const lock = mappingOf(JSON.parse(file.text))
    if (typeof lock.packages === 'object') return readPackages(mappingOf(lock.packages), file)
    if (typeof lock.dependencies === 'object' || lock.lockfileVersion === 1) return readTree(lock, file)
    return { dependencies: [], problems: [`${file.path}: expected a lock file of npm, found other JSON`] }
  },
}
