import { type Clock, type Finding, isAtLeast, type Severity, systemClock, type Verdict } from '@nootropic/core'
import { findingOf, printable, type Sighting } from '../scan/rule.ts'
import type { Dependency, DependencyFile, Reading } from './dependency.ts'
import { findDependencyFiles } from './find-files.ts'
import { evidenceOf, matchAdvisories } from './match-advisories.ts'
import { packageKey, searchDatabase } from './osv/database.ts'
import { dependencyReaders } from './readers.ts'
import { dependencyRules } from './rules.ts'

/** How dependencies are checked. */
export interface DependencyOptions {
  /** A folder of OSV records or the zip that OSV publishes. Nothing is fetched; without one nothing can be matched. */
  readonly database?: string | undefined
  /** Which packages count: those that the project names itself, those that they need, or both (the default). */
  readonly scope?: { readonly direct: boolean; readonly transitive: boolean }
  /** Findings at least this bad fail the check; medium unless it says otherwise. */
  readonly failOn?: Severity
  /** How old the newest record of the database may be, in days; 30 unless it says otherwise. */
  readonly maximumAgeDays?: number
  readonly clock?: Clock
}

/** What a check of dependencies found. */
export interface DependencyOutcome {
  readonly verdict: Verdict
  /** Worst first in each file. */
  readonly findings: readonly Finding[]
  /** Files that were read. */
  readonly files: readonly string[]
  /** Packages in scope, each version of each once. */
  readonly packages: number
  readonly database?: { readonly records: number; readonly newest: string; readonly ageDays: number } | undefined
  /** Why not all of it was checked. */
  readonly incomplete: readonly string[]
}

const millisecondsPerDay = 86_400_000
const defaultMaximumAgeDays = 30

const readDependencies = (files: readonly DependencyFile[]): Reading => {
  const dependencies: Dependency[] = []
  const problems: string[] = []
  const indexes: string[] = []
  for (const file of files) {
    const name = file.path.split('/').at(-1) ?? ''
    try {
      const reading = dependencyReaders.find((reader) => reader.matches(name))?.read(file)
      if (reading === undefined) problems.push(`${file.path}: no reader knows this file`)
      dependencies.push(...(reading?.dependencies ?? []))
      problems.push(...(reading?.problems ?? []))
      indexes.push(...(reading?.indexes ?? []))
    } catch (error) {
      // Parsers of JSON, YAML and TOML each throw errors of their own; the file is in the project's hand, not ours.
      problems.push(`${file.path}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`)
    }
  }
  return { dependencies, problems, indexes }
}

const isPlain = (address: string): boolean => /^(git\+)?http:\/\//.test(address)

const checkSource = (dependency: Dependency): Sighting[] => {
  const { name, source } = dependency
  const inside = dependency.chain.join(' > ')
  const evidence = evidenceOf(dependency)
  if (source !== undefined) {
    const rule = isPlain(source) ? dependencyRules['insecure-source'] : dependencyRules['remote-source']
    return [{ rule, message: `expected ${name} from its registry, found ${printable(source)}`, inside, evidence }]
  }
  if (dependency.version !== undefined) return []
  const asked = dependency.requirement === undefined || dependency.requirement === '' ? 'any' : dependency.requirement
  const message = `expected one version of ${name}, found ${printable(asked)}`
  return [{ rule: dependencyRules.unpinned, message, inside, evidence }]
}

const checkIndex = (index: string): Sighting => ({
  rule: isPlain(index) ? dependencyRules['insecure-source'] : dependencyRules['extra-index'],
  message: `expected the usual index alone, found ${printable(index)}`,
})

/** One sentence for each kind of thing that could not be matched. */
const gapsOf = (dependencies: readonly Dependency[]): string[] => {
  const conda = dependencies.filter(({ ecosystem }) => ecosystem === 'conda').length
  const open = dependencies.filter(
    ({ ecosystem, version, source }) => ecosystem !== 'conda' && source === undefined && version === undefined,
  ).length
  const remote = dependencies.filter(({ source }) => source !== undefined).length
  return [
    ...(remote === 0 ? [] : [`${remote} packages from outside their registry`]),
    ...(conda === 0 ? [] : [`${conda} packages of conda: OSV has no advisories for them`]),
    ...(open === 0 ? [] : [`${open} packages without a version`]),
  ]
}

