import { valid } from 'semver'
import type { Dependency, DependencyFile, DependencyReader } from '../dependency.ts'
import { mappingOf } from '../document.ts'
import { isLocal, sourceOutsideRegistry } from './npm-registry.ts'

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'] as const
const lockFiles = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'] as const

const requirementsOf = (file: DependencyFile): Map<string, string> => {
  const manifest = mappingOf(JSON.parse(file.text))
  return new Map(
    kinds.flatMap((kind) =>
      Object.entries(mappingOf(manifest[kind])).map(([name, range]) => [name, String(range)] as const),
    ),
  )
}

/** The packages that a project asks for itself, if its manifest is there. */
export const directNames = (file: DependencyFile | undefined): ReadonlySet<string> | undefined => {
  try {
    return file === undefined ? undefined : new Set(requirementsOf(file).keys())
  } catch {
    return undefined
  }
}

const aliased = /^npm:(@?[^@]+)@(.+)$/

/** `package.json`: what a project asks for. Beside a lock file it says nothing more. */
export const packageJson: DependencyReader = {
  name: 'package.json',
  matches: (name) => name === 'package.json',
  read(file) {
    if (lockFiles.some((name) => file.sibling(name) !== undefined)) return { dependencies: [], problems: [] }
    const dependencies: Dependency[] = []
    for (const [alias, range] of requirementsOf(file)) {
      if (isLocal(range)) continue
      const [, name = alias, wanted = range] = aliased.exec(range) ?? []
      const isRepository = /^[\w.-]+\/[\w.-]+(#.*)?$/.test(wanted)
      const source = isRepository ? `github:${wanted}` : sourceOutsideRegistry(wanted)
      const version = valid(wanted) ?? undefined
      dependencies.push({
        ecosystem: 'npm',
        name,
        version,
        requirement: wanted,
        isDirect: true,
        chain: [name],
        source,
        file: file.path,
      })
    }
    return { dependencies, problems: [] }
  },
}
