import { NootropicError } from '@nootropic/core'
import type { CorruptionSeverity } from './corruption-description.ts'
import type { CorruptionTable } from './measure-corruptions.ts'
import { corruptionRegistry } from './registry.ts'

/** The errors of the model that others are compared with: AlexNet in the paper. All are shares from 0 to 1. */
export interface CorruptionBaseline {
  readonly cleanError: number
  /** By the name of a corruption, the error at severities 1 to 5. */
  readonly errors: Readonly<Record<string, readonly number[]>>
}

/** Mean errors over corruptions. */
export interface MeanCorruptionError {
  /** Mean over the corruptions: of error over the baseline's error, where there is one, else of the error itself. */
  readonly meanCorruptionError: number
  /** The same of the errors that corruption adds. Nothing where the baseline's does not rise under a corruption. */
  readonly relativeMeanCorruptionError?: number
  /** Whether a baseline was given; if not, both are plain errors and no figures of the paper. */
  readonly isRelativeToBaseline: boolean
  /** What the means are taken over: the paper's 15 for pictures, where they were measured at all severities asked for. */
  readonly corruptions: readonly string[]
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const baselineErrors = (
  baseline: CorruptionBaseline,
  name: string,
  severities: readonly CorruptionSeverity[],
): number[] =>
  severities.map((severity) => {
    const error = baseline.errors[name]?.[severity - 1]
    if (error === undefined || !(error >= 0 && error <= 1))
      throw new NootropicError(
        'USAGE',
        `expected the baseline's error under ${name} at severity ${severity}, from 0 to 1, found ${error}`,
      )
    return error
  })

/**
 * The mean corruption error of Hendrycks and Dietterich (arXiv 1903.12261): errors summed over severities, divided by the
 * baseline's, averaged over corruptions. Corruptions that were not measured at every severity asked for are left out.
 *
 * @returns nothing where no corruption was measured to the end.
 * @throws NootropicError `USAGE` where the baseline misses a corruption
 */
export const meanCorruptionError = (
  table: CorruptionTable,
  baseline?: CorruptionBaseline,
): MeanCorruptionError | undefined => {
  const { cleanAccuracy, severities } = table
  const rows = table.rows.filter(
    ({ name, results }) => corruptionRegistry[name].isInMean && results.length === severities.length,
  )
  if (rows.length === 0 || cleanAccuracy === undefined) return undefined
  const ratios = rows.map(({ name, results }) => {
    const error = mean(results.map(({ accuracy }) => 1 - accuracy))
    const added = error - (1 - cleanAccuracy)
    if (baseline === undefined) return { plain: error, relative: added }
    const theirs = mean(baselineErrors(baseline, name, severities))
    if (theirs === 0)
      throw new NootropicError(
        'USAGE',
        `expected a baseline with an error above 0 under ${name}, found none to divide by`,
      )
    const theirsAdded = theirs - baseline.cleanError
    return { plain: error / theirs, relative: theirsAdded > 0 ? added / theirsAdded : Number.NaN }
  })
  const relative = mean(ratios.map((ratio) => ratio.relative))
  return {
    meanCorruptionError: mean(ratios.map(({ plain }) => plain)),
    ...(Number.isFinite(relative) ? { relativeMeanCorruptionError: relative } : {}),
    isRelativeToBaseline: baseline !== undefined,
    corruptions: rows.map(({ name }) => name),
  }
}
