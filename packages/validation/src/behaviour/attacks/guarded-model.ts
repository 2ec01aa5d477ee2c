import { type Clock, isNootropicError, NootropicError } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { type AttackedModel, type DifferentiableModel, verifyFinite } from './objective.ts'

/** When an attack must stop. */
export interface AttackLimits {
  readonly signal?: AbortSignal
  /** Whether the time budget still holds. */
  hasTime?(): boolean
}

/** Limits that hold from now on: a time budget in milliseconds, and a caller who may give up. */
export const limitsFromNow = (
  { budgetMs, signal }: { readonly budgetMs: number; readonly signal?: AbortSignal },
  clock: Clock,
): AttackLimits => {
  const startedMs = clock.monotonicMs()
  return {
    hasTime: () => clock.monotonicMs() - startedMs <= budgetMs,
    ...(signal === undefined ? {} : { signal }),
  }
}

const interruptions = ['DEADLINE_EXCEEDED', 'ABORTED', 'OUTPUT_INVALID', 'WORKER_FAILED'] as const

/** Whether an error ends a test without making void what was measured before; every other one goes on. */
export const isInterruption = (error: unknown): error is NootropicError =>
  isNootropicError(error) && interruptions.some((code) => code === error.code)

/** Throws when the attack must stop. @throws NootropicError `ABORTED` or `DEADLINE_EXCEEDED` */
export const verifyMayGoOn = ({ signal, hasTime }: AttackLimits): void => {
  if (signal?.aborted) throw new NootropicError('ABORTED', 'the caller stopped the attack', { cause: signal.reason })
  if (hasTime?.() === false) throw new NootropicError('DEADLINE_EXCEEDED', 'the time budget of the attack is used up')
}

/**
 * The model as an attack may use it: before every run it is asked whether the attack may go on, examples are counted, and
 * an answer that is incomplete or no number ends the attack, because nothing follows from one.
 */
export const guardModel = <Model extends AttackedModel | DifferentiableModel>(
  model: Model,
  limits: AttackLimits,
): { readonly model: Model; readonly queries: () => number } => {
  let queries = 0
  const guard = async (
    what: string,
    inputs: FloatTensor,
    expected: number,
    run: () => Promise<ArrayLike<number>>,
  ): Promise<ArrayLike<number>> => {
    verifyMayGoOn(limits)
    queries += inputs.dims[0] ?? 0
    const values = await run()
    if (values.length !== expected) {
      throw new NootropicError('OUTPUT_INVALID', `expected ${expected} ${what}, found ${values.length}`)
    }
    verifyFinite(values, what)
    return values
  }
  const slopes: Partial<DifferentiableModel> =
    'slope' in model
      ? {
          slope: (inputs, weights) => guard('slopes', inputs, inputs.data.length, () => model.slope(inputs, weights)),
        }
      : {}
  return {
    model: {
      ...model,
      scores: (inputs) => guard('scores', inputs, (inputs.dims[0] ?? 0) * model.classes, () => model.scores(inputs)),
      ...slopes,
    },
    queries: () => queries,
  }
}
