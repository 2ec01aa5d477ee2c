import { type Clock, createSeededRandom, type Finding, isAtLeast, isNootropicError, systemClock } from '@nootropic/core'
import { incompleteOutcome, type StageOutcome } from '../../outcome.ts'
import { findingOf } from '../../scan/rule.ts'
import { type AttackLimits, guardModel, limitsFromNow, verifyMayGoOn } from '../attacks/guarded-model.ts'
import type { DifferentiableModel } from '../attacks/objective.ts'
import { type Classifier, predictClasses } from '../classifier.ts'
import type { Dataset } from '../dataset.ts'
import { openAttackedModel } from '../objectives.ts'
import { range, takeRows } from '../rows.ts'
import { type ClassifierTrial, prepareTrial, type Subject } from '../subject.ts'
import {
  checkBlackBox,
  checkRisingAccuracy,
  checkUnlimitedChange,
  defaultHonestyEffort,
  type HonestyEffort,
} from './attack-strength.ts'
import { checkConstantAnswers, checkDeadLayers } from './dead-units.ts'
import { checkInputDomain } from './input-domain.ts'
import { checkLossSaturation, checkMaskedGradient } from './masked-gradient.ts'
import type { HonestyTarget, Observation, Unchecked } from './observation.ts'
import { checkQuantisedInput } from './quantised-input.ts'
import { checkRandomAnswers } from './random-answers.ts'

/** How to look for what makes figures of robustness say too much. */
export interface HonestyOptions {
  /** Examples at most. */
  readonly examples: number
  readonly effort: HonestyEffort
  /** After this the rest stays unchecked. */
  readonly budgetMs: number
  readonly signal?: AbortSignal
  /** Is told the checks that are done, of how many. */
  readonly progress?: (done: number, of: number) => void
}

/** Seconds for a small classifier. */
export const defaultHonestyOptions: HonestyOptions = { examples: 40, effort: defaultHonestyEffort, budgetMs: 120_000 }

type Check = () => Promise<Observation | Unchecked>

/** What leaves a check undone without making the others void. */
const endings = ['DEADLINE_EXCEEDED', 'ABORTED', 'OUTPUT_INVALID', 'WORKER_FAILED', 'LIMIT_EXCEEDED'] as const

const tryCheck = async (check: Check, limits: AttackLimits): Promise<Observation | Unchecked> => {
  try {
    verifyMayGoOn(limits)
    return await check()
  } catch (error) {
    if (!isNootropicError(error) || !endings.some((code) => code === error.code)) throw error
    return { unchecked: `${error.code}: ${error.message}` }
  }
}

/** A seeded choice of examples with their labels: an even one would meet every class only by luck. */
const choose = ({ inputs, labels, domain }: Dataset, most: number, seed: number): Dataset => {
  const random = createSeededRandom(seed)
  const shuffled = range(inputs.dims[0] ?? 0)
    .map((row) => ({ row, key: random.uniform() }))
    .sort((left, right) => left.key - right.key)
  const rows = shuffled.slice(0, most).map(({ row }) => row)
  const chosen = labels === undefined ? {} : { labels: rows.map((row) => labels[row] ?? -1) }
  return { inputs: takeRows(inputs, rows), domain, ...chosen }
}

/** The checks in the order in which one makes the next worth while. */
const checksOf = (
  subject: Subject,
  trial: ClassifierTrial,
  target: HonestyTarget,
  effort: HonestyEffort,
  noSlope: string | undefined,
): Record<string, Check> => {
  const { model } = target
  const withSlope = async <Result>(
    check: (target: HonestyTarget & { readonly model: DifferentiableModel }) => Promise<Result>,
  ): Promise<Result | Unchecked> =>
    'slope' in model ? check({ ...target, model }) : { unchecked: noSlope ?? 'the model has no slope' }
  const classifier: Classifier = trial.classifier
  return {
    'random-answers': () => checkRandomAnswers(target),
    'constant-answers': () => checkConstantAnswers(target),
    'input-domain': async () =>
      subject.dataset === undefined
        ? { unchecked: 'no dataset' }
        : checkInputDomain(
            (inputs) => predictClasses(classifier, inputs),
            choose(subject.dataset, trial.examples, subject.seed),
          ),
    'dead-layer': () => checkDeadLayers(subject, target.inputs),
    'quantised-input': () => checkQuantisedInput(target),
    'masked-gradient': () => withSlope(checkMaskedGradient),
    'saturated-loss': () => withSlope(checkLossSaturation),
    'black-box': () => withSlope((differentiable) => checkBlackBox(differentiable, effort)),
    'rising-accuracy': () => withSlope((differentiable) => checkRisingAccuracy(differentiable, effort)),
    'unlimited-change': () => withSlope((differentiable) => checkUnlimitedChange(differentiable, effort)),
  }
}

