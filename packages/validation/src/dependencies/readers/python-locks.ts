import { parse } from 'smol-toml'
import { findChains } from '../chains.ts'
import {
  type Dependency,
  type DependencyFile,
  type DependencyReader,
  normalisePythonName,
  type Reading,
} from '../dependency.ts'
import { type Mapping, mappingOf, mappingsOf, textOf, textsOf } from '../document.ts'
import { directPythonNames } from './pyproject.ts'
import { parseRequirement } from './requirements.ts'

interface Locked {
  readonly name: string
  readonly version: string | undefined
  readonly source: string | undefined
  readonly requires: readonly string[]
  /** The project itself, or a folder of it. */
  readonly isProject: boolean
}

const remoteKeys = ['git', 'hg', 'svn', 'bzr', 'url'] as const
const projectKeys = ['editable', 'virtual', 'directory', 'path'] as const

const remoteOf = (entry: Mapping): string | undefined => remoteKeys.map((key) => textOf(entry[key])).find(Boolean)

const isOfProject = (entry: Mapping): boolean => projectKeys.some((key) => key in entry)

const lockedOf = (entry: Mapping, source: Mapping, requires: readonly string[]): Locked => ({
  name: normalisePythonName(textOf(entry.name) ?? ''),
  version: textOf(entry.version),
  source: remoteOf(source),
  requires: requires.map(normalisePythonName),
  isProject: isOfProject(source),
})

const namesOf = (list: unknown): string[] => mappingsOf(list).flatMap((item) => textOf(item.name) ?? [])

/** What each lock file calls its packages and where it says what they ask for. */
const layouts: Readonly<Record<string, (document: Mapping) => readonly Locked[]>> = {
  'poetry.lock': (document) =>
    mappingsOf(document.package).map((entry) => {
      const source = mappingOf(entry.source)
      const place = { [textOf(source.type) ?? 'registry']: source.url }
      return lockedOf(entry, place, Object.keys(mappingOf(entry.dependencies)))
    }),
  'pdm.lock': (document) =>
    mappingsOf(document.package).map((entry) =>
      lockedOf(
        entry,
        entry,
        textsOf(entry.dependencies).flatMap((text) => parseRequirement(text)?.name ?? []),
      ),
    ),
  'uv.lock': (document) =>
    mappingsOf(document.package).map((entry) => {
      const groups = [mappingOf(entry['optional-dependencies']), mappingOf(entry['dev-dependencies'])]
      const lists = [entry.dependencies, ...groups.flatMap((group) => Object.values(group))]
      return lockedOf(entry, mappingOf(entry.source), lists.flatMap(namesOf))
    }),
  'pylock.toml': (document) =>
    mappingsOf(document.packages).map((entry) => {
      const vcs = mappingOf(entry.vcs)
      const place = 'directory' in entry ? { directory: '' } : { url: vcs.url ?? mappingOf(entry.archive).url }
      return lockedOf(entry, place, namesOf(entry.dependencies))
    }),
}

const readLocked = (locked: readonly Locked[], file: DependencyFile): Reading => {
  const projects = locked.filter(({ isProject }) => isProject)
  const packages = locked.filter(({ isProject }) => !isProject)
  // One name may be locked twice, for two platforms.
  const byName = new Map<string, Locked[]>()
  for (const entry of packages) byName.set(entry.name, [...(byName.get(entry.name) ?? []), entry])
  const reachOf = findChains({
    keys: byName.keys(),
    roots: [...projects.flatMap(({ requires }) => requires), ...directPythonNames(file)],
    requiredBy: (name) => (byName.get(name) ?? []).flatMap(({ requires }) => requires),
    nameOf: (name) => name,
  })
  const dependencies = packages.map(
    ({ name, version, source }): Dependency => ({
      ecosystem: 'PyPI',
      name,
      version,
      source,
      ...reachOf(name),
      file: file.path,
    }),
  )
  return { dependencies, problems: [] }
}

/** Lock files in TOML: of Poetry, PDM and uv, and the standard one (PEP 751). */
export const pythonLocks: readonly DependencyReader[] = Object.entries(layouts).map(([fileName, layout]) => ({
  name: fileName,
  matches: (name) => name === fileName || (fileName === 'pylock.toml' && /^pylock\.[^.]+\.toml$/.test(name)),
  read: (file) => readLocked(layout(mappingOf(parse(file.text))), file),
}))
