import type { SeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import type { Norm } from './norms.ts'
import type { AttackedModel, AttackInputs, DifferentiableModel } from './objective.ts'
import type { WorstCase } from './worst-case.ts'

/** How much an attack spends on an example. */
export interface AttackEffort {
  /** Steps of those that climb or walk. */
  readonly steps: number
  /** Random starts, where a start is random. */
  readonly restarts: number
  /** Queries of those that search. */
  readonly queries: number
  /** Rival classes that are tried, best scoring first. */
  readonly candidates: number
}

/** What finds weak models in seconds. Papers report 100 steps, 5 restarts, 5,000 queries and 9 candidates. */
export const defaultEffort: AttackEffort = { steps: 20, restarts: 1, queries: 500, candidates: 3 }

/** What a registered attack is asked for. */
export interface AttackRequest extends AttackInputs {
  readonly norm: Norm
  /**
   * Radius of the ball in the inputs' own unit; the number of elements for L0. Attacks that look for the nearest example
   * begin their search with it at most. Of a patch it is the share of the shorter side, of movements the greatest turn
   * in units of 90 degrees and the greatest shift as a share of the side.
   */
  readonly radius: number
  readonly random: SeededRandom
  readonly effort: AttackEffort
  /** Is called with what was found so far, where an attack is made of several. */
  readonly record?: (progress: WorstCase) => void
}

/** What is said of every attack. */
interface Description {
  readonly title: string
  /** Where it was published. */
  readonly reference: string
  readonly norms: readonly Norm[]
  /** Whether the example that is found lies inside the ball, is the nearest one, or is bounded otherwise. */
  readonly kind: 'bounded' | 'nearest' | 'other'
}

/** An attack, and what it has to see of a model. */
export type AttackDescription = Description &
  (
    | { readonly needs: 'slopes'; run(model: DifferentiableModel, request: AttackRequest): Promise<FloatTensor> }
    | { readonly needs: 'scores' | 'answers'; run(model: AttackedModel, request: AttackRequest): Promise<FloatTensor> }
  )
