import { type Clock, createSeededRandom, isNootropicError } from '@nootropic/core'
import { incompleteOutcome, type KeptAccuracy, type StageOutcome } from '../outcome.ts'
import { attackBeside } from './attack-beside.ts'
import { type AttackDescription, defaultEffort } from './attacks/attack-description.ts'
import { attackWithFgsm } from './attacks/fgsm.ts'
import { type AttackLimits, guardModel, limitsFromNow, verifyMayGoOn } from './attacks/guarded-model.ts'
import {
  type AttackedModel,
  type DifferentiableModel,
  isInDomain,
  type Objective,
  verifyFinite,
} from './attacks/objective.ts'
import { attackWithPgd } from './attacks/pgd.ts'
import { type AttackName, attackRegistry } from './attacks/registry.ts'
import { differentiable } from './attacks/run-attack.ts'
import { type Contender, worstCase } from './attacks/worst-case.ts'
import { leastFlatShare, maskedFinding, maskedShare } from './masked-gradient.ts'
import { blackBoxObjective, type OpenModel, openAttackedModel, openObjectives, scoredModel } from './objectives.ts'
import { range, takeRows } from './rows.ts'
import { type ClassifierTrial, firstExamples, prepareTrial, type Subject, trialNotes } from './subject.ts'

/** The registered attacks that share the curve at L-infinity with FGSM and PGD. */
export const strongerAttacks = [
  'bim',
  'mi-fgsm',
  'apgd',
  'auto-attack',
  'deepfool',
  'fab',
  'square',
  'hop-skip-jump',
  'universal',
] as const

/** One attack, with the epsilon at which its result counts for the security score: see `epsilonMeanings`. */
export type Attack =
  | { readonly type: 'fgsm'; readonly epsilon: number }
  | { readonly type: 'pgd'; readonly epsilon: number; readonly steps: number }
  | { readonly type: Exclude<AttackName, 'fgsm' | 'pgd'>; readonly epsilon: number; readonly steps?: number }

const isOnCurve = (attack: Attack): boolean =>
  isPlain(attack.type) || strongerAttacks.some((type) => type === attack.type)

/** How to attack. */
export interface AdversarialOptions {
  readonly attacks: readonly Attack[]
  /** The radii of the curve, as fractions of the domain's width. */
  readonly epsilons: readonly number[]
  /** Examples at most. */
  readonly examples: number
  /** After this the stage stops and is incomplete. */
  readonly budgetMs: number
  /** Stops the stage, which is then incomplete. */
  readonly signal?: AbortSignal
}

/** The attacks of the format's own AdversarialTesting manifest. */
export const defaultAdversarialOptions: AdversarialOptions = {
  attacks: [
    { type: 'fgsm', epsilon: 0.03 },
    { type: 'pgd', steps: 10, epsilon: 0.03 },
  ],
  epsilons: [0, 0.01, 0.03, 0.1, 0.2],
  examples: 128,
  // A small classifier takes seconds; a large one that has no gradient would take hours.
  budgetMs: 120_000,
}

/** An estimated slope costs 16 forward passes: a black box is attacked on fewer examples. */
const blackBoxExamples = 16

/** The same objective, which stops the attack when it must: one slope of a slow model can take seconds. */
const withLimits = (objective: Objective, limits: AttackLimits): Objective => ({
  name: objective.name,
  slope: async (inputs, labels) => {
    verifyMayGoOn(limits)
    const slope = await objective.slope(inputs, labels)
    verifyFinite(slope, 'slopes')
    return slope
  },
})

/** What attacks have of the model. */
interface Arms {
  readonly objectives: readonly Objective[]
  readonly model: AttackedModel | DifferentiableModel
}

/** An attack at a radius: FGSM and PGD on each objective, any other as it is registered. */
const contendersOf = (attack: Attack, radius: number, arms: Arms, seed: number): Contender[] => {
  if (attack.type === 'fgsm' || attack.type === 'pgd') {
    return arms.objectives.map((objective) => ({
      name: `${attack.type} on ${objective.name}`,
      run: (target) =>
        attack.type === 'fgsm'
          ? attackWithFgsm({ ...target, objective, radius })
          : attackWithPgd({ ...target, objective, radius, steps: attack.steps, random: createSeededRandom(seed) }),
    }))
  }
  const registered: AttackDescription = attackRegistry[attack.type]
  const effort = { ...defaultEffort, ...(attack.steps === undefined ? {} : { steps: attack.steps }) }
  const { model } = arms
  return [
    {
      name: attack.type,
      run: (target) => {
        const random = createSeededRandom(seed)
        const request = { ...target, norm: 'linf', radius, random, effort } as const
        return registered.needs === 'slopes'
          ? registered.run(differentiable(model, { domain: target.domain, random }), request)
          : registered.run(model, request)
      },
    },
  ]
}

/**
 * Attacks at each radius, smallest first, with each attack on each objective. An example counts as standing only if it
 * withstands them all; one that fell inside a smaller ball has fallen in every larger one, so the curve never rises.
 *
 * @param record is called after each radius with the number of examples that stand.
 */
const attackAll = async (
  trial: ClassifierTrial,
  arms: Arms,
  options: { readonly attacks: readonly Attack[]; readonly epsilons: readonly number[]; readonly seed: number },
  record: (epsilon: number, standing: number) => void,
): Promise<void> => {
  const width = trial.domain[1] - trial.domain[0]
  let standing = range(trial.labels.length)
  for (const epsilon of options.epsilons) {
    const radius = epsilon * width
    if (epsilon > 0 && standing.length > 0) {
      const { fooledBy } = await worstCase({
        model: arms.model,
        inputs: takeRows(trial.inputs, standing),
        labels: standing.map((row) => trial.labels[row] ?? -1),
        domain: trial.domain,
        bounds: { norm: 'linf', radius },
        attacks: options.attacks.flatMap((attack) => contendersOf(attack, radius, arms, options.seed)),
      })
      standing = standing.filter((_, place) => fooledBy[place] === undefined)
    }
    record(epsilon, standing.length)
  }
}

