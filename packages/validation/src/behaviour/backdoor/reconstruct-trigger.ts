import type { SeededRandom } from '@nootropic/core'
import { createAdam } from '../attacks/adam.ts'
import { copyOf } from '../attacks/examples.ts'
import { type AttackInputs, type DifferentiableModel, evaluate } from '../attacks/objective.ts'
import { type Picture, pictureOrLine } from '../attacks/picture.ts'
import type { FloatTensor } from '../dataset.ts'
import { range, rowLength, takeRows } from '../rows.ts'

/** How hard a trigger is looked for. */
export interface TriggerEffort {
  /** Steps for each class. */
  readonly steps: number
  /** Examples of a step. */
  readonly batch: number
  readonly rate: number
}

/** What finds the trigger of a small classifier in seconds. The paper takes about 1,000 steps. */
export const defaultTriggerEffort: TriggerEffort = { steps: 120, batch: 32, rate: 0.1 }

/** The least mark that was found to turn examples into one class. */
export interface Trigger {
  readonly target: number
  /** How much of each place is covered, 0 to 1; one number a place, for all channels. */
  readonly mask: Float64Array
  /** What covers it, in the inputs' own unit; one number an element. */
  readonly pattern: Float64Array
  /** The sum of the mask: places that are covered. */
  readonly size: number
  /** The share of all examples of other classes that the mark turns. */
  readonly success: number
}

/** A mark counts when it turns so many of the examples of a step. */
const wantedSuccess = 0.95

/** The weight of the mask's size beside the loss; it is raised where the mark succeeds and lowered where it does not. */
const firstWeight = 1e-3
const raise = 1.5
const lower = 1.5 ** 1.5
/** Steps in a row that decide. */
const patience = 4

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value))

interface Mark {
  readonly mask: Float64Array
  readonly pattern: Float64Array
}

/** Which place of the mask covers each element. */
const placesOf = (picture: Picture, width: number): Int32Array => {
  const places = new Int32Array(width)
  for (let channel = 0; channel < picture.channels; channel += 1) {
    for (let row = 0; row < picture.height; row += 1) {
      for (let column = 0; column < picture.width; column += 1) {
        places[picture.place(channel, row, column)] = row * picture.width + column
      }
    }
  }
  return places
}

const putOn = (inputs: FloatTensor, { mask, pattern }: Mark, places: Int32Array): FloatTensor => {
  const marked = copyOf(inputs)
  const width = rowLength(inputs)
  for (let index = 0; index < marked.data.length; index += 1) {
    const element = index % width
    const covered = mask[places[element] ?? 0] ?? 0
    marked.data[index] = (1 - covered) * (inputs.data[index] ?? 0) + covered * (pattern[element] ?? 0)
  }
  return marked
}

const shareOf = (scores: ArrayLike<number>, classes: number, target: number, rows: number): number =>
  range(rows).filter((row) =>
    range(classes).every(
      (column) => column === target || (scores[row * classes + target] ?? 0) > (scores[row * classes + column] ?? 0),
    ),
  ).length / rows

/**
 * Looks for the smallest mark, a mask and a pattern under it, that turns examples of all other classes into `target`
 * (Neural Cleanse, Wang et al. 2019, IEEE S&P): descends the cross-entropy towards the class plus the size of the mask,
 * whose weight follows whether the mark succeeds.
 */
export const reconstructTrigger = async (
  model: DifferentiableModel,
  target: number,
  { inputs, labels, domain }: AttackInputs,
  effort: TriggerEffort,
  random: SeededRandom,
): Promise<Trigger> => {
  const others = range(labels.length).filter((row) => labels[row] !== target)
  const victims = takeRows(inputs, others)
  const width = rowLength(inputs)
  const picture = pictureOrLine(inputs.dims)
  const places = placesOf(picture, width)
  const area = picture.height * picture.width
  const [least, greatest] = domain
  // Half covered by the middle of the domain, a little uneven: nothing is decided yet.
  const maskLogits = Float64Array.from({ length: area }, () => 0.1 * random.normal())
  const patternLogits = Float64Array.from({ length: width }, () => 0.1 * random.normal())
  const adam = createAdam(area + width, effort.rate)
  const markOf = (): Mark => ({
    mask: maskLogits.map(sigmoid),
    pattern: patternLogits.map((logit) => least + (greatest - least) * sigmoid(logit)),
  })
  let weight = firstWeight
  let [above, below] = [0, 0]
  let best: Mark | undefined
  let bestSize = Number.POSITIVE_INFINITY
  const batch = Math.min(effort.batch, others.length)
  for (let step = 0; step < effort.steps; step += 1) {
    const part = takeRows(
      victims,
      range(batch).map(() => random.integer(others.length)),
    )
    const mark = markOf()
    const aims = new Array<number>(batch).fill(target)
    const { slope, scores } = await evaluate(model, 'cross-entropy', putOn(part, mark, places), aims)
    const success = shareOf(scores, model.classes, target, batch)
    const size = mark.mask.reduce((sum, value) => sum + value, 0)
    if (success >= wantedSuccess && size < bestSize) [best, bestSize] = [mark, size]

    above = success >= wantedSuccess ? above + 1 : 0
    below = success >= wantedSuccess ? 0 : below + 1
    if (above === patience) [weight, above] = [weight * raise, 0]
    if (below === patience) [weight, below] = [weight / lower, 0]

    const maskSlope = new Float64Array(area).fill(weight)
    const patternSlope = new Float64Array(width)
    for (let index = 0; index < part.data.length; index += 1) {
      const element = index % width
      const place = places[element] ?? 0
      const given = (slope[index] ?? 0) / batch
      maskSlope[place] = (maskSlope[place] ?? 0) + given * ((mark.pattern[element] ?? 0) - (part.data[index] ?? 0))
      patternSlope[element] = (patternSlope[element] ?? 0) + given * (mark.mask[place] ?? 0)
    }
    adam.next()
    maskLogits.forEach((logit, place) => {
      const covered = mark.mask[place] ?? 0
      maskLogits[place] = logit + adam.step(place, (maskSlope[place] ?? 0) * covered * (1 - covered))
    })
    patternLogits.forEach((logit, element) => {
      const shade = sigmoid(logit)
      patternLogits[element] =
        logit + adam.step(area + element, (patternSlope[element] ?? 0) * (greatest - least) * shade * (1 - shade))
    })
  }
  const found = best ?? markOf()
  const scores = await model.scores(putOn(victims, found, places))
  return {
    target,
    ...found,
    size: found.mask.reduce((sum, value) => sum + value, 0),
    success: shareOf(scores, model.classes, target, others.length),
  }
}
