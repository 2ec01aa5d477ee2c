import { createSeededRandom, NootropicError } from '@nootropic/core'
import { range } from '../../behaviour/rows.ts'
import { clopperPearson, type Interval } from '../../statistics/clopper-pearson.ts'
import { guardTarget, type PrivacyAttackResult, type PrivacyTarget, untilEnded } from '../attack.ts'
import { countOf, takeExamples } from '../examples.ts'
import { answersOf } from '../membership/answers.ts'
import { featuresOf, oneHot } from '../student/features.ts'
import { shuffle } from '../student/shuffle.ts'
import { type StudentEffort, trainStudent } from '../student/train-student.ts'

/** How a model is copied. */
export interface ExtractionOptions {
  /** Queries that an attacker may ask, each budget on its own; those of {@link defaultBudgets} that the data allow when absent. */
  readonly budgets?: readonly number[]
  /** What the attacker is told: the probability of every class, or the answer alone. */
  readonly answers?: 'probabilities' | 'labels'
  readonly student?: Partial<StudentEffort>
  /** The greatest fidelity that is let pass; without it the curve is measured and not judged. */
  readonly maximumFidelity?: number
}

/** Queries by default: few enough to ask in a minute. */
export const defaultBudgets = [50, 100, 200, 400, 800] as const

/** How faithful the copy is that so many queries buy. */
export interface ExtractionPoint {
  readonly queries: number
  /** The share of examples that copy and model answer alike, of those that the copy never saw. */
  readonly fidelity: number
  readonly interval: Interval
}

/** How many queries buy a copy of the model? */
export interface ModelExtraction extends PrivacyAttackResult {
  readonly attack: 'model-extraction'
  readonly curve: readonly ExtractionPoint[]
  /** Examples that fidelity was measured on. */
  readonly examples: number
}

const confidence = 0.95

/** The class of each row that is greatest; the first of several. */
const greatestClass = (values: Float64Array, classes: number): number[] =>
  range(values.length / classes).map((row) => {
    const part = values.subarray(row * classes, (row + 1) * classes)
    return part.indexOf(part.reduce((left, right) => Math.max(left, right)))
  })

/**
 * Model extraction (Copycat: Correia-Silva et al. 2018, arXiv 1806.05476; Knockoff nets: Orekondy, Schiele and Fritz 2019,
 * arXiv 1812.02766): a student learns the model's answers to the attacker's own examples, which are half of the non-members,
 * and is compared with it on the other half.
 *
 * @throws NootropicError `USAGE` for a budget that is no whole number from 1
 */
export const extractModel = async (
  unguarded: PrivacyTarget,
  options: ExtractionOptions = {},
): Promise<ModelExtraction> => {
  const { budgets = defaultBudgets, answers = 'probabilities', student = {}, maximumFidelity } = options
  const unfit = budgets.find((budget) => !Number.isInteger(budget) || budget < 1)
  if (unfit !== undefined || budgets.length === 0)
    throw new NootropicError('USAGE', `expected query budgets that are whole numbers from 1, found ${unfit ?? 'none'}`)
  const { target, queries } = guardTarget(unguarded)
  const { model, nonMembers, seed, limits } = target
  const rows = shuffle(range(countOf(nonMembers)), createSeededRandom(seed))
  const [own, held] = [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)]
  const reachable = budgets.filter((budget) => budget <= own.length).toSorted((left, right) => left - right)
  const curve: ExtractionPoint[] = []
  const ended = await untilEnded(async () => {
    const asked = takeExamples(nonMembers, own.slice(0, reachable.at(-1) ?? 0))
    const kept = takeExamples(nonMembers, held)
    const features = { asked: featuresOf(asked.inputs), kept: featuresOf(kept.inputs) }
    const expected = greatestClass((await answersOf(model, kept.inputs)).logProbabilities, model.classes)
    const { logProbabilities } = await answersOf(model, asked.inputs)
    const targets =
      answers === 'probabilities'
        ? logProbabilities.map(Math.exp)
        : oneHot(greatestClass(logProbabilities, model.classes), model.classes)
    for (const budget of reachable) {
      const lesson = {
        features: {
          ...features.asked,
          rows: budget,
          values: features.asked.values.subarray(0, budget * features.asked.width),
        },
        targets: targets.subarray(0, budget * model.classes),
        classes: model.classes,
      }
      const copy = await trainStudent(lesson, { effort: student, seed, limits })
      const found = greatestClass(copy.logProbabilities(features.kept), model.classes)
      const alike = found.filter((label, row) => label === expected[row]).length
      const interval = clopperPearson(alike, expected.length, confidence)
      curve.push({ queries: budget, fidelity: alike / expected.length, interval })
      target.progress?.('model-extraction', curve.length, reachable.length)
    }
  })
  const base = { attack: 'model-extraction' as const, curve, examples: held.length, queries: queries() }
  const isTooFaithful =
    maximumFidelity !== undefined && curve.some(({ interval }) => !(interval.low <= maximumFidelity))
  if (isTooFaithful) return { ...base, verdict: 'fail', ...(ended === undefined ? {} : { note: ended }) }
  if (ended !== undefined) return { ...base, verdict: 'incomplete', note: ended }
  const isShort = options.budgets === undefined ? reachable.length === 0 : reachable.length < budgets.length
  if (isShort) {
    const short = `${own.length} non-members are the attacker's: not enough for the budgets ${budgets.join(', ')}`
    return { ...base, verdict: 'incomplete', note: short }
  }
  return { ...base, verdict: 'pass' }
}