/** Whether an attack climbs the objectives as they are, and needs no further session. */
const isPlain = (type: Attack['type']): boolean => type === 'fgsm' || type === 'pgd'

/** What ends the stage without making it void: what was measured before stays. */
const endings = ['DEADLINE_EXCEEDED', 'ABORTED', 'OUTPUT_INVALID'] as const

/**
 * Attacks a classifier: by its gradient where one can be derived, else, on fewer examples, as a black box. Where most
 * examples have no slope at all the black box is added, because attacks by gradient then prove nothing.
 */
export const testAdversarial = async (
  subject: Subject,
  options: AdversarialOptions,
  clock: Clock,
): Promise<StageOutcome> => {
  const startedMs = clock.monotonicMs()
  const limits = limitsFromNow(options, clock)
  if (options.attacks.length === 0) return incompleteOutcome('no attack was asked for')
  const idle = options.attacks.find((attack) => !(attack.epsilon > 0) || ('steps' in attack && !(attack.steps >= 1)))
  if (idle !== undefined)
    return incompleteOutcome(`the attack ${idle.type} has no epsilon above 0 or no step: it proves nothing`)
  const prepared = await prepareTrial(subject, options.examples)
  if ('reason' in prepared) return incompleteOutcome(prepared.reason)
  if (!isInDomain(prepared.inputs, prepared.domain))
    return incompleteOutcome(`examples lie outside their domain [${prepared.domain}]: check domain and scaling`)
  const objectives = await openObjectives(subject, prepared)
  let open: OpenModel | undefined
  try {
    const needsModel = options.attacks.some(({ type }) => attackRegistry[type].needs === 'slopes' && !isPlain(type))
    if (needsModel) open = await openAttackedModel(subject, prepared)
    const trial = objectives.isWhiteBox ? prepared : firstExamples(prepared, blackBoxExamples)
    const flat = objectives.isWhiteBox ? await leastFlatShare(objectives.list, trial) : 0
    const isMasked = flat > maskedShare
    const climbed = isMasked ? [...objectives.list, blackBoxObjective(subject, trial, 'margin')] : objectives.list
    const onCurve = options.attacks.filter(isOnCurve)
    const judged = Math.max(...onCurve.map(({ epsilon }) => epsilon))
    const epsilons = new Set([0, ...options.epsilons, ...onCurve.map(({ epsilon }) => epsilon)])
    const measurements: Record<string, number> = {
      examples: trial.examples,
      whiteBox: objectives.isWhiteBox ? 1 : 0,
      ...(objectives.isWhiteBox ? { zeroSlopeShare: flat } : {}),
    }
    const findings = isMasked ? [maskedFinding(subject, flat)] : []
    const notes = [...(objectives.note === undefined ? [] : [objectives.note]), ...trialNotes(trial)]
    const kept: KeptAccuracy[] = []
    const model = open?.model ?? scoredModel(trial)
    try {
      if (onCurve.length > 0) {
        await attackAll(
          trial,
          {
            objectives: climbed.map((objective) => withLimits(objective, limits)),
            model: guardModel(model, limits).model,
          },
          { attacks: onCurve, epsilons: [...epsilons].sort((left, right) => left - right), seed: subject.seed },
          (epsilon, standing) => {
            measurements[`${trial.measure}AtEpsilon=${epsilon}`] = standing / trial.examples
            if (epsilon === judged)
              kept.push({ test: `attack at epsilon ${judged}`, kept: standing / trial.labels.length })
          },
        )
      }
      for (const attack of options.attacks.filter((each) => !isOnCurve(each))) {
        const { share, note } = await attackBeside(attack, model, trial, {
          seed: subject.seed,
          clock,
          budgetMs: options.budgetMs - (clock.monotonicMs() - startedMs),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        })
        measurements[`${attack.type}/${trial.measure}AtEpsilon=${attack.epsilon}`] = share
        kept.push({
          test: `${attack.type} at epsilon ${attack.epsilon}`,
          kept: (share * trial.examples) / trial.labels.length,
        })
        if (note !== undefined)
          return {
            verdict: 'incomplete',
            measurements,
            findings,
            note: [...notes, `${attack.type}: ${note}`].join('; '),
          }
      }
    } catch (error) {
      if (!isNootropicError(error) || !endings.some((code) => code === error.code)) throw error
      return { verdict: 'incomplete', measurements, findings, note: [...notes, error.message].join('; ') }
    }
    if (trial.isMadeUp) return { verdict: 'incomplete', measurements, findings, note: notes.join('; ') }
    const worst = kept.toSorted((left, right) => left.kept - right.kept)[0]
    // Without a gradient an example that stands may stand because nobody saw the way.
    const isBlind = !objectives.isWhiteBox && (worst === undefined || worst.kept > 0)
    const said = [...notes, ...(isBlind ? ['what stands without a gradient proves little'] : [])]
    return {
      verdict: isBlind ? 'incomplete' : 'pass',
      measurements,
      findings,
      ...(worst === undefined ? {} : { kept: worst }),
      ...(said.length === 0 ? {} : { note: said.join('; ') }),
    }
  } finally {
    await objectives.close()
    await open?.close()
  }
}
