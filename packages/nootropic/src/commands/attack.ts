import { attackOptions } from '@nootropic/validation'
import {
  type AttackEffort,
  type AttackName,
  attackModel,
  attackRegistry,
  certificates,
  defaultAttacks,
  type Norm,
  norms,
  type RequestedAttack,
} from '@nootropic/validation/behaviour'
import { manifestOf } from '../manifest-of.ts'
import { type Invocation, textOption, textOptions, type Verb } from '../verb.ts'
import { choose } from './choose.ts'
import { examinationOptions, withData, withExamination } from './examination.ts'
import { countOption, shareOptions } from './number-option.ts'

const names = Object.keys(attackRegistry) as AttackName[]

const effortOf = (invocation: Invocation): Partial<AttackEffort> => {
  const steps = countOption(invocation, 'steps', { most: 10_000 })
  const restarts = countOption(invocation, 'restarts', { most: 1000 })
  const queries = countOption(invocation, 'queries', { most: 1_000_000 })
  return {
    ...(steps === undefined ? {} : { steps }),
    ...(restarts === undefined ? {} : { restarts }),
    ...(queries === undefined ? {} : { queries }),
  }
}

const askedFor = (invocation: Invocation, otherwise: readonly RequestedAttack[]): readonly RequestedAttack[] => {
  const named = textOptions(invocation, 'attack')
  if (named.length === 0) return otherwise
  return named.map((name) => ({ name: choose('attack', name, names) }))
}

/** What each attack is asked with, by the options of the command line. */
const withOptions = (invocation: Invocation, attacks: readonly RequestedAttack[]): readonly RequestedAttack[] => {
  const epsilons = shareOptions(invocation, 'epsilon')
  const chosen = textOption(invocation, 'norm')
  const norm: Norm | undefined = chosen === undefined ? undefined : choose('norm', chosen, norms)
  const effort = effortOf(invocation)
  // Of the attacks that nobody named, those that have the norm.
  const usable =
    textOptions(invocation, 'attack').length > 0 || norm === undefined
      ? attacks
      : attacks.filter(({ name }) => (attackRegistry[name].norms as readonly Norm[]).includes(norm))
  return usable.map((attack) => ({
    ...attack,
    effort: { ...attack.effort, ...effort },
    ...(norm === undefined ? {} : { norm }),
    ...(epsilons === undefined ? {} : { epsilons }),
  }))
}

export const attack: Verb = {
  name: 'attack',
  operands: 'MODEL',
  summary: 'attack a model in the sandbox, and say what is left of it at each epsilon',
  options: {
    attack: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      description: `an attack to carry out (repeatable): ${names.join(', ')} (default ${defaultAttacks.map(({ name }) => name).join(', ')})`,
    },
    norm: { type: 'string', value: 'NORM', description: `how a change is measured: ${norms.join(', ')}` },
    epsilon: {
      type: 'string',
      value: 'SHARE',
      multiple: true,
      description: 'a change of the inputs, as a share of their range (repeatable); the greatest counts',
    },
    steps: { type: 'string', value: 'COUNT', description: 'steps of attacks that climb (default 20)' },
    restarts: { type: 'string', value: 'COUNT', description: 'random starts (default 1)' },
    queries: { type: 'string', value: 'COUNT', description: 'queries of attacks that search (default 500)' },
    certify: {
      type: 'string',
      value: 'METHOD',
      multiple: true,
      description: `also prove what holds (repeatable, slow): ${certificates.join(', ')}`,
    },
    backdoor: { type: 'boolean', description: 'also search for triggers and for signs in the weights (slow)' },
    ...examinationOptions,
  },
  run: (invocation, streams) =>
    withExamination(invocation, streams, async (setup) => {
      const epsilons = shareOptions(invocation, 'epsilon')
      const manifest = manifestOf(setup.settings, 'AdversarialTesting')
      const { attacks = defaultAttacks, ...asked } = manifest === undefined ? {} : attackOptions(manifest)
      return attackModel(setup.model, {
        ...asked,
        ...(await withData(setup, invocation, streams)),
        attacks: withOptions(invocation, askedFor(invocation, attacks)),
        backdoor: invocation.options.backdoor === true,
        certify: textOptions(invocation, 'certify').map((name) => choose('certify', name, certificates)),
        ...(setup.examples === undefined ? {} : { examples: setup.examples }),
        ...(epsilons === undefined ? {} : { judgedAt: Math.max(...epsilons) }),
      })
    }),
}
