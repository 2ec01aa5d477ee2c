import { createSeededRandom } from '@nootropic/core'
import { withEstimatedSlope } from '../../behaviour/attacks/estimate-slope.ts'
import { elementsOf } from '../../behaviour/attacks/examples.ts'
import { type DifferentiableModel, lossesOf } from '../../behaviour/attacks/objective.ts'
import { type FloatTensor, floatArray } from '../../behaviour/dataset.ts'
import { rowLength } from '../../behaviour/rows.ts'
import { clopperPearson, type Interval } from '../../statistics/clopper-pearson.ts'
import { guardTarget, type PrivacyAttackResult, type PrivacyTarget, untilEnded } from '../attack.ts'
import { countOf, isLabelled } from '../examples.ts'
import { similarityOf } from './similarity.ts'

/** How classes are inverted. */
export interface InversionOptions {
  /** Steps down the slope; 100 when absent. */
  readonly steps?: number
  /** The greatest likeness to the mean of a class that is let pass; without it the likeness is measured and not judged. */
  readonly maximumSimilarity?: number
}

/** One class as the model gives it away. */
export interface InvertedClass {
  readonly label: number
  /** How likely the model takes the picture for the class. */
  readonly confidence: number
  /** How like it is to the mean of the class's members, at most 1: SSIM of pictures, correlation of anything else. */
  readonly similarity: number
  /** The class whose mean it is most like. */
  readonly nearest: number
  /** The reconstruction itself, row-major as an example; left out where it has more than 16,384 elements. */
  readonly picture?: readonly number[]
}

/** What do the examples of a class look like? */
export interface ModelInversion extends PrivacyAttackResult {
  readonly attack: 'model-inversion'
  readonly classes: readonly InvertedClass[]
  /** The share of classes that are most like their own mean, with its interval. */
  readonly recognised?: { readonly value: number; readonly interval: Interval }
  readonly meanSimilarity?: number
  /** Whether slopes were estimated, for want of better. */
  readonly isEstimated: boolean
}

const defaultSteps = 100

/** The greatest change of an element in one step, as a share of the domain's width; it shrinks to nothing. */
const stride = 0.05

/** An estimated slope: pairs of forward passes, and half their distance as a share of the domain's width. */
const estimateSamples = 32
const estimateDistance = 0.05

const confidence = 0.95

/** Elements of a reconstruction that a report still shows. */
const largestPicture = 2 ** 14

/** More classes would show nothing that these do not. */
const mostClasses = 32

/** The mean of the members of each class that has any. */
const classMeans = (inputs: FloatTensor, labels: readonly number[]): Map<number, Float64Array> => {
  const sums = new Map<number, { readonly sum: Float64Array; count: number }>()
  labels.forEach((label, row) => {
    const entry = sums.get(label) ?? { sum: new Float64Array(rowLength(inputs)), count: 0 }
    elementsOf(inputs, row).forEach((value, index) => {
      entry.sum[index] = (entry.sum[index] ?? 0) + value
    })
    entry.count += 1
    sums.set(label, entry)
  })
  return new Map(
    [...sums]
      .sort(([left], [right]) => left - right)
      .map(([label, { sum, count }]) => [label, sum.map((v) => v / count)]),
  )
}

/** Steps down the cross-entropy of each class, from the middle of what the attacker's own examples look like. */
const descend = async (
  model: DifferentiableModel,
  labels: readonly number[],
  start: FloatTensor,
  options: { readonly steps: number; readonly domain: readonly [number, number] },
): Promise<void> => {
  const { steps, domain } = options
  const width = rowLength(start)
  const momentum = new Float64Array(start.data.length)
  for (let step = 0; step < steps; step += 1) {
    const { weights } = lossesOf('cross-entropy', await model.scores(start), model.classes, labels)
    const slope = await model.slope(start, weights)
    const reach = stride * (domain[1] - domain[0]) * (1 - step / steps)
    labels.forEach((_, row) => {
      const [from, to] = [row * width, (row + 1) * width]
      let greatest = 0
      for (let index = from; index < to; index += 1) {
        momentum[index] = 0.9 * (momentum[index] ?? 0) + (slope[index] ?? 0)
        greatest = Math.max(greatest, Math.abs(momentum[index] ?? 0))
      }
      for (let index = from; index < to && greatest > 0; index += 1) {
        const value = (start.data[index] ?? 0) - (reach * (momentum[index] ?? 0)) / greatest
        start.data[index] = Math.min(domain[1], Math.max(domain[0], value))
      }
    })
  }
}

