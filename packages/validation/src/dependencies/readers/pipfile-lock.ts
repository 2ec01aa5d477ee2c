import { type Dependency, type DependencyReader, normalisePythonName } from '../dependency.ts'
import { mappingOf, textOf } from '../document.ts'
import { directPythonNames } from './pyproject.ts'

/** `Pipfile.lock`, which says nothing of who asks for what. */
export const pipfileLock: DependencyReader = {
  name: 'pipenv',
  matches: (name) => name === 'Pipfile.lock',
  read(file) {
    const lock = mappingOf(JSON.parse(file.text))
    const direct = new Set(directPythonNames(file))
    const entries = ['default', 'develop'].flatMap((group) => Object.entries(mappingOf(lock[group])))
    const dependencies = entries.flatMap(([rawName, value]): Dependency[] => {
      const entry = mappingOf(value)
      if ('path' in entry) return []
      const name = normalisePythonName(rawName)
      const [, version] = /^={2,3}(.+)$/.exec(textOf(entry.version) ?? '') ?? []
      const source = textOf(entry.git) ?? textOf(entry.file)
      const isDirect = direct.size === 0 || direct.has(name)
      return [
        {
          ecosystem: 'PyPI',
          name,
          version,
          requirement: textOf(entry.version),
          isDirect,
          chain: [name],
          source,
          file: file.path,
        },
      ]
    })
    return { dependencies, problems: [] }
  },
}
