import { createSeededRandom } from '@nootropic/core'
import { attackWithApgd } from '../../src/behaviour/attacks/apgd.ts'
import { attackWithCarliniWagner } from '../../src/behaviour/attacks/carlini-wagner.ts'
import { attackWithDeepFool } from '../../src/behaviour/attacks/deepfool.ts'
import { attackWithFab } from '../../src/behaviour/attacks/fab.ts'
import { attackWithFgsm } from '../../src/behaviour/attacks/fgsm.ts'
import { distances } from '../../src/behaviour/attacks/norms.ts'
import {
  type AttackInputs,
  type DifferentiableModel,
  fooledRows,
  type Objective,
} from '../../src/behaviour/attacks/objective.ts'
import { attackWithPgd } from '../../src/behaviour/attacks/pgd.ts'
import { attackWithSquare } from '../../src/behaviour/attacks/square.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'
import { openObjectives } from '../../src/behaviour/objectives.ts'
import { digitsDataset, openDigits } from './digits.ts'

type Norm = 'linf' | 'l2'

/** "attack radius" or "attack norm radius". */
const parsed = (name: string): { readonly attack: string; readonly norm: Norm; readonly radius: number } => {
  const [attack = '', ...rest] = name.split(' ')
  return { attack, norm: rest[0] === 'l2' ? 'l2' : 'linf', radius: Number(rest.at(-1)) }
}

/** Each attack by its name, with as many steps as tools/attack-fixtures gives it. */
const attacksOn = (target: AttackInputs & { readonly model: DifferentiableModel; readonly objective: Objective }) => {
  const random = () => createSeededRandom(1)
  const climb = (norm: Norm, radius: number, loss: 'cross-entropy' | 'dlr') =>
    attackWithApgd({ ...target, norm, radius, loss, steps: 100, random: random() })
  const attacks: Record<string, (norm: Norm, radius: number) => Promise<FloatTensor>> = {
    clean: async () => target.inputs,
    fgsm: (_, radius) => attackWithFgsm({ ...target, radius }),
    pgd: (_, radius) => attackWithPgd({ ...target, radius, steps: 10 }),
    'apgd-ce': (norm, radius) => climb(norm, radius, 'cross-entropy'),
    'apgd-dlr': (norm, radius) => climb(norm, radius, 'dlr'),
    square: (norm, radius) => attackWithSquare({ ...target, norm, radius, queries: 300, random: random() }),
    deepfool: (norm) => attackWithDeepFool({ ...target, norm, steps: 20, candidates: 9 }),
    fab: (norm) => attackWithFab({ ...target, norm, steps: 10, candidates: 9 }),
    'carlini-wagner': () => attackWithCarliniWagner({ ...target, searches: 4, steps: 40, rate: 0.2 }),
  }
  return attacks
}

/** What looks for the nearest example is run once, and judged at each radius. */
const nearest = ['deepfool', 'fab', 'carlini-wagner']

/**
 * What stands of the first `count` held-out digits after each attack named as in tools/attack-fixtures, "attack radius" or
 * "attack norm radius": a character an example, 1 where nothing was found within the radius that fools the model.
 */
export const standingDigits = async (count: number, names: readonly string[]): Promise<Record<string, string>> => {
  const digits = await openDigits(count)
  const { inputs, labels, domain } = digitsDataset(count)
  const { list, close } = await openObjectives(digits.subject, digits.trial)
  const [objective] = list
  if (objective?.name !== 'cross-entropy') throw new Error('expected the objective of the cross-entropy first')
  const attacks = attacksOn({ inputs, labels, domain, model: digits.model, objective })
  const found = new Map<string, FloatTensor>()
  try {
    const standing: Record<string, string> = {}
    for (const name of names) {
      const { attack, norm, radius } = parsed(name)
      const key = nearest.includes(attack) ? `${attack} ${norm}` : name
      const result = found.get(key) ?? (await attacks[attack]?.(norm, radius))
      if (result === undefined) throw new Error(`expected the name of an attack, found ${attack}`)
      found.set(key, result)
      const sizes = distances(norm, result.data, inputs.data, 784)
      standing[name] = fooledRows(await digits.model.scores(result), 10, labels)
        .map((is, row) => (is && (sizes[row] ?? 0) <= radius + 1e-5 ? '0' : '1'))
        .join('')
    }
    return standing
  } finally {
    await close()
    await digits.close()
  }
}

/** The share of ones. */
export const accuracyOf = (standing: string): number =>
  standing.split('').filter((is) => is === '1').length / standing.length

/** The share of places at which two results agree. */
export const agreement = (left: string, right: string): number =>
  left.split('').filter((is, place) => is === right[place]).length / left.length
