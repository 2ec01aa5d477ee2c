import { createSeededRandom, type SeededRandom } from '@nootropic/core'
import type { AttackedModel } from '../../behaviour/attacks/objective.ts'
import { type Dataset, type FloatTensor, floatArray } from '../../behaviour/dataset.ts'
import { range } from '../../behaviour/rows.ts'
import { takeExamples } from '../examples.ts'
import { answersOf } from './answers.ts'

/** How far the noise of each copy reaches, as shares of the domain's width, one copy each. */
const noises = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3] as const

/** How far a picture's copies are moved, in pixels, down and to the right. */
const moves = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, -1],
  [2, 0],
  [0, 2],
] as const

const withNoise = ({ inputs, domain }: Dataset, share: number, random: SeededRandom): FloatTensor => {
  const [least, greatest] = domain
  const data = floatArray(inputs.type, inputs.data.length)
  inputs.data.forEach((value, index) => {
    data[index] = Math.min(greatest, Math.max(least, value + share * (greatest - least) * random.normal()))
  })
  return { ...inputs, data }
}

/** The last two dimensions moved; what comes in from outside repeats the border. */
const moved = (inputs: FloatTensor, [down, right]: readonly [number, number]): FloatTensor => {
  const [height = 1, width = 1] = inputs.dims.slice(-2)
  const data = floatArray(inputs.type, inputs.data.length)
  const within = (place: number, size: number): number => Math.min(size - 1, Math.max(0, place))
  for (let index = 0; index < data.length; index += 1) {
    const plane = index - (index % (height * width))
    const row = within(Math.floor((index % (height * width)) / width) - down, height)
    const column = within((index % width) - right, width)
    data[index] = inputs.data[plane + row * width + column] ?? 0
  }
  return { ...inputs, data }
}

/** Whether the examples are pictures: channels, height and width of three pixels or more. */
const arePictures = ({ dims }: FloatTensor): boolean => dims.length === 4 && dims.slice(2).every((size) => size >= 3)

/** Examples whose copies are held at once. */
const heldAtOnce = 256

/** The examples, and their altered copies one after the other. */
function* copiesOf(dataset: Dataset, random: SeededRandom): Iterable<FloatTensor> {
  yield dataset.inputs
  for (const share of noises) yield withNoise(dataset, share, random)
  if (arePictures(dataset.inputs)) for (const move of moves) yield moved(dataset.inputs, move)
}

/**
 * The label-only attack by augmentation (Choquette-Choo et al. 2021, arXiv 2007.14321): how many of an example's altered
 * copies, and whether the example itself, the model still answers as labelled. It asks for no score at all.
 */
export const labelOnly = async (
  model: AttackedModel,
  dataset: Dataset & { readonly labels: readonly number[] },
  seed: number,
): Promise<Float64Array> => {
  const right = new Float64Array(dataset.labels.length)
  for (let start = 0; start < right.length; start += heldAtOnce) {
    const rows = range(Math.min(heldAtOnce, right.length - start)).map((offset) => start + offset)
    const part = takeExamples(dataset, rows)
    for (const copy of copiesOf(part, createSeededRandom((seed + start) >>> 0))) {
      const { logProbabilities, classes } = await answersOf(model, copy)
      part.labels.forEach((label, row) => {
        const scores = logProbabilities.subarray(row * classes, (row + 1) * classes)
        const own = scores[label] ?? Number.NaN
        if (scores.every((value) => value <= own)) right[start + row] = (right[start + row] ?? 0) + 1
      })
    }
  }
  return right
}
