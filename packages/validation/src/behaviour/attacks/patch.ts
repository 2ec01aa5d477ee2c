import type { SeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { copyOf, elementsOf } from './examples.ts'
import type { AttackInputs, Objective } from './objective.ts'
import type { Picture } from './picture.ts'
import { verifiedPicture } from './spatial.ts'

/** A square picture that is laid over others: `channels` x `side` x `side`. */
export interface Patch {
  readonly side: number
  readonly values: Float64Array
}

interface Place {
  readonly top: number
  readonly left: number
}

/** Calls `visit` with the places of each element of a patch, in the patch and in the example. */
const overlay = (picture: Picture, side: number, at: Place, visit: (patch: number, example: number) => void): void => {
  for (let channel = 0; channel < picture.channels; channel += 1) {
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        visit((channel * side + row) * side + column, picture.place(channel, at.top + row, at.left + column))
      }
    }
  }
}

const randomPlaces = (picture: Picture, side: number, count: number, random: SeededRandom): Place[] =>
  Array.from({ length: count }, () => ({
    top: random.integer(picture.height - side + 1),
    left: random.integer(picture.width - side + 1),
  }))

const laidAt = (inputs: FloatTensor, picture: Picture, patch: Patch, places: readonly Place[]): FloatTensor => {
  const covered = copyOf(inputs)
  places.forEach((at, row) => {
    const example = elementsOf(covered, row)
    overlay(picture, patch.side, at, (source, target) => {
      example[target] = patch.values[source] ?? 0
    })
  })
  return covered
}

/** The pictures with the patch at a random place of each. */
export const layPatch = (inputs: FloatTensor, patch: Patch, random: SeededRandom): FloatTensor => {
  const picture = verifiedPicture(inputs.dims)
  return laidAt(inputs, picture, patch, randomPlaces(picture, patch.side, inputs.dims[0] ?? 0, random))
}

/**
 * An adversarial patch (Brown et al. 2017, arXiv 1712.09665): one square that misleads the model wherever it lies. Each of
 * `steps` steps lays it at new random places and follows the sign of its mean slope, in steps that shrink to nothing.
 *
 * @param share of the picture's shorter side that the patch takes, in (0, 1].
 * @throws NootropicError `INPUT_INVALID` where the inputs are no pictures
 */
export const findPatch = async (
  target: AttackInputs & {
    readonly objective: Objective
    readonly share: number
    readonly steps: number
    readonly random: SeededRandom
  },
): Promise<{ readonly patch: Patch; readonly found: FloatTensor }> => {
  const { inputs, labels, domain, objective, share, steps, random } = target
  const picture = verifiedPicture(inputs.dims)
  const side = Math.max(1, Math.round(share * Math.min(picture.height, picture.width)))
  const width = picture.channels * picture.height * picture.width
  const reach = domain[1] - domain[0]
  const values = Float64Array.from(
    { length: picture.channels * side * side },
    () => domain[0] + random.uniform() * reach,
  )
  const patch = { side, values }
  for (let step = 0; step < steps; step += 1) {
    const places = randomPlaces(picture, side, labels.length, random)
    const slope = await objective.slope(laidAt(inputs, picture, patch, places), labels)
    const sums = new Float64Array(values.length)
    places.forEach((at, row) => {
      overlay(picture, side, at, (source, example) => {
        sums[source] = (sums[source] ?? 0) + (slope[row * width + example] ?? 0)
      })
    })
    const stride = (reach / 4) * (1 - step / steps)
    sums.forEach((sum, index) => {
      values[index] = Math.min(domain[1], Math.max(domain[0], (values[index] ?? 0) + stride * Math.sign(sum)))
    })
  }
  return { patch, found: layPatch(inputs, patch, random) }
}
