import type { SeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { findStarts } from './decision-start.ts'
import { changeBetween, copyOf, elementsOf } from './examples.ts'
import { sizeOf } from './norms.ts'
import { type AttackedModel, type AttackInputs, fooledRows } from './objective.ts'
import { tighten } from './tighten.ts'

/** Lengths of the first step around the original and of the first one towards it, as shares of the distance. */
const firstSideways = 0.1
const firstInward = 0.1

/** What a length is multiplied by after success; after failure it shrinks so that the aimed share of successes holds. */
const growth = 1.1
const aimedShare = { sideways: 0.5, inward: 0.25 }

const adapt = (length: number, isSuccess: boolean, share: number): number =>
  Math.min(1, isSuccess ? length * growth : length * growth ** (-share / (1 - share)))

/**
 * The boundary attack (Brendel, Rauber, Bethge 2018, arXiv 1712.04248), L2: from an input that is answered otherwise, a walk
 * around the original that comes nearer whenever the answer allows it. It sees answers only.
 *
 * @returns the originals where no start was answered otherwise
 */
export const attackWithBoundary = async (
  options: AttackInputs & {
    readonly model: AttackedModel
    readonly steps: number
    readonly random: SeededRandom
  },
): Promise<FloatTensor> => {
  const { model, inputs, labels, domain, steps, random } = options
  const width = rowLength(inputs)
  const { starts, isFooled } = await findStarts(options)
  const moved = await tighten(model, inputs, labels, starts)
  const around = copyOf(moved)
  const nearer = copyOf(moved)
  const sideways = new Float64Array(labels.length).fill(firstSideways)
  const inward = new Float64Array(labels.length).fill(firstInward)
  const clip = (value: number): number => Math.min(domain[1], Math.max(domain[0], value))
  const decide = async (candidate: FloatTensor): Promise<boolean[]> =>
    fooledRows(await model.scores(candidate), model.classes, labels)
  for (let step = 0; step < steps; step += 1) {
    labels.forEach((_, row) => {
      if (!isFooled[row]) return
      const origin = elementsOf(inputs, row)
      const change = changeBetween(elementsOf(moved, row), origin)
      const distance = sizeOf('l2', change)
      const noise = Float64Array.from({ length: width }, () => random.normal())
      // Only what is at right angles to the way back: the distance stays the same.
      const along =
        noise.reduce((sum, value, index) => sum + value * (change[index] ?? 0), 0) / (distance * distance || 1)
      const side = noise.map((value, index) => value - along * (change[index] ?? 0))
      const scale = ((sideways[row] ?? 0) * distance) / (sizeOf('l2', side) || 1)
      const turned = change.map((value, index) => value + scale * (side[index] ?? 0))
      const back = distance / (sizeOf('l2', turned) || 1)
      const [first, second] = [elementsOf(around, row), elementsOf(nearer, row)]
      for (let index = 0; index < width; index += 1) {
        const offset = back * (turned[index] ?? 0)
        first[index] = clip((origin[index] ?? 0) + offset)
        second[index] = clip((origin[index] ?? 0) + (1 - (inward[row] ?? 0)) * offset)
      }
    })
    const [isAround, isNearer] = [await decide(around), await decide(nearer)]
    labels.forEach((_, row) => {
      sideways[row] = adapt(sideways[row] ?? 0, isAround[row] ?? false, aimedShare.sideways)
      if (!isAround[row]) return
      inward[row] = Math.min(0.5, adapt(inward[row] ?? 0, isNearer[row] ?? false, aimedShare.inward))
      const next = isNearer[row] ? nearer : around
      const origin = elementsOf(inputs, row)
      const [former, latter] = [moved, next].map((tensor) =>
        sizeOf('l2', changeBetween(elementsOf(tensor, row), origin)),
      ) as [number, number]
      // Rounding must never carry an example outwards.
      if (latter <= former) elementsOf(moved, row).set(elementsOf(next, row))
    })
  }
  return tighten(model, inputs, labels, moved)
}
