import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { normalisePythonName } from '../dependency.ts'
import { type Advisory, parseAdvisory } from './advisory.ts'
import { maximumRecordBytes, readZipEntries } from './zip-entries.ts'

/** What looking through a database gave. */
export interface DatabaseReading {
  /** Advisories on the packages that were asked for, by `ecosystem/name`. */
  readonly advisories: ReadonlyMap<string, readonly Advisory[]>
  readonly records: number
  /** When its newest record was changed, which is how old the database is at least. */
  readonly newest: Date | undefined
  readonly problems: readonly string[]
}

const maximumDepth = 16
const maximumProblems = 20

/** How a package is looked up: PyPI compares names without case and marks (PEP 503), npm by every letter. */
export const packageKey = (ecosystem: string, name: string): string =>
  `${ecosystem}/${ecosystem === 'PyPI' ? normalisePythonName(name) : name}`

function* readRecords(path: string, depth = 0): Generator<{ readonly name: string; readonly text: () => string }> {
  const stats = lstatSync(path)
  if (stats.isDirectory() && depth <= maximumDepth) {
    for (const name of readdirSync(path).toSorted()) yield* readRecords(join(path, name), depth + 1)
  } else if (stats.isFile() && path.endsWith('.json') && stats.size <= maximumRecordBytes) {
    yield { name: path, text: () => readFileSync(path, 'utf8') }
  } else if (stats.isFile() && (path.endsWith('.zip') || depth === 0)) {
    for (const { name, bytes } of readZipEntries(path)) yield { name, text: () => bytes.toString('utf8') }
  }
}

const namePattern = /"name"\s*:\s*"((?:[^"\\]|\\.)*)"/g
const modifiedPattern = /"modified"\s*:\s*"([^"]{10,40})"/

/**
 * Looks through a database of OSV for advisories on packages: a folder of records, at any depth, the zip that OSV
 * publishes, or a folder of such zips. Every record is looked at once; those on other packages are not parsed.
 *
 * @param wanted keys of packages, see {@link packageKey}.
 * @throws NootropicError `FILE_UNREADABLE`
 */
export const searchDatabase = (path: string, wanted: ReadonlySet<string>): DatabaseReading => {
  const names = new Set([...wanted].map((key) => key.slice(key.indexOf('/') + 1)))
  const advisories = new Map<string, Advisory[]>()
  const problems: string[] = []
  let records = 0
  let newest = ''
  const add = (advisory: Advisory): void => {
    const keys = new Set(advisory.affected.map(({ ecosystem, name }) => packageKey(ecosystem, name)))
    for (const key of keys) {
      if (wanted.has(key)) advisories.set(key, [...(advisories.get(key) ?? []), advisory])
    }
  }
  try {
    for (const record of readRecords(path)) {
      const text = record.text()
      records += 1
      const [, modified = ''] = modifiedPattern.exec(text) ?? []
      if (modified > newest) newest = modified
      const isWanted = [...text.matchAll(namePattern)].some(
        ([, name = '']) => names.has(name) || names.has(normalisePythonName(name)) || name.includes('\\'),
      )
      if (!isWanted) continue
      try {
        const advisory = parseAdvisory(JSON.parse(text))
        if (advisory !== undefined && !advisory.isWithdrawn) add(advisory)
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        if (problems.length < maximumProblems) problems.push(`${record.name}: no JSON`)
      }
    }
  } catch (cause) {
    if (cause instanceof NootropicError) throw cause
    throw new NootropicError('FILE_UNREADABLE', `expected ${path} to be a database of OSV that can be read`, { cause })
  }
  const date = new Date(newest)
  return { advisories, records, newest: Number.isNaN(date.getTime()) ? undefined : date, problems }
}
