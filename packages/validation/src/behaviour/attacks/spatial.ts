import { NootropicError } from '@nootropic/core'
import { type FloatTensor, floatArray } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { copyOf, elementsOf } from './examples.ts'
import { type AttackedModel, type AttackInputs, fooledRows, lossesOf } from './objective.ts'
import { type Picture, pictureOf } from './picture.ts'

/** A turn, counter-clockwise, and then a shift. */
export interface Movement {
  readonly degrees: number
  readonly right: number
  readonly down: number
}

/** @throws NootropicError `INPUT_INVALID` where the inputs are no pictures */
export const verifiedPicture = (dims: readonly number[]): Picture => {
  const picture = pictureOf(dims)
  if (picture !== undefined) return picture
  throw new NootropicError(
    'INPUT_INVALID',
    `expected pictures, [batch, channels, height, width] or channels last, found inputs of shape [${dims}]; choose an attack that needs none`,
  )
}

/** Moves every picture in the same way, sampled bilinearly; what comes in from outside repeats the nearest edge. */
export const movePictures = (inputs: FloatTensor, movement: Movement): FloatTensor => {
  const picture = verifiedPicture(inputs.dims)
  const { channels, height, width, place } = picture
  const length = rowLength(inputs)
  const data = floatArray(inputs.type, inputs.data.length)
  const angle = (movement.degrees * Math.PI) / 180
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2]
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value))
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const x = column - middleColumn - movement.right
      const y = row - middleRow - movement.down
      const sourceRow = within(cosine * y + sine * x + middleRow, height - 1)
      const sourceColumn = within(cosine * x - sine * y + middleColumn, width - 1)
      const [top, left] = [Math.floor(sourceRow), Math.floor(sourceColumn)]
      const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)]
      const [along, across] = [sourceRow - top, sourceColumn - left]
      for (let channel = 0; channel < channels; channel += 1) {
        const target = place(channel, row, column)
        const sources = [
          place(channel, top, left),
          place(channel, top, right),
          place(channel, bottom, left),
          place(channel, bottom, right),
        ]
        for (let start = 0; start < data.length; start += length) {
          const [a = 0, b = 0, c = 0, d = 0] = sources.map((source) => inputs.data[start + source] ?? 0)
          data[start + target] = (1 - along) * ((1 - across) * a + across * b) + along * ((1 - across) * c + across * d)
        }
      }
    }
  }
  return { ...inputs, data }
}

/** `count` numbers, evenly from -most to most. */
const evenly = (most: number, count: number): number[] =>
  count < 2 ? [0] : Array.from({ length: count }, (_, index) => most * ((2 * index) / (count - 1) - 1))

/**
 * The spatial attack (Engstrom et al. 2019, arXiv 1712.02779): every turn and shift of a grid, and for each picture the one
 * of the greatest margin. It sees scores only; the grid is exhaustive because climbing does badly here.
 *
 * @throws NootropicError `INPUT_INVALID` where the inputs are no pictures
 */
export const attackWithMovements = async (
  options: AttackInputs & {
    readonly model: AttackedModel
    /** The greatest turn in degrees, and how many turns of it are tried. */
    readonly turn: { readonly most: number; readonly count: number }
    /** The greatest shift in pixels, and how many shifts of it, in each direction, are tried. */
    readonly shift: { readonly most: number; readonly count: number }
  },
): Promise<FloatTensor> => {
  const { model, inputs, labels, turn, shift } = options
  const found = copyOf(inputs)
  const isFooled = labels.map(() => false)
  const losses = new Float64Array(labels.length).fill(Number.NEGATIVE_INFINITY)
  for (const degrees of evenly(turn.most, turn.count)) {
    for (const right of evenly(shift.most, shift.count)) {
      for (const down of evenly(shift.most, shift.count)) {
        if (!isFooled.includes(false)) return found
        const moved = movePictures(inputs, { degrees, right, down })
        const scores = await model.scores(moved)
        const fooled = fooledRows(scores, model.classes, labels)
        lossesOf('margin', scores, model.classes, labels).losses.forEach((loss, row) => {
          if (isFooled[row] || !(loss > (losses[row] ?? 0))) return
          losses[row] = loss
          isFooled[row] = fooled[row] ?? false
          elementsOf(found, row).set(elementsOf(moved, row))
        })
      }
    }
  }
  return found
}
