import { parse } from 'yaml'
import { type Dependency, type DependencyReader, normalisePythonName, type Reading } from '../dependency.ts'
import { type Mapping, mappingOf, mappingsOf, textOf, textsOf } from '../document.ts'
import { parseRequirement } from './requirements.ts'

const condaPackage = (name: string, version: string | undefined, file: string, isDirect = true): Dependency => ({
  ecosystem: 'conda',
  name: name.toLowerCase(),
  version,
  isDirect,
  chain: [name.toLowerCase()],
  file,
})

/** `name=1.0=build`, `name==1.0`, `name >=1`; a channel may stand before. */
const parseMatch = (text: string, file: string): Dependency => {
  const plain = text.trim().replace(/^[\w./-]+::/, '')
  const [, name = plain, version] = /^([\w.-]+)\s*={1,2}\s*([\w.!+]+)(?:=\S+)?$/.exec(plain) ?? []
  return condaPackage(name.split(/[\s<>=!~]/)[0] ?? name, version, file)
}

const readEnvironment = (document: Mapping, file: string): Reading => {
  const dependencies: Dependency[] = []
  const problems: string[] = []
  for (const entry of Array.isArray(document.dependencies) ? document.dependencies : []) {
    if (typeof entry === 'string') dependencies.push(parseMatch(entry, file))
    for (const text of textsOf(mappingOf(entry).pip)) {
      const parsed = parseRequirement(text)
      if (parsed === undefined) problems.push(`${file}: not read: ${text.slice(0, 100)}`)
      else dependencies.push({ ecosystem: 'PyPI', ...parsed, isDirect: true, chain: [parsed.name], file })
    }
  }
  return { dependencies, problems }
}

/** `environment.yml`, with packages of conda and of pip. */
export const condaEnvironment: DependencyReader = {
  name: 'conda',
  matches: (name) => /^(environment|conda)[\w.-]*\.ya?ml$/i.test(name) && !/^conda-lock/i.test(name),
  read: (file) => readEnvironment(mappingOf(parse(file.text, { maxAliasCount: 0 })), file.path),
}

/** `conda-lock.yml`: every package with its manager. */
export const condaLock: DependencyReader = {
  name: 'conda-lock',
  matches: (name) => /^([\w.-]*\.)?conda-lock\.ya?ml$/i.test(name),
  read(file) {
    const packages = mappingsOf(mappingOf(parse(file.text, { maxAliasCount: 0 })).package)
    const required = new Set(packages.flatMap((entry) => Object.keys(mappingOf(entry.dependencies))))
    const dependencies = packages.map((entry): Dependency => {
      const name = textOf(entry.name) ?? ''
      const version = textOf(entry.version)
      const isDirect = !required.has(name)
      if (textOf(entry.manager) !== 'pip') return condaPackage(name, version, file.path, isDirect)
      const normal = normalisePythonName(name)
      return { ecosystem: 'PyPI', name: normal, version, isDirect, chain: [normal], file: file.path }
    })
    return { dependencies, problems: [] }
  },
}

/** What `conda list --explicit` writes: an address for each package. */
export const condaExplicit: DependencyReader = {
  name: 'conda-explicit',
  matches: (name) => /^(conda|spec|explicit)[\w.-]*\.(txt|lock)$/i.test(name),
  read(file) {
    if (!/^@EXPLICIT\s*$/m.test(file.text)) return { dependencies: [], problems: [] }
    const dependencies: Dependency[] = []
    for (const line of file.text.split(/\r?\n/)) {
      const [, name, version] = /^https?:\/\/\S*\/([^/\s]+)-([^-/\s]+)-[^-/\s]+\.(?:conda|tar\.bz2)/.exec(line) ?? []
      if (name !== undefined) dependencies.push(condaPackage(name, version, file.path))
    }
    return { dependencies, problems: [] }
  },
}
