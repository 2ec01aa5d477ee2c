import { closestWord, NootropicError } from '@nootropic/core'
import type { AttackDescription, AttackEffort } from '../behaviour/attacks/attack-description.ts'
import type { Norm } from '../behaviour/attacks/norms.ts'
import { type AttackName, attackRegistry } from '../behaviour/attacks/registry.ts'
import { defaultEpsilons } from './epsilon.ts'

/** One attack to carry out. */
export interface RequestedAttack {
  readonly name: AttackName
  /** By default the first that it has: L-infinity for most. */
  readonly norm?: Norm
  /** The points of its curve, beside the one that is judged; see `epsilonMeanings`. By default some for its norm. */
  readonly epsilons?: readonly number[]
  readonly effort?: Partial<AttackEffort>
}

/** What finds a weak model in seconds: one step, many steps, steps that adapt, and one that needs no slope at all. */
export const defaultAttacks: readonly RequestedAttack[] = [
  { name: 'fgsm' },
  { name: 'pgd' },
  { name: 'apgd' },
  { name: 'square' },
]

/** An attack with everything said. */
export interface PlannedAttack {
  readonly name: AttackName
  readonly norm: Norm
  readonly epsilons: readonly number[]
  readonly effort: Partial<AttackEffort>
}

/**
 * The curve always has the point at which the result counts: what was never tried there would stand.
 *
 * @throws NootropicError `USAGE` for an attack, a norm or an epsilon that there is not
 */
export const planAttack = ({ name, norm, epsilons, effort = {} }: RequestedAttack, judgedAt: number): PlannedAttack => {
  const names = Object.keys(attackRegistry)
  if (!Object.hasOwn(attackRegistry, name)) {
    const near = closestWord(name, names)
    const advice = near === undefined ? '' : `; did you mean "${near}"?`
    throw new NootropicError('USAGE', `expected an attack out of ${names.join(', ')}, found "${name}"${advice}`)
  }
  const attack: AttackDescription = attackRegistry[name]
  const chosen = norm ?? (attack.norms[0] as Norm)
  if (!attack.norms.includes(chosen)) {
    const message = `expected a norm out of ${attack.norms.join(', ')} for the attack "${name}", found ${chosen}`
    throw new NootropicError('USAGE', `${message}; choose another of either`)
  }
  const given = epsilons ?? defaultEpsilons[chosen]
  const asked = [...given, judgedAt]
  const wrong = asked.find((epsilon) => !(epsilon > 0 && epsilon <= 1))
  if (wrong !== undefined || given.length === 0) {
    const found = wrong === undefined ? 'none' : String(wrong)
    throw new NootropicError(
      'USAGE',
      `expected epsilons above 0 and at most 1 for the attack "${name}", found ${found}`,
    )
  }
  return { name, norm: chosen, epsilons: [...new Set(asked)].sort((left, right) => left - right), effort }
}
