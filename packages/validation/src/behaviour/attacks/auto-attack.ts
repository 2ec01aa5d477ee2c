import type { SeededRandom } from '@nootropic/core'
import { attackWithApgd } from './apgd.ts'
import { attackWithFab } from './fab.ts'
import { rankRivals } from './nearest-border.ts'
import type { AttackInputs, DifferentiableModel } from './objective.ts'
import { attackWithSquare } from './square.ts'
import { type Contender, type WorstCase, worstCase } from './worst-case.ts'

/** How much the ensemble spends. */
export interface AutoAttackEffort {
  /** Steps of APGD and of FAB. */
  readonly steps: number
  /** Classes that the targeted attacks try, best scoring first. */
  readonly targets: number
  /** Queries of Square. */
  readonly queries: number
}

/** The effort of the published ensemble. */
const standardEffort: AutoAttackEffort = { steps: 100, targets: 9, queries: 5000 }

/** The scores of four classes make up the targeted loss. */
const classesOfTargetedLoss = 4

/** The `place`th best scoring class of each example besides its label. */
const targetsOf = async (model: DifferentiableModel, target: AttackInputs, place: number): Promise<number[]> => {
  const rivals = await rankRivals(model, target.inputs, target.labels)
  return rivals.map((columns) => columns[place] ?? 0)
}

/**
 * The standard AutoAttack (Croce and Hein 2020, arXiv 2003.01690): APGD on the cross-entropy, APGD on the targeted DLR
 * loss, targeted FAB and Square, each on what still stands. With fewer than four classes APGD climbs the margin and FAB is
 * untargeted, because the targeted loss is not defined there.
 */
export const attackWithAutoAttack = (
  options: AttackInputs & {
    readonly model: DifferentiableModel
    readonly norm: 'linf' | 'l2'
    readonly radius: number
    readonly random: SeededRandom
    readonly effort?: AutoAttackEffort
    readonly record?: (progress: WorstCase, attack: string) => void
  },
): Promise<WorstCase> => {
  const { model, norm, radius, random, effort = standardEffort } = options
  const { steps, queries } = effort
  const rounds = Array.from({ length: Math.min(effort.targets, model.classes - 1) }, (_, place) => place)
  const apgd = { model, norm, radius, steps, random }
  const fab = { model, norm, steps, candidates: effort.targets, start: { radius, random } }
  const targeted: Contender[] = [
    ...rounds.map((place) => ({
      name: `apgd-targeted-dlr (target ${place + 1})`,
      run: async (target: AttackInputs) =>
        attackWithApgd({
          ...apgd,
          ...target,
          loss: 'targeted-dlr',
          targets: await targetsOf(model, target, place),
        }),
    })),
    ...rounds.map((place) => ({
      name: `fab-targeted (target ${place + 1})`,
      run: async (target: AttackInputs) =>
        attackWithFab({ ...fab, ...target, targets: await targetsOf(model, target, place) }),
    })),
  ]
  const untargeted: Contender[] = [
    { name: 'apgd-margin', run: (target) => attackWithApgd({ ...apgd, ...target, loss: 'margin' }) },
    { name: 'fab', run: (target) => attackWithFab({ ...fab, ...target }) },
  ]
  return worstCase({
    ...options,
    bounds: { norm, radius },
    attacks: [
      { name: 'apgd-cross-entropy', run: (target) => attackWithApgd({ ...apgd, ...target, loss: 'cross-entropy' }) },
      ...(model.classes >= classesOfTargetedLoss ? targeted : untargeted),
      { name: 'square', run: (target) => attackWithSquare({ model, norm, radius, queries, random, ...target }) },
    ],
  })
}