/**
 * Matches what the files of npm, pip and conda say that a project installs against a local database of OSV.
 *
 * The check is `incomplete` without a database, with one whose newest record is older than the bound, and for whatever
 * has no version, no reader or no advisories; it passes only what was compared.
 *
 * @param path a directory, which is searched for lock and requirement files, or one such file.
 * @throws NootropicError `FILE_UNREADABLE`
 * @example
 * ```ts
 * const outcome = checkDependencies('./service', { database: './osv/all.zip' })
 * outcome.findings[0]?.message // 'expected no advisory on lodash 4.17.15, found GHSA-p6mc-m468-83gw: …'
 * ```
 */
export const checkDependencies = (path: string, options: DependencyOptions = {}): DependencyOutcome => {
  const { files, problems } = findDependencyFiles(path)
  const reading = readDependencies(files)
  const scope = options.scope ?? { direct: true, transitive: true }
  const inScope = reading.dependencies.filter(({ isDirect }) => (isDirect ? scope.direct : scope.transitive))
  const incomplete = [...problems, ...reading.problems, ...gapsOf(inScope)]
  if (files.length === 0) incomplete.push('no lock or requirement file was found')

  const matchable = new Set(inScope.filter(({ ecosystem, source }) => ecosystem !== 'conda' && source === undefined))
  const wanted = new Set([...matchable].map(({ ecosystem, name }) => packageKey(ecosystem, name)))
  const database = options.database === undefined ? undefined : searchDatabase(options.database, wanted)
  let age: DependencyOutcome['database']
  if (database === undefined) incomplete.push('no database of advisories was given')
  else {
    incomplete.push(...database.problems)
    const now = (options.clock ?? systemClock).now().getTime()
    if (database.records === 0 || database.newest === undefined) incomplete.push('the database has no records')
    else {
      const ageDays = Math.max(0, Math.floor((now - database.newest.getTime()) / millisecondsPerDay))
      const allowed = options.maximumAgeDays ?? defaultMaximumAgeDays
      age = { records: database.records, newest: database.newest.toISOString(), ageDays }
      if (ageDays > allowed) incomplete.push(`the database is ${ageDays} days old, expected at most ${allowed}`)
    }
  }

  const findings = new Map<string, Finding>()
  const add = (sighting: Sighting, file: string): void => {
    if (sighting.rule === dependencyRules['unknown-version']) incomplete.push(sighting.message)
    const finding = findingOf(sighting, file, [])
    findings.set(`${finding.rule} ${file} ${finding.message}`, finding)
  }
  for (const dependency of inScope) {
    for (const sighting of checkSource(dependency)) add(sighting, dependency.file)
    const { version } = dependency
    if (database === undefined || version === undefined || !matchable.has(dependency)) continue
    for (const sighting of matchAdvisories(dependency, version, database)) add(sighting, dependency.file)
  }
  for (const index of reading.indexes ?? []) add(checkIndex(index), files[0]?.path ?? path)

  const failOn = options.failOn ?? 'medium'
  const isFailed = [...findings.values()].some(({ severity }) => isAtLeast(severity, failOn))
  return {
    verdict: isFailed ? 'fail' : incomplete.length > 0 ? 'incomplete' : 'pass',
    findings: [...findings.values()].toSorted(
      (left, right) =>
        Number(isAtLeast(right.severity, left.severity)) - Number(isAtLeast(left.severity, right.severity)),
    ),
    files: files.map((file) => file.path),
    packages: new Set(inScope.map(({ ecosystem, name, version }) => `${ecosystem}/${name}@${version}`)).size,
    ...(age === undefined ? {} : { database: age }),
    incomplete: [...new Set(incomplete)],
  }
}
