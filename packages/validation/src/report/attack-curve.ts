import type { Clock } from '@nootropic/core'
import { type AttackDescription, type AttackEffort, defaultEffort } from '../behaviour/attacks/attack-description.ts'
import { copyOf, elementsOf } from '../behaviour/attacks/examples.ts'
import type { Norm } from '../behaviour/attacks/norms.ts'
import type { AttackedModel, DifferentiableModel } from '../behaviour/attacks/objective.ts'
import { type AttackName, attackRegistry } from '../behaviour/attacks/registry.ts'
import { type AttackOutcome, runAttack } from '../behaviour/attacks/run-attack.ts'
import type { FloatTensor } from '../behaviour/dataset.ts'
import { range, rowLength, takeRows } from '../behaviour/rows.ts'
import type { ClassifierTrial } from '../behaviour/subject.ts'
import type { AttackFigures, AttackPoint } from './attack-figures.ts'
import { radiusOf } from './epsilon.ts'

/** How a curve is measured. */
export interface CurveOptions {
  readonly name: AttackName
  readonly norm: Norm
  /** Rising, above 0. */
  readonly epsilons: readonly number[]
  readonly effort: Partial<AttackEffort>
  readonly seed: number
  readonly budgetMs: number
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly progress?: (done: number) => void
}

/** An example that fell. */
interface Fall {
  readonly epsilon: number
  readonly distance: number
}

/** A curve with what was found on the way. */
export interface AttackCurve {
  readonly figures: AttackFigures
  /** For each example of the trial how it fell, if it did. */
  readonly falls: readonly (Fall | undefined)[]
  /** Whether it was stopped: then it never tried the epsilons that its curve lacks. */
  readonly isStopped: boolean
  /** For each example what was found; the original where nothing was. */
  readonly found: FloatTensor
}

/** A distance this share above its radius is on it: radii and distances are rounded apart. */
const roundingShare = 1e-5

const medianOf = (sorted: readonly number[]): number => sorted[Math.floor((sorted.length - 1) / 2)] ?? 0

const distancesOf = (falls: readonly (Fall | undefined)[]): Pick<AttackFigures, 'distances'> => {
  const sorted = falls.flatMap((fall) => (fall === undefined ? [] : [fall.distance])).sort((a, b) => a - b)
  const [least] = sorted
  const greatest = sorted.at(-1)
  if (least === undefined || greatest === undefined) return {}
  return { distances: { least, median: medianOf(sorted), greatest } }
}

/** What of a curve is still open while it is measured. */
interface Progress {
  readonly falls: (Fall | undefined)[]
  readonly found: FloatTensor
  readonly points: AttackPoint[]
  queries: number
  isEstimated: boolean
  stopped: string | undefined
}

const pointAt = (trial: ClassifierTrial, epsilon: number, radius: number, standing: number, undecided = 0) => ({
  epsilon,
  radius,
  standing,
  undecided,
  share: standing / trial.examples,
})

const noteOutcome = (progress: Progress, { queries, isEstimated, stopped }: AttackOutcome): void => {
  progress.queries += queries
  progress.isEstimated = isEstimated
  progress.stopped = stopped
}

const keepFound = (progress: Progress, row: number, outcome: AttackOutcome, place: number): void =>
  elementsOf(progress.found, row).set(elementsOf(outcome.found, place))

/**
 * Measures what an attack leaves of a model at each epsilon, smallest first. One that is bounded is run again at each
 * epsilon, on the examples that stand: what fell inside a smaller ball has fallen in every larger one. One that looks for
 * the nearest example is run once, and its distances are the curve.
 */
