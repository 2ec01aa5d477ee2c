import type { ModelPackage } from '@nootropic/core/formats'
import type { StageOutcome } from '../outcome.ts'
import { type SeverityReactions, verdictOfReactions } from '../reactions.ts'
import { checkDependencies, type DependencyOptions } from './check-dependencies.ts'
import { dependencyReaders } from './readers.ts'

/** Whether a package manager would take something from a file of the package. */
export const namesDependencies = ({ files }: ModelPackage): boolean =>
  files.some(({ path }) => dependencyReaders.some((reader) => reader.matches(path.split('/').at(-1) ?? '')))

/** What is known of the packages that a model's own files ask for, as a stage of its validation. */
export const checkPackageDependencies = (
  { path }: ModelPackage,
  options: DependencyOptions,
  reactions: SeverityReactions,
): StageOutcome => {
  const { findings, packages, database, incomplete } = checkDependencies(path, options)
  const verdict = verdictOfReactions(findings, reactions)
  return {
    verdict: verdict === 'pass' && incomplete.length > 0 ? 'incomplete' : verdict,
    measurements: {
      packages,
      ...(database === undefined ? {} : { advisories: database.records, databaseAgeDays: database.ageDays }),
    },
    findings,
    ...(incomplete.length === 0 ? {} : { note: incomplete.join('; ') }),
  }
}
