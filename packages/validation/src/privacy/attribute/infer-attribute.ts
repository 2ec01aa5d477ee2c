import { NootropicError } from '@nootropic/core'
import { elementsOf } from '../../behaviour/attacks/examples.ts'
import { type Dataset, floatArray } from '../../behaviour/dataset.ts'
import { range, rowLength } from '../../behaviour/rows.ts'
import { clopperPearson, type Interval } from '../../statistics/clopper-pearson.ts'
import { guardTarget, type PrivacyAttackResult, type PrivacyTarget, untilEnded } from '../attack.ts'
import { countOf, isLabelled } from '../examples.ts'
import { answersOf } from '../membership/answers.ts'
import { whyUnknown } from '../membership/knows-members.ts'
import { labelProbabilities } from '../membership/signals.ts'

/** The attribute that must stay secret. */
export interface AttributeOptions {
  /** Its place among the elements of an example, from 0. */
  readonly element: number
  /** The values that it may have, as the model is given them: two or more. */
  readonly values: readonly number[]
}

/** A share with its interval. */
interface Share {
  readonly value: number
  readonly interval: Interval
}

/** Who knows all of a person but one attribute, and has the model: can he tell the attribute? */
export interface AttributeInference extends PrivacyAttackResult {
  readonly attack: 'attribute-inference'
  /** How often the attribute of a member, and of a non-member, is guessed. */
  readonly members?: Share
  readonly nonMembers?: Share
  /** How often the most frequent value alone is right for members. */
  readonly baseline?: number
  /** How much better members are guessed: what the model gives away beyond what is true of anybody. */
  readonly advantage?: Interval & { readonly value: number }
}

/** An advantage above this is a leak. */
const largestAdvantage = 0.1

const confidence = 0.99

const verifyAttribute = ({ element, values }: AttributeOptions, { inputs, domain }: Dataset): void => {
  const width = rowLength(inputs)
  const refuse = (expected: string, found: unknown): never => {
    throw new NootropicError('USAGE', `expected ${expected} of the secret attribute, found ${found}`)
  }
  if (!Number.isInteger(element) || element < 0 || element >= width) refuse(`a place from 0 to ${width - 1}`, element)
  if (new Set(values).size < 2) refuse('two values or more', values.join(', ') || 'none')
  const outside = values.find((value) => !(value >= domain[0] && value <= domain[1]))
  if (outside !== undefined) refuse(`values in the domain [${domain}]`, outside)
}

const nearestValue = (values: readonly number[], value: number): number =>
  values.reduce(
    (best, _, index) => (Math.abs((values[index] ?? 0) - value) < Math.abs((values[best] ?? 0) - value) ? index : best),
    0,
  )

/** The place, among `values`, of what each example truly has. */
const truthOf = ({ inputs }: Dataset, { element, values }: AttributeOptions): number[] =>
  range(inputs.dims[0] ?? 0).map((row) => nearestValue(values, elementsOf(inputs, row)[element] ?? Number.NaN))

const shareOf = (right: number, count: number): Share => ({
  value: right / count,
  interval: clopperPearson(right, count, confidence),
})

/** The interval of the difference of two shares (Newcombe 1998, by exact limits of each). */
const difference = (one: Share, other: Share): Interval & { readonly value: number } => {
  const value = one.value - other.value
  return {
    value,
    low: value - Math.hypot(one.value - one.interval.low, other.interval.high - other.value),
    high: value + Math.hypot(one.interval.high - one.value, other.value - other.interval.low),
  }
}

/**
 * Attribute inference (Fredrikson et al. 2014): tries every value of the secret attribute and takes the one with which the
 * model is surest of the true label, weighed by how frequent the value is among non-members. Only what is guessed better
 * for members than for others is the model's doing (Yeom et al. 2018, arXiv 1709.01604).
 *
 * @throws NootropicError `USAGE` when the attribute does not fit the examples
 */
export const inferAttribute = async (
  unguarded: PrivacyTarget,
  options: AttributeOptions,
): Promise<AttributeInference> => {
  const { target, queries } = guardTarget(unguarded)
  const { members, nonMembers, model } = target
  verifyAttribute(options, members)
  const base = { attack: 'attribute-inference' as const }
  if (!isLabelled(members) || !isLabelled(nonMembers))
    return { ...base, verdict: 'incomplete', note: 'no labels: the attacker has nothing to compare with', queries: 0 }
  const truth = { members: truthOf(members, options), nonMembers: truthOf(nonMembers, options) }
  const counts = options.values.map((_, index) => truth.nonMembers.filter((place) => place === index).length)
  const guess = async (dataset: Dataset & { readonly labels: readonly number[] }): Promise<number[]> => {
    const width = rowLength(dataset.inputs)
    const scores: Float64Array[] = []
    for (const value of options.values) {
      const data = floatArray(dataset.inputs.type, dataset.inputs.data.length)
      data.set(dataset.inputs.data)
      for (let row = 0; row < dataset.labels.length; row += 1) data[row * width + options.element] = value
      const answers = await answersOf(model, { ...dataset.inputs, data })
      scores.push(labelProbabilities(answers, dataset.labels))
    }
    // One more of each value than was seen: what no non-member has may still be a member's.
    const weight = (value: number, row: number): number => (scores[value]?.[row] ?? 0) * ((counts[value] ?? 0) + 1)
    return dataset.labels.map((_, row) =>
      range(scores.length).reduce((best, value) => (weight(value, row) > weight(best, row) ? value : best)),
    )
  }
  const rightOf = (found: readonly number[], true_: readonly number[]): number =>
    found.filter((place, row) => place === true_[row]).length
  let shares: { readonly members: Share; readonly nonMembers: Share } | undefined
  let unknown: string | undefined
  const ended = await untilEnded(async () => {
    unknown = whyUnknown(await answersOf(model, members.inputs), members.labels)
    const inside = rightOf(await guess(members), truth.members)
    const outside = rightOf(await guess(nonMembers), truth.nonMembers)
    shares = { members: shareOf(inside, countOf(members)), nonMembers: shareOf(outside, countOf(nonMembers)) }
    target.progress?.('attribute-inference', 1, 1)
  })
  if (shares === undefined) return { ...base, verdict: 'incomplete', note: ended ?? '', queries: queries() }
  const advantage = difference(shares.members, shares.nonMembers)
  const frequent = counts.indexOf(Math.max(...counts))
  const figures = {
    ...base,
    ...shares,
    baseline: truth.members.filter((place) => place === frequent).length / countOf(members),
    advantage,
    queries: queries(),
  }
  if (advantage.low > largestAdvantage) return { ...figures, verdict: 'fail' }
  if (unknown !== undefined) return { ...figures, verdict: 'incomplete', note: unknown }
  return advantage.high <= largestAdvantage
    ? { ...figures, verdict: 'pass' }
    : {
        ...figures,
        verdict: 'incomplete',
        note: `too few examples: the advantage may be as much as ${advantage.high.toFixed(3)}`,
      }
}