export const measureAttack = async (
  model: AttackedModel | DifferentiableModel,
  trial: ClassifierTrial,
  options: CurveOptions,
): Promise<AttackCurve> => {
  const { name, norm, epsilons, effort, seed, budgetMs, clock, signal } = options
  const attack: AttackDescription = attackRegistry[name]
  const startedMs = clock.monotonicMs()
  const space = { elements: rowLength(trial.inputs), width: trial.domain[1] - trial.domain[0] }
  const radius = (epsilon: number): number => radiusOf(attack, norm, epsilon, space)
  const count = trial.labels.length
  const progress: Progress = {
    falls: trial.labels.map(() => undefined),
    found: copyOf(trial.inputs),
    points: [pointAt(trial, 0, 0, count)],
    queries: 0,
    isEstimated: attack.needs === 'slopes' && !('slope' in model),
    stopped: undefined,
  }
  const attackRows = (rows: readonly number[], epsilon: number): Promise<AttackOutcome> =>
    runAttack(name, {
      model,
      inputs: takeRows(trial.inputs, rows),
      labels: rows.map((row) => trial.labels[row] ?? -1),
      domain: trial.domain,
      norm,
      radius: radius(epsilon),
      seed,
      effort,
      clock,
      // A change for all examples is sought over all of them.
      ...(name === 'universal' ? { chunk: count } : {}),
      budgetMs: budgetMs - (clock.monotonicMs() - startedMs),
      ...(signal === undefined ? {} : { signal }),
      ...(options.progress === undefined ? {} : { progress: options.progress }),
    })

  if (attack.kind === 'nearest') {
    const outcome = await attackRows(range(count), epsilons.at(-1) ?? 0)
    noteOutcome(progress, outcome)
    for (const epsilon of epsilons) {
      const reach = radius(epsilon) * (1 + roundingShare)
      outcome.fooled.forEach((isFooled, row) => {
        const distance = outcome.distances[row] ?? Number.POSITIVE_INFINITY
        if (isFooled !== true || distance > reach || progress.falls[row] !== undefined) return
        progress.falls[row] = { epsilon, distance }
        keepFound(progress, row, outcome, row)
      })
      const undecided = outcome.fooled.filter((isFooled) => isFooled === undefined).length
      const fallen = progress.falls.filter((fall) => fall !== undefined).length
      progress.points.push(pointAt(trial, epsilon, radius(epsilon), count - fallen - undecided, undecided))
    }
  } else {
    for (const epsilon of epsilons) {
      const standing = range(count).filter((row) => progress.falls[row] === undefined)
      let undecided = 0
      if (standing.length > 0) {
        const outcome = await attackRows(standing, epsilon)
        noteOutcome(progress, outcome)
        outcome.fooled.forEach((isFooled, place) => {
          const row = standing[place] ?? -1
          if (isFooled === undefined) undecided += 1
          if (isFooled !== true) return
          progress.falls[row] = { epsilon, distance: outcome.distances[place] ?? 0 }
          keepFound(progress, row, outcome, place)
        })
      }
      const fallen = progress.falls.filter((fall) => fall !== undefined).length
      progress.points.push(pointAt(trial, epsilon, radius(epsilon), count - fallen - undecided, undecided))
      if (progress.stopped !== undefined) break
    }
  }

  const stands = progress.falls.some((fall) => fall === undefined)
  const notes = [
    ...(progress.stopped === undefined ? [] : [progress.stopped]),
    ...(progress.isEstimated && stands ? ['the slope was estimated from scores: what stands proves little'] : []),
  ]
  return {
    figures: {
      attack: name,
      title: attack.title,
      reference: attack.reference,
      norm,
      kind: attack.kind,
      needs: attack.needs,
      isEstimated: progress.isEstimated,
      verdict: notes.length === 0 ? 'pass' : 'incomplete',
      curve: progress.points,
      queries: progress.queries,
      ...distancesOf(progress.falls),
      effort: { ...defaultEffort, ...effort },
      seed,
      durationMs: Math.max(0, clock.monotonicMs() - startedMs),
      ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
    },
    falls: progress.falls,
    isStopped: progress.stopped !== undefined,
    found: progress.found,
  }
}
