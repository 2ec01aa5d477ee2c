import { isNootropicError, type Verdict } from '@nootropic/core'
import { type AttackLimits, guardModel } from '../behaviour/attacks/guarded-model.ts'
import type { AttackedModel, DifferentiableModel } from '../behaviour/attacks/objective.ts'
import type { Dataset } from '../behaviour/dataset.ts'

/** The attacks on privacy, by name. */
export const privacyAttacks = [
  'membership-inference',
  'model-inversion',
  'model-extraction',
  'attribute-inference',
  'memorised-strings',
] as const
/** One of {@link privacyAttacks}. */
export type PrivacyAttackName = (typeof privacyAttacks)[number]

/** What is said of every attack. */
export interface PrivacyAttackResult {
  readonly attack: PrivacyAttackName
  /**
   * `fail` where it got what it must not, `pass` where it was carried out and did not; anything between, and whatever was not
   * carried out to its end, is `incomplete`.
   */
  readonly verdict: Verdict
  /** Why it is incomplete; or what limits the figures. */
  readonly note?: string
  /** Examples that the model was asked about. */
  readonly queries: number
}

/** The model under attack, and what attacks may use. */
export interface PrivacyTarget {
  readonly path: string
  readonly model: AttackedModel | DifferentiableModel
  /** Examples that the model was trained on. */
  readonly members: Dataset
  /** Examples of the same kind that it was not trained on. */
  readonly nonMembers: Dataset
  readonly seed: number
  readonly limits: AttackLimits
  /** Is told how many of an attack's parts are done. */
  readonly progress?: (attack: PrivacyAttackName, done: number, total: number) => void
}

/** The target with its queries counted, and its answers and the limits checked. */
export const guardTarget = (target: PrivacyTarget): { target: PrivacyTarget; queries: () => number } => {
  const { model, queries } = guardModel(target.model, target.limits)
  return { target: { ...target, model }, queries }
}

/** What ends an attack without making it void: the figures that stand are kept. */
const endings = [
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'OUTPUT_INVALID',
  'INPUT_INVALID',
  'LIMIT_EXCEEDED',
  'WORKER_FAILED',
] as const

/** Does `work` and gives nothing, or, where it was ended, the reason. Any other error goes on. */
export const untilEnded = async (work: () => Promise<void>): Promise<string | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    if (!isNootropicError(error) || !endings.some((code) => code === error.code)) throw error
    return `${error.code}: ${error.message}`
  }
}
