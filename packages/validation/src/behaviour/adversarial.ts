import { type Clock, createSeededRandom, type Finding, isNootropicError, NootropicError } from '@nootropic/core'
import { incompleteOutcome, type StageOutcome } from '../outcome.ts'
import { attackWithFgsm } from './attacks/fgsm.ts'
import type { AttackTarget, Objective } from './attacks/objective.ts'
import { attackWithPgd } from './attacks/pgd.ts'
import { behaviourFinding } from './behaviour-finding.ts'
import { predictClasses } from './classifier.ts'
import type { FloatTensor } from './dataset.ts'
import { blackBoxObjective, openObjectives } from './objectives.ts'
import { range, rowLength, takeRows } from './rows.ts'
import { type ClassifierTrial, firstExamples, prepareTrial, type Subject, trialNotes } from './subject.ts'

/** One attack, with the radius at which its result counts for the security score. */
export type Attack =
  | { readonly type: 'fgsm'; readonly epsilon: number }
  | { readonly type: 'pgd'; readonly epsilon: number; readonly steps: number }

/** How to attack. */
export interface AdversarialOptions {
  readonly attacks: readonly Attack[]
  /** The radii of the curve, as fractions of the domain's width. */
  readonly epsilons: readonly number[]
  /** Examples at most. */
  readonly examples: number
  /** After this the stage stops and is incomplete. */
  readonly budgetMs: number
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

/** Above this share of examples without any slope the gradient says nothing, and is estimated as well. */
const maskedShare = 0.5

/** An estimated slope costs 16 forward passes: a black box is attacked on fewer examples. */
const blackBoxExamples = 16

/** The share of examples without any slope, of the objective that has the fewest. */
const leastFlatShare = async (objectives: readonly Objective[], trial: ClassifierTrial): Promise<number> => {
  const width = rowLength(trial.inputs)
  const shares: number[] = []
  for (const objective of objectives) {
    const slope = await objective.slope(trial.inputs, trial.labels)
    const isFlat = (row: number): boolean => range(width).every((column) => slope[row * width + column] === 0)
    shares.push(range(trial.labels.length).filter(isFlat).length / trial.labels.length)
  }
  return Math.min(...shares)
}

const maskedFinding = (subject: Subject, share: number): Finding =>
  behaviourFinding(subject, {
    rule: 'behaviour/masked-gradient',
    severity: 'low',
    title: 'The model hides its gradient',
    message: `expected a slope at most examples, ${Math.round(share * 100)} % have none: attacks by gradient prove little here (arXiv 1802.00420)`,
    remediation: 'Read the result of the black-box attack; a model without slope is not a robust model.',
    tags: ['AML.T0043'],
  })

/** The same objective, which stops the attack when the time is up: one slope of a slow model can take seconds. */
const withBudget = (objective: Objective, hasTime: () => boolean): Objective => ({
  name: objective.name,
  slope: (inputs, labels) => {
    if (!hasTime()) throw new NootropicError('DEADLINE_EXCEEDED', 'the time budget of adversarial testing is used up')
    return objective.slope(inputs, labels)
  },
})

const attackOnce = (attack: Attack, target: AttackTarget, seed: number): Promise<FloatTensor> =>
  attack.type === 'fgsm'
    ? attackWithFgsm(target)
    : attackWithPgd({ ...target, steps: attack.steps, random: createSeededRandom(seed) })

/**
 * Attacks at each radius, smallest first, with each attack on each objective. An example counts as standing only if it
 * withstands them all; one that fell inside a smaller ball has fallen in every larger one, so the curve never rises.
 *
 * @param record is called after each radius with the number of examples that stand.
 */
const attackAll = async (
  trial: ClassifierTrial,
  objectives: readonly Objective[],
  options: { readonly attacks: readonly Attack[]; readonly epsilons: readonly number[]; readonly seed: number },
  record: (epsilon: number, standing: number) => void,
): Promise<void> => {
  const width = trial.domain[1] - trial.domain[0]
  let standing = range(trial.labels.length)
  for (const epsilon of options.epsilons) {
    for (const attack of epsilon === 0 ? [] : options.attacks) {
      for (const objective of objectives) {
        if (standing.length === 0) break
        const inputs = takeRows(trial.inputs, standing)
        const labels = standing.map((row) => trial.labels[row] ?? -1)
        const target = { inputs, labels, objective, radius: epsilon * width, domain: trial.domain }
        const answers = await predictClasses(trial.classifier, await attackOnce(attack, target, options.seed))
        standing = standing.filter((_, place) => answers[place] === labels[place])
      }
    }
    record(epsilon, standing.length)
  }
}

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
  const hasTime = (): boolean => clock.monotonicMs() - startedMs <= options.budgetMs
  if (options.attacks.length === 0) return incompleteOutcome('no attack was asked for')
  const prepared = await prepareTrial(subject, options.examples)
  if ('reason' in prepared) return incompleteOutcome(prepared.reason)
  const objectives = await openObjectives(subject, prepared)
  try {
    const trial = objectives.isWhiteBox ? prepared : firstExamples(prepared, blackBoxExamples)
    const flat = objectives.isWhiteBox ? await leastFlatShare(objectives.list, trial) : 0
    const isMasked = flat > maskedShare
    const list = isMasked ? [...objectives.list, blackBoxObjective(subject, trial, 'margin')] : objectives.list
    const judged = Math.max(...options.attacks.map(({ epsilon }) => epsilon))
    const epsilons = new Set([0, ...options.epsilons, ...options.attacks.map(({ epsilon }) => epsilon)])
    const measurements: Record<string, number> = {
      examples: trial.examples,
      whiteBox: objectives.isWhiteBox ? 1 : 0,
      ...(objectives.isWhiteBox ? { zeroSlopeShare: flat } : {}),
    }
    const findings = isMasked ? [maskedFinding(subject, flat)] : []
    const notes = [...(objectives.note === undefined ? [] : [objectives.note]), ...trialNotes(trial)]
    let kept = 1
    try {
      await attackAll(
        trial,
        list.map((objective) => withBudget(objective, hasTime)),
        { attacks: options.attacks, epsilons: [...epsilons].sort((left, right) => left - right), seed: subject.seed },
        (epsilon, standing) => {
          measurements[`${trial.measure}AtEpsilon=${epsilon}`] = standing / trial.examples
          if (epsilon === judged) kept = standing / trial.labels.length
        },
      )
    } catch (error) {
      if (!isNootropicError(error, 'DEADLINE_EXCEEDED')) throw error
      return { verdict: 'incomplete', measurements, findings, note: [...notes, error.message].join('; ') }
    }
    const note = notes.length === 0 ? {} : { note: notes.join('; ') }
    if (trial.isMadeUp) return { verdict: 'incomplete', measurements, findings, ...note }
    return { verdict: 'pass', measurements, findings, kept: { test: `attack at epsilon ${judged}`, kept }, ...note }
  } finally {
    await objectives.close()
  }
}
