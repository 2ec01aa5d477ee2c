import { parse } from 'yaml'
import { findChains } from '../chains.ts'
import type { Dependency, DependencyFile, DependencyReader, Reading } from '../dependency.ts'
import { mappingOf, textOf } from '../document.ts'
import { sourceOutsideRegistry } from './npm-registry.ts'
import { directNames } from './package-json.ts'

interface Entry {
  /** `a@^1.0.0`: what the entry answers. */
  readonly descriptors: readonly string[]
  readonly name: string
  readonly version: string | undefined
  readonly source: string | undefined
  readonly requires: readonly string[]
  /** A part of the project itself. */
  readonly isProject: boolean
}

const nameOfDescriptor = (descriptor: string): string => descriptor.slice(0, Math.max(0, descriptor.indexOf('@', 1)))

const unquote = (text: string): string => text.trim().replace(/^"(.*)"$/s, '$1')

/** Version 1 is a format of its own: entries at the margin, fields below, dependencies below those. */
const readClassic = (text: string): Entry[] => {
  const entries: Entry[] = []
  let current: { descriptors: string[]; fields: Map<string, string>; requires: string[] } | undefined
  let isInDependencies = false
  const finish = (): void => {
    if (current === undefined) return
    const { descriptors, fields, requires } = current
    const name = nameOfDescriptor(descriptors[0] ?? '').replace(/^.*@npm:/, '')
    const source = sourceOutsideRegistry(fields.get('resolved'))
    entries.push({ descriptors, name, version: fields.get('version'), source, requires, isProject: false })
  }
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const indent = line.length - line.trimStart().length
    if (indent === 0) {
      finish()
      const descriptors = line.replace(/:\s*$/, '').split(',').map(unquote)
      current = { descriptors, fields: new Map(), requires: [] }
      isInDependencies = false
      continue
    }
    const [, key = '', value = ''] = /^("[^"]*"|\S+)\s*(.*)$/.exec(line.trim()) ?? []
    if (indent === 2) isInDependencies = /^(optionalD|d)ependencies:$/.test(line.trim())
    if (indent === 2 && !isInDependencies) current?.fields.set(unquote(key), unquote(value))
    if (indent === 4 && isInDependencies) current?.requires.push(`${unquote(key)}@${unquote(value)}`)
  }
  finish()
  return entries
}

/** Version 2 and later is YAML. */
const readBerry = (text: string): Entry[] =>
  Object.entries(mappingOf(parse(text, { maxAliasCount: 0 })))
    .filter(([key]) => key !== '__metadata')
    .map(([key, value]) => {
      const entry = mappingOf(value)
      const resolution = textOf(entry.resolution) ?? ''
      const name = nameOfDescriptor(resolution)
      const place = resolution.slice(name.length + 1)
      return {
        descriptors: key.split(',').map((descriptor) => descriptor.trim()),
        name,
        version: textOf(entry.version),
        source: place.startsWith('npm:') ? undefined : sourceOutsideRegistry(place),
        requires: Object.entries(mappingOf(entry.dependencies)).flatMap(([required, range]) => [
          `${required}@${String(range)}`,
          `${required}@npm:${String(range)}`,
        ]),
        isProject: place.startsWith('workspace:'),
      }
    })

const readEntries = (entries: readonly Entry[], file: DependencyFile): Reading => {
  const byDescriptor = new Map(
    entries.flatMap((entry, index) => entry.descriptors.map((descriptor) => [descriptor, String(index)] as const)),
  )
  const entryOf = (key: string): Entry | undefined => entries[Number(key)]
  const resolve = (entry: Entry | undefined): string[] =>
    (entry?.requires ?? []).flatMap((descriptor) => byDescriptor.get(descriptor) ?? [])
  const direct = directNames(file.sibling('package.json')) ?? new Set<string>()
  const keys = entries.flatMap((entry, index) => (entry.isProject ? [] : [String(index)]))
  const projects = entries.filter((entry) => entry.isProject)
  const roots =
    projects.length > 0 ? projects.flatMap(resolve) : keys.filter((key) => direct.has(entryOf(key)?.name ?? ''))
  const reachOf = findChains({
    keys,
    roots,
    requiredBy: (key) => resolve(entryOf(key)),
    nameOf: (key) => entryOf(key)?.name ?? '',
  })
  const dependencies = keys.map((key): Dependency => {
    const { name = '', version, source } = entryOf(key) ?? {}
    return { ecosystem: 'npm', name, version, ...reachOf(key), source, file: file.path }
  })
  return { dependencies, problems: [] }
}

/** `yarn.lock` of version 1 and of Berry. */
export const yarnLock: DependencyReader = {
  name: 'yarn',
  matches: (name) => name === 'yarn.lock',
  read: (file) => readEntries(/^__metadata:/m.test(file.text) ? readBerry(file.text) : readClassic(file.text), file),
}
