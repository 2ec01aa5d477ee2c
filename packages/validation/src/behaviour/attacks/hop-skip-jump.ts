import type { SeededRandom } from '@nootropic/core'
import { type FloatTensor, floatArray } from '../dataset.ts'
import { rowLength, takeRows } from '../rows.ts'
import { findStarts } from './decision-start.ts'
import { changeBetween, copyOf, elementsOf } from './examples.ts'
import { type Elements, sizeOf, steepestChange } from './norms.ts'
import { type AttackedModel, type AttackInputs, fooledRows } from './objective.ts'

/** Halvings of the way to the border; what is left is below the distance at which the slope is estimated. */
const halvings = 20

/** Halvings of a step that leads nowhere, after which the example stays where it is. */
const stepHalvings = 15

/**
 * HopSkipJump (Chen, Jordan, Wainwright 2020, arXiv 1904.02144): from an input that is answered otherwise, back to the
 * border; there the direction of the border is estimated from answers to inputs around, and a step along it leads away
 * to be brought back nearer. It sees answers only, so neither masked gradients nor hidden scores stop it.
 *
 * @returns the originals where no start was answered otherwise
 */
export const attackWithHopSkipJump = async (
  options: AttackInputs & {
    readonly model: AttackedModel
    readonly norm: 'linf' | 'l2'
    readonly steps: number
    /** Answers for the first estimate; later ones take more. */
    readonly samples: number
    readonly random: SeededRandom
  },
): Promise<FloatTensor> => {
  const { inputs, labels } = options
  const { starts, isFooled } = await findStarts(options)
  const found = copyOf(inputs)
  for (const [row, label] of labels.entries()) {
    if (!isFooled[row]) continue
    const nearest = await approach(options, takeRows(inputs, [row]), elementsOf(starts, row), label)
    elementsOf(found, row).set(nearest)
  }
  return found
}

type Options = Parameters<typeof attackWithHopSkipJump>[0]

/** Brings one example as near to its original as the attack can. */
const approach = async (options: Options, original: FloatTensor, start: Elements, label: number): Promise<Elements> => {
  const { model, norm, domain, steps, samples, random } = options
  const width = rowLength(original)
  const origin = original.data
  const areFooled = async (examples: Float32Array | Float64Array): Promise<boolean[]> => {
    const rows = examples.length / width
    const scores = await model.scores({ type: original.type, dims: [rows, ...original.dims.slice(1)], data: examples })
    return fooledRows(scores, model.classes, new Array<number>(rows).fill(label))
  }
  const isFooling = async (example: Elements): Promise<boolean> => (await areFooled(example))[0] ?? false
  const clip = (value: number): number => Math.min(domain[1], Math.max(domain[0], value))
  const distance = (example: Elements): number => sizeOf(norm, changeBetween(example, origin))

  const toBorder = async (example: Elements): Promise<Elements> => {
    const change = changeBetween(example, origin)
    const whole = sizeOf(norm, change)
    const at = (share: number): Elements =>
      (norm === 'l2'
        ? origin.map((value, index) => value + share * (change[index] ?? 0))
        : origin.map(
            (value, index) => value + Math.max(-share * whole, Math.min(share * whole, change[index] ?? 0)),
          )) as Elements
    let [near, far, best] = [0, 1, example]
    for (let halving = 0; halving < halvings; halving += 1) {
      const middle = (near + far) / 2
      const candidate = at(middle)
      if (await isFooling(candidate)) [far, best] = [middle, candidate]
      else near = middle
    }
    return best
  }

  /** The direction in which inputs around are answered otherwise; the shares of either answer are balanced. */
  const borderSlope = async (example: Elements, count: number, radius: number): Promise<Float64Array> => {
    const directions = Array.from({ length: count }, () => {
      const direction = Float64Array.from({ length: width }, () =>
        norm === 'l2' ? random.normal() : 2 * random.uniform() - 1,
      )
      const size = sizeOf('l2', direction)
      return direction.map((value) => value / size)
    })
    const data = floatArray(original.type, count * width)
    directions.forEach((direction, sample) => {
      for (let index = 0; index < width; index += 1) {
        data[sample * width + index] = clip((example[index] ?? 0) + radius * (direction[index] ?? 0))
      }
    })
    const answers = await areFooled(data)
    const share = answers.filter((is) => is).length / count
    const slope = new Float64Array(width)
    answers.forEach((is, sample) => {
      const weight = share === 0 || share === 1 ? 1 - 2 * (1 - share) : (is ? 1 : -1) - (2 * share - 1)
      for (let index = 0; index < width; index += 1) {
        // What was really tried counts: an element at the end of the domain did not move.
        const moved = (data[sample * width + index] ?? 0) - (example[index] ?? 0)
        slope[index] = (slope[index] ?? 0) + weight * moved
      }
    })
    return slope
  }

  let example = await toBorder(start)
  for (let step = 1; step <= steps; step += 1) {
    const apart = distance(example)
    if (apart === 0) break
    // The radii of the paper's theorem on the estimate's bias: distance / dimension.
    const slope = await borderSlope(example, Math.ceil(samples * Math.sqrt(step)), apart / width)
    let length = apart / Math.sqrt(step)
    for (let halving = 0; halving < stepHalvings; halving += 1) {
      const stride = steepestChange(norm, slope, length)
      const candidate = example.map((value, index) => clip(value + (stride[index] ?? 0))) as Elements
      if (await isFooling(candidate)) {
        const nearer = await toBorder(candidate)
        if (distance(nearer) < apart) example = nearer
        break
      }
      length /= 2
    }
  }
  return example
}