/** Checks that mean something on inputs that were made up. */
const anyInputs = new Set(['random-answers'])

/** Checks that attack the model. */
const attacks = [
  'quantised-input',
  'masked-gradient',
  'saturated-loss',
  'black-box',
  'rising-accuracy',
  'unlimited-change',
]

/** Rules after which further checks say nothing more. */
const voiding: readonly { readonly rule: string; readonly reason: string; readonly checks: readonly string[] }[] = [
  {
    rule: 'behaviour/random-answers',
    reason: 'the answers are random: an attack on them says nothing',
    checks: attacks,
  },
  {
    rule: 'behaviour/constant-answers',
    reason: 'the answer is always the same: nothing that is done to the input says more',
    checks: ['input-domain', ...attacks],
  },
]

const whyVoid = (name: string, findings: readonly Finding[]): string | undefined =>
  voiding.find(({ rule, checks }) => checks.includes(name) && findings.some((finding) => finding.rule === rule))?.reason

/**
 * Looks for all that makes figures of robustness say more than is true: masked gradients, saturated losses, attacks that
 * fail where they cannot, chance, inputs of another domain, layers and answers that never move, and rounding of the input.
 * The model's own clean answers are the labels, for it is the attacks that are judged here; the input domain alone is
 * judged by the true ones.
 *
 * @returns `fail` with a finding of medium severity or above, else `incomplete` where a check could not look: `skipped`
 * names each such check and why.
 */
export const checkHonesty = async (
  subject: Subject,
  options: HonestyOptions = defaultHonestyOptions,
  clock: Clock = systemClock,
): Promise<StageOutcome> => {
  const limits = limitsFromNow(options, clock)
  const { dataset } = subject
  const unlabelled =
    dataset === undefined ? subject : { ...subject, dataset: { inputs: dataset.inputs, domain: dataset.domain } }
  const trial = await prepareTrial(unlabelled, options.examples)
  if ('reason' in trial) return incompleteOutcome(trial.reason)
  const open = await openAttackedModel(unlabelled, trial)
  try {
    const { model } = guardModel(open.model, limits)
    const target: HonestyTarget = {
      model,
      inputs: trial.inputs,
      labels: trial.labels,
      domain: trial.domain,
      seed: subject.seed,
      hadProbabilities: trial.classifier.head.activation !== 'none',
    }
    const checks = Object.entries(checksOf(subject, trial, target, options.effort, open.note))
    const findings: Finding[] = []
    const skipped: { name: string; reason: string }[] = []
    let measurements: Record<string, number> = { examples: trial.labels.length }
    for (const [place, [name, check]] of checks.entries()) {
      const madeUp = trial.isMadeUp && !anyInputs.has(name) ? 'the inputs are made up: give a dataset' : undefined
      const reason = madeUp ?? whyVoid(name, findings)
      const result = reason === undefined ? await tryCheck(check, limits) : { unchecked: reason }
      if ('unchecked' in result) {
        skipped.push({ name: `honesty/${name}`, reason: result.unchecked })
      } else {
        measurements = { ...measurements, ...result.measurements }
        findings.push(...result.sightings.map((sighting) => findingOf(sighting, subject.path, [])))
      }
      options.progress?.(place + 1, checks.length)
    }
    const isGrave = findings.some(({ severity }) => isAtLeast(severity, 'medium'))
    const verdict = isGrave ? 'fail' : skipped.length > 0 ? 'incomplete' : 'pass'
    return { verdict, measurements, findings, skipped, ...(open.note === undefined ? {} : { note: open.note }) }
  } finally {
    await open.close()
  }
}
