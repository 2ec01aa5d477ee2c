import type { Clock } from '@nootropic/core'
import { measureAttack } from '../report/attack-curve.ts'
import type { AttackedModel, DifferentiableModel } from './attacks/objective.ts'
import { type AttackName, attackRegistry } from './attacks/registry.ts'
import type { ClassifierTrial } from './subject.ts'

/** An attack that is carried out beside the curve, in its own norm. */
export interface AttackBeside {
  readonly type: AttackName
  readonly epsilon: number
  readonly steps?: number
}

/** What an attack leaves in its own norm, of all examples that were tried. */
export const attackBeside = async (
  { type, epsilon, steps }: AttackBeside,
  model: AttackedModel | DifferentiableModel,
  trial: ClassifierTrial,
  limits: { readonly seed: number; readonly clock: Clock; readonly budgetMs: number; readonly signal?: AbortSignal },
): Promise<{ readonly share: number; readonly note?: string }> => {
  const { figures } = await measureAttack(model, trial, {
    ...limits,
    name: type,
    norm: attackRegistry[type].norms[0],
    epsilons: [epsilon],
    effort: steps === undefined ? {} : { steps },
  })
  const { note } = figures
  return { share: figures.curve.at(-1)?.share ?? 1, ...(note === undefined ? {} : { note }) }
}