const startFrom = (inputs: FloatTensor, rows: number): FloatTensor => {
  const width = rowLength(inputs)
  const data = floatArray(inputs.type, rows * width)
  const count = countOf({ inputs, domain: [0, 1] })
  inputs.data.forEach((value, index) => {
    for (let row = 0; row < rows; row += 1)
      data[row * width + (index % width)] = (data[row * width + (index % width)] ?? 0) + value / count
  })
  return { type: inputs.type, dims: [rows, ...inputs.dims.slice(1)], data }
}

/**
 * Model inversion (MI-Face: Fredrikson, Jha and Ristenpart 2015): looks for the input that the model takes most surely for
 * each class, by its slope or, of a black box, by one that natural evolution strategies estimate, and compares it with the
 * mean of the class's members.
 */
export const invertClasses = async (
  unguarded: PrivacyTarget,
  options: InversionOptions = {},
): Promise<ModelInversion> => {
  const { target, queries } = guardTarget(unguarded)
  const { members, nonMembers, seed } = target
  const { steps = defaultSteps, maximumSimilarity } = options
  const [least, greatest] = members.domain
  const isEstimated = !('slope' in target.model)
  const base = { attack: 'model-inversion' as const, isEstimated }
  if (!isLabelled(members))
    return { ...base, verdict: 'incomplete', note: 'no labels: nobody knows the classes', classes: [], queries: 0 }
  const random = createSeededRandom(seed)
  const distance = estimateDistance * (greatest - least)
  const model =
    'slope' in target.model
      ? target.model
      : withEstimatedSlope(target.model, { samples: estimateSamples, distance, random }, 'normal')
  const means = classMeans(members.inputs, members.labels)
  const labels = [...means.keys()].slice(0, mostClasses)
  const reconstructions = startFrom(nonMembers.inputs, labels.length)
  const classes: InvertedClass[] = []
  const ended = await untilEnded(async () => {
    await descend(model, labels, reconstructions, { steps, domain: members.domain })
    const { losses } = lossesOf('cross-entropy', await model.scores(reconstructions), model.classes, labels)
    const likeness = similarityOf(reconstructions.dims, greatest - least)
    labels.forEach((label, row) => {
      const picture = elementsOf(reconstructions, row)
      const ranked = [...means].map(([other, mean]) => ({ other, value: likeness(picture, mean) }))
      const best = ranked.toSorted((left, right) => right.value - left.value || left.other - right.other)[0]
      const shown = picture.length > largestPicture ? {} : { picture: Array.from(picture) }
      const similarity = ranked.find(({ other }) => other === label)?.value ?? 0
      classes.push({
        label,
        confidence: Math.exp(-(losses[row] ?? 0)),
        similarity,
        nearest: best?.other ?? -1,
        ...shown,
      })
    })
    target.progress?.('model-inversion', 1, 1)
  })
  if (ended !== undefined) return { ...base, verdict: 'incomplete', note: ended, classes, queries: queries() }
  const right = classes.filter(({ label, nearest }) => label === nearest).length
  const meanSimilarity = classes.reduce((sum, { similarity }) => sum + similarity, 0) / classes.length
  const isTooAlike = maximumSimilarity !== undefined && !(meanSimilarity <= maximumSimilarity)
  return {
    ...base,
    verdict: isTooAlike ? 'fail' : 'pass',
    ...(isEstimated ? { note: 'the slope is estimated: a better attacker sees more' } : {}),
    classes,
    recognised: { value: right / classes.length, interval: clopperPearson(right, classes.length, confidence) },
    meanSimilarity,
    queries: queries(),
  }
}
