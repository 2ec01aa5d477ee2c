import { type Clock, createSeededRandom, systemClock } from '@nootropic/core'
import type { Sighting } from '../../scan/rule.ts'
import { guardModel, isInterruption } from '../attacks/guarded-model.ts'
import type { AttackInputs, DifferentiableModel } from '../attacks/objective.ts'
import { range } from '../rows.ts'
import { defaultTriggerEffort, reconstructTrigger, type Trigger, type TriggerEffort } from './reconstruct-trigger.ts'
import { backdoorRules } from './rules.ts'

/** How to look for triggers. */
export interface TriggerSearch extends AttackInputs {
  readonly model: DifferentiableModel
  readonly seed: number
  readonly effort?: TriggerEffort
  /** The classes that are tried as targets; all of them where it is left out. */
  readonly targets?: readonly number[]
  readonly budgetMs?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Is told the classes that are done, of how many. */
  readonly progress?: (done: number, of: number) => void
}

/** What the search found. */
export interface TriggerOutcome {
  /** The least mark for each class that was tried. */
  readonly triggers: readonly Trigger[]
  /** How far below the others the size of each lies, in robust deviations of its logarithm. */
  readonly indices: readonly number[]
  readonly sightings: readonly Sighting[]
  /** Why not every class was tried, or why they cannot be compared. */
  readonly stopped?: string
}

/** With fewer classes nothing says what a mark's size usually is. */
const leastClasses = 5

/** A mark is an outlier so many deviations below the median, and at most this share of it. */
const outlierIndex = 3
const outlierShare = 0.25

/** A mark that does not turn most examples is none. */
const leastSuccess = 0.75

/** A median deviation of the normal distribution is a standard one over this. */
const deviationsPerMedian = 1.4826

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/**
 * How far each size lies below the median of all, in median absolute deviations. Of the sizes' logarithms: sizes are
 * skewed, and the one large mark that a distant class needs would hide a small one.
 */
export const outlierIndices = (sizes: readonly number[]): number[] => {
  const logarithms = sizes.map((size) => Math.log(Math.max(size, Number.MIN_VALUE)))
  const middle = median(logarithms)
  const deviation = deviationsPerMedian * median(logarithms.map((value) => Math.abs(value - middle)))
  return logarithms.map((value) => (middle - value) / Math.max(deviation, 1e-9))
}

/** Whether marks of these sizes and success point at a backdoor: their sightings, the smallest mark first. */
export const judgeTriggers = (
  triggers: readonly Pick<Trigger, 'target' | 'size' | 'success'>[],
): { readonly indices: readonly number[]; readonly sightings: readonly Sighting[] } => {
  const indices = outlierIndices(triggers.map(({ size }) => size))
  const usual = median(triggers.map(({ size }) => size))
  const outliers = range(triggers.length).filter((place) => {
    const { size = Number.NaN, success = 0 } = triggers[place] ?? {}
    return (indices[place] ?? 0) > outlierIndex && size <= outlierShare * usual && success >= leastSuccess
  })
  const sightings = outliers.map((place): Sighting => {
    const { target = -1, size = 0, success = 0 } = triggers[place] ?? {}
    const index = Number((indices[place] ?? 0).toFixed(2))
    return {
      rule: backdoorRules['trigger-found'],
      message: `expected marks of about ${usual.toPrecision(3)} places to be needed for every class, one of ${size.toPrecision(3)} turns ${Math.round(100 * success)} % of the examples into class ${target} (anomaly index ${index})`,
      evidence: { target, size, usual, success, index },
    }
  })
  return { indices, sightings }
}

/**
 * Looks for the smallest mark that leads to each class, and for a class whose mark is far smaller than those of all
 * others: a backdoor's trigger. Marks of a bad trigger may be large (blended, warped, of many places), and such a backdoor
 * is not found: no sighting is no proof.
 */
export const findTriggers = async (search: TriggerSearch): Promise<TriggerOutcome> => {
  const { labels, seed, effort = defaultTriggerEffort, clock = systemClock, budgetMs, signal } = search
  const startedMs = clock.monotonicMs()
  const { model } = guardModel(search.model, {
    ...(signal === undefined ? {} : { signal }),
    hasTime: () => budgetMs === undefined || clock.monotonicMs() - startedMs <= budgetMs,
  })
  const targets = search.targets ?? range(model.classes)
  const triggers: Trigger[] = []
  let stopped: string | undefined
  for (const target of targets) {
    if (labels.every((label) => label === target)) {
      stopped = `no example of another class than ${target}`
      break
    }
    try {
      triggers.push(await reconstructTrigger(model, target, search, effort, createSeededRandom((seed + target) >>> 0)))
    } catch (error) {
      if (!isInterruption(error)) throw error
      stopped = `${error.code}: ${error.message}`
      break
    }
    search.progress?.(triggers.length, targets.length)
  }
  if (triggers.length < leastClasses) {
    const reason = stopped ?? `${triggers.length} classes, ${leastClasses} are needed to compare their marks`
    return { triggers, indices: [], sightings: [], stopped: reason }
  }
  return { triggers, ...judgeTriggers(triggers), ...(stopped === undefined ? {} : { stopped }) }
}
