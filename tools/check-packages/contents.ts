import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from '../workspace.ts'
import type { PackedPackage } from './pack.ts'

// What a package is made of. Sources are published: source maps and declaration maps point at them.
const expected =
  /^(LICENSE|README\.md|CHANGELOG\.md|package\.json|dist\/.+\.(js|js\.map|d\.ts|d\.ts\.map)|src\/.+\.ts|manifests\/[a-z-]+\.yaml)$/

/** More than any package needs, and less than a model, a data set or a bundled dependency that slipped in. */
const maximumFileSize = 2 * 1024 * 1024

interface PackageManifest {
  readonly license?: string
  readonly repository?: { readonly directory?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const manifestProblems = (manifest: PackageManifest, source: string): string[] => {
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
  return [
    ...(manifest.license === 'MIT' ? [] : ['package.json: expected the licence MIT']),
    ...(join(root, manifest.repository?.directory ?? '') === source
      ? []
      : ['package.json: expected repository.directory to be where its source is']),
    ...ranges
      .filter(([, range]) => !/^[~^]?\d/.test(range))
      .map(([name, range]) => `package.json: expected a version range for ${name}, found ${range}`),
  ]
}

const mapProblems = (folder: string, file: string): string[] => {
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    sources: readonly string[]
    sourcesContent?: readonly string[]
  }
  return [
    ...(sourcesContent === undefined ? [] : [`${file}: holds a second copy of the sources`]),
    ...sources
      .filter((source) => !existsSync(join(folder, dirname(file), source)))
      .map((source) => `${file}: points at ${source}, which is not published`),
  ]
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))

const contentProblems = (folder: string, source: string): string[] => {
  const files = filesOf(folder)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest
  const licence = join(folder, 'LICENSE')
  const hasLicence = existsSync(licence) && readFileSync(licence).equals(readFileSync(join(root, 'LICENSE')))
  return [
    ...(hasLicence ? [] : ['expected the LICENSE of the repository']),
    ...(files.includes('README.md') ? [] : ['expected a README.md']),
    ...files.filter((file) => !expected.test(file)).map((file) => `${file}: should not be published`),
    ...files
      .filter((file) => statSync(join(folder, file)).size > maximumFileSize)
      .map((file) => `${file}: larger than ${maximumFileSize} bytes`),
    ...files.filter((file) => file.endsWith('.map')).flatMap((file) => mapProblems(folder, file)),
    ...manifestProblems(manifest, source),
  ]
}

/** Looks at the files of each installed package: none too many, none large, no map that points nowhere, the licence. */
export const checkContents = (host: string, packages: readonly PackedPackage[]): string => {
  const installed = packages.map(({ name, folder }) => ({
    name,
    folder: join(host, 'node_modules', name),
    source: folder,
  }))
  const problems = installed.flatMap(({ name, folder, source }) =>
    contentProblems(folder, source).map((problem) => `${name}: ${problem}`),
  )
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const bytes = installed
    .flatMap(({ folder }) => filesOf(folder).map((file) => statSync(join(folder, file)).size))
    .reduce((sum, size) => sum + size, 0)
  return `${packages.length} packages hold what they should, ${Math.round(bytes / 1024)} KiB in all`
}
