import type { FloatTensor } from '../dataset.ts'
import { copyOf, elementsOf } from './examples.ts'
import { type AttackedModel, fooledRows } from './objective.ts'

/** Halvings of the line: what is left is a thousandth of it. */
const halvings = 12

/**
 * Moves each example that fools the model back towards its original, along the line between them, as far as it still
 * fools it. Examples that do not fool it become the originals.
 */
export const tighten = async (
  model: AttackedModel,
  inputs: FloatTensor,
  labels: readonly number[],
  found: FloatTensor,
  steps = halvings,
): Promise<FloatTensor> => {
  const isFooled = fooledRows(await model.scores(found), model.classes, labels)
  const near = labels.map(() => 0)
  const far: number[] = isFooled.map((is) => (is ? 1 : 0))
  const tried = copyOf(inputs)
  const place = (row: number, share: number): void => {
    const [example, origin, goal] = [elementsOf(tried, row), elementsOf(inputs, row), elementsOf(found, row)]
    for (let index = 0; index < example.length; index += 1) {
      const start = origin[index] ?? 0
      // The ends are exact: a share of one must give back the very example that was found.
      example[index] = share === 1 ? (goal[index] ?? 0) : start + share * ((goal[index] ?? 0) - start)
    }
  }
  for (let step = 0; step < steps && isFooled.includes(true); step += 1) {
    const middle = labels.map((_, row) => ((near[row] ?? 0) + (far[row] ?? 0)) / 2)
    middle.forEach((share, row) => {
      place(row, share)
    })
    const isStill = fooledRows(await model.scores(tried), model.classes, labels)
    middle.forEach((share, row) => {
      if (isStill[row]) far[row] = share
      else near[row] = share
    })
  }
  far.forEach((share, row) => {
    place(row, isFooled[row] ? share : 0)
  })
  return tried
}

/** Keeps, for each example, the nearest one that fools the model. */
export const createNearest = (inputs: FloatTensor, count: number) => {
  const found = copyOf(inputs)
  const sizes = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  return {
    /** The nearest found so far; the original where none was. */
    found,
    /** Their distances; infinity where none was found. */
    sizes,
    /** Takes an example that fools the model, if it is nearer than the one before. */
    offer(row: number, candidate: ArrayLike<number>, size: number): void {
      if (!(size < (sizes[row] ?? 0))) return
      sizes[row] = size
      elementsOf(found, row).set(candidate)
    },
  }
}
