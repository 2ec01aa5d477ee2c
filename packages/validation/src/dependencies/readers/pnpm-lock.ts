import { parse } from 'yaml'
import { findChains } from '../chains.ts'
import type { Dependency, DependencyReader } from '../dependency.ts'
import { type Mapping, mappingOf, textOf } from '../document.ts'
import { isLocal, sourceOutsideRegistry } from './npm-registry.ts'

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/** Parses a key of `packages`: `/a/1.0.0_peer` (version 5), `/a@1.0.0(peer)` (6), `a@1.0.0` (9). */
const parseKey = (key: string): { readonly name: string; readonly version: string | undefined } => {
  const [, name = key, rest] = /^\/?(@[^/@]+\/[^/@]+|[^/@]+)[/@](.+)$/s.exec(key) ?? []
  // What follows a version are the peers that it was installed for.
  return { name, version: rest?.replace(/^(\d[^_(]*)[_(].*$/s, '$1') }
}

/** The keys that a reference to a version may stand for. */
const keysOf = (name: string, reference: string): string[] => [
  `${name}@${reference}`,
  `/${name}@${reference}`,
  `/${name}/${reference}`,
  reference,
]

const referencesOf = (owner: Mapping): [string, string][] =>
  kinds.flatMap((kind) =>
    Object.entries(mappingOf(owner[kind])).flatMap(([name, value]): [string, string][] => {
      const reference = textOf(value) ?? textOf(mappingOf(value).version)
      return reference === undefined || isLocal(reference) ? [] : [[name, reference]]
    }),
  )

/** `pnpm-lock.yaml` of versions 5 to 9. */
export const pnpmLock: DependencyReader = {
  name: 'pnpm',
  matches: (name) => name === 'pnpm-lock.yaml',
  read(file) {
    const lock = mappingOf(parse(file.text, { maxAliasCount: 0 }))
    const packages = mappingOf(lock.packages)
    // Version 9 keeps what a package asks for apart from what it is.
    const owners = 'snapshots' in lock ? mappingOf(lock.snapshots) : packages
    const known = new Set(Object.keys(owners))
    const resolve = (owner: Mapping): string[] =>
      referencesOf(owner).flatMap(([name, reference]) => keysOf(name, reference).find((key) => known.has(key)) ?? [])
    const importers = 'importers' in lock ? Object.values(mappingOf(lock.importers)).map(mappingOf) : [lock]
    const reachOf = findChains({
      keys: known,
      roots: importers.flatMap(resolve),
      requiredBy: (key) => resolve(mappingOf(owners[key])),
      nameOf: (key) => parseKey(key).name,
    })
    const dependencies = [...known].map((key): Dependency => {
      const entry = mappingOf(packages[key] ?? packages[key.replace(/\(.*$/s, '')])
      const parsed = parseKey(key)
      const resolution = mappingOf(entry.resolution)
      const address = textOf(resolution.tarball) ?? textOf(resolution.repo)
      const isRepository = textOf(resolution.type) === 'git' || textOf(resolution.repo) !== undefined
      return {
        ecosystem: 'npm',
        name: textOf(entry.name) ?? parsed.name,
        version: textOf(entry.version) ?? parsed.version,
        ...reachOf(key),
        source: isRepository ? address : sourceOutsideRegistry(address),
        file: file.path,
      }
    })
    return { dependencies, problems: [] }
  },
}
