import type { Elements } from './norms.ts'

/** Halvings of an interval: no number between its ends is left. */
const halvings = 64

/**
 * Replaces a change by the nearest one, in L2, whose L1 size is at most `radius` and which leaves every element in the
 * domain (Croce and Hein 2021, arXiv 2103.01208, proposition 2.1). Projecting onto the ball and cutting to the domain
 * afterwards is not that: it leaves much of the ball unused.
 *
 * What is taken off every magnitude is found by halving: the more, the smaller the change.
 */
export const projectOntoBoxedL1 = (
  change: Float64Array,
  origin: ArrayLike<number>,
  radius: number,
  domain: readonly [number, number],
): void => {
  const [least, greatest] = domain
  const shrunk = (index: number, by: number): number => {
    const value = change[index] ?? 0
    const start = origin[index] ?? 0
    const soft = Math.sign(value) * Math.max(0, Math.abs(value) - by)
    return Math.min(Math.max(greatest - start, 0), Math.max(Math.min(least - start, 0), soft))
  }
  const sizeAt = (by: number): number => {
    let size = 0
    for (let index = 0; index < change.length; index += 1) size += Math.abs(shrunk(index, by))
    return size
  }
  let by = 0
  if (sizeAt(0) > radius) {
    let low = 0
    by = change.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    for (let step = 0; step < halvings; step += 1) {
      const middle = (low + by) / 2
      if (sizeAt(middle) > radius) low = middle
      else by = middle
    }
  }
  for (let index = 0; index < change.length; index += 1) change[index] = shrunk(index, by)
}

/** Moves `example`, one row, to `origin + change`, inside the L1 ball around `origin` and inside the domain. */
export const placeInBoxedL1 = (
  example: Elements,
  origin: ArrayLike<number>,
  change: Float64Array,
  bounds: { readonly radius: number; readonly domain: readonly [number, number] },
): void => {
  projectOntoBoxedL1(change, origin, bounds.radius, bounds.domain)
  for (let index = 0; index < example.length; index += 1) example[index] = (origin[index] ?? 0) + (change[index] ?? 0)
}
