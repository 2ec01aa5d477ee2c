import { parse } from 'smol-toml'
import { type DependencyFile, normalisePythonName } from '../dependency.ts'
import { mappingOf, textsOf } from '../document.ts'
import { parseRequirement } from './requirements.ts'

/** The packages that `pyproject.toml` or `Pipfile` beside a lock file asks for, if one is there. */
export const directPythonNames = (file: DependencyFile): readonly string[] => {
  const manifest = file.sibling('pyproject.toml') ?? file.sibling('Pipfile')
  if (manifest === undefined) return []
  try {
    const document = mappingOf(parse(manifest.text))
    const project = mappingOf(document.project)
    const poetry = mappingOf(mappingOf(document.tool).poetry)
    const groups = Object.values(mappingOf(poetry.group)).map((group) => mappingOf(group).dependencies)
    const named = [
      ...textsOf(project.dependencies),
      ...Object.values(mappingOf(project['optional-dependencies'])).flatMap(textsOf),
      ...Object.values(mappingOf(document['dependency-groups'])).flatMap(textsOf),
    ].flatMap((text) => parseRequirement(text)?.name ?? [])
    const tables = [
      poetry.dependencies,
      poetry['dev-dependencies'],
      ...groups,
      document.packages,
      document['dev-packages'],
    ]
    return [...named, ...tables.flatMap((table) => Object.keys(mappingOf(table)).map(normalisePythonName))]
  } catch {
    return []
  }
}
