import type { SeededRandom } from '@nootropic/core'

/** How the size of a change is measured. L0 is the number of elements changed. */
export const norms = ['linf', 'l2', 'l1', 'l0'] as const
/** One of {@link norms}. */
export type Norm = (typeof norms)[number]

/** The elements of one example, or of several. */
export type Elements = Float32Array | Float64Array

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? 0

/** The size of a change. */
export const sizeOf = (norm: Norm, change: ArrayLike<number>): number => {
  let size = 0
  for (let index = 0; index < change.length; index += 1) {
    const value = Math.abs(at(change, index))
    if (norm === 'linf') size = Math.max(size, value)
    else if (norm === 'l2') size += value * value
    else if (norm === 'l1') size += value
    else if (value !== 0) size += 1
  }
  if (norm !== 'l2') return size
  return size > 0 && size < Number.POSITIVE_INFINITY ? Math.sqrt(size) : euclideanByScale(change)
}

/** The same where squares overflow, or vanish: a slope of 1e200 would else have no direction. */
const euclideanByScale = (change: ArrayLike<number>): number => {
  const greatest = sizeOf('linf', change)
  if (!(greatest > 0 && greatest < Number.POSITIVE_INFINITY)) return greatest
  let sum = 0
  for (let index = 0; index < change.length; index += 1) sum += (at(change, index) / greatest) ** 2
  return greatest * Math.sqrt(sum)
}

/** The distance between the examples of two arrays, one a row. */
export const distances = (norm: Norm, left: ArrayLike<number>, right: ArrayLike<number>, width: number): number[] => {
  const change = new Float64Array(width)
  return Array.from({ length: left.length / width }, (_, row) => {
    for (let index = 0; index < width; index += 1) {
      change[index] = at(left, row * width + index) - at(right, row * width + index)
    }
    return sizeOf(norm, change)
  })
}

/** What is taken off every magnitude so that the rest adds up to `radius` (Duchi et al. 2008, ICML). */
const l1Threshold = (change: Float64Array, radius: number): number => {
  const magnitudes = change.map(Math.abs).sort()
  let sum = 0
  let threshold = 0
  for (let count = 1; count <= magnitudes.length; count += 1) {
    const magnitude = at(magnitudes, magnitudes.length - count)
    sum += magnitude
    if (magnitude <= (sum - radius) / count) break
    threshold = (sum - radius) / count
  }
  return threshold
}

/** Places of the greatest magnitudes; of equal ones the first. */
export const greatestPlaces = (values: ArrayLike<number>, count: number): number[] =>
  Array.from({ length: values.length }, (_, index) => index)
    .sort((left, right) => Math.abs(at(values, right)) - Math.abs(at(values, left)) || left - right)
    .slice(0, count)

/** Replaces a change by the nearest one, in L2, whose size is at most `radius`. */
export const projectOntoBall = (norm: Norm, change: Float64Array, radius: number): void => {
  if (norm === 'linf') {
    for (let index = 0; index < change.length; index += 1) {
      change[index] = Math.min(radius, Math.max(-radius, at(change, index)))
    }
    return
  }
  const size = sizeOf(norm, change)
  if (size <= radius) return
  if (norm === 'l2') {
    for (let index = 0; index < change.length; index += 1) change[index] = (at(change, index) * radius) / size
  } else if (norm === 'l1') {
    const threshold = l1Threshold(change, radius)
    for (let index = 0; index < change.length; index += 1) {
      const value = at(change, index)
      change[index] = Math.sign(value) * Math.max(0, Math.abs(value) - threshold)
    }
  } else {
    const kept = new Set(greatestPlaces(change, Math.floor(radius)))
    for (let index = 0; index < change.length; index += 1) if (!kept.has(index)) change[index] = 0
  }
}

/**
 * Moves `example`, one row, to `origin + change`, inside the ball around `origin` and inside the domain. Cutting to the
 * domain never makes a change larger where `origin` lies in it.
 */
export const placeInBall = (
  example: Elements,
  origin: ArrayLike<number>,
  change: Float64Array,
  bounds: { readonly norm: Norm; readonly radius: number; readonly domain: readonly [number, number] },
): void => {
  projectOntoBall(bounds.norm, change, bounds.radius)
  const [least, greatest] = bounds.domain
  for (let index = 0; index < example.length; index += 1) {
    example[index] = Math.min(greatest, Math.max(least, at(origin, index) + at(change, index)))
  }
}

/** Fills `change` with a random change, uniform inside the ball. */
export const randomChange = (
  norm: Exclude<Norm, 'l0'>,
  change: Float64Array,
  radius: number,
  random: SeededRandom,
): void => {
  const width = change.length
  if (norm === 'linf') {
    for (let index = 0; index < width; index += 1) change[index] = radius * (2 * random.uniform() - 1)
    return
  }
  // A direction, times a length that fills the ball evenly (Muller 1959 for L2; exponentials do the same for L1).
  for (let index = 0; index < width; index += 1) {
    change[index] =
      norm === 'l2' ? random.normal() : -Math.log(1 - random.uniform()) * (random.uniform() < 0.5 ? -1 : 1)
  }
  const scale = (radius * random.uniform() ** (1 / width)) / Math.max(sizeOf(norm, change), Number.MIN_VALUE)
  for (let index = 0; index < width; index += 1) change[index] = at(change, index) * scale
}

/**
 * The change of size `amount` that raises a linear loss with this slope most; zeros where there is no slope. For L1 the
 * change is shared by the steepest elements that can still move, one in `1 / l1Share` (Tramer and Boneh 2019, arXiv
 * 1904.13000): one element at a time would hardly get anywhere.
 */
export const steepestChange = (
  norm: Exclude<Norm, 'l0'>,
  slope: ArrayLike<number>,
  amount: number,
  canMove: (index: number) => boolean = () => true,
): Float64Array => {
  const change = new Float64Array(slope.length)
  if (norm === 'linf') {
    for (let index = 0; index < change.length; index += 1) change[index] = amount * Math.sign(at(slope, index))
  } else if (norm === 'l2') {
    const size = sizeOf('l2', slope)
    for (let index = 0; index < change.length; index += 1)
      change[index] = size > 0 ? (amount * at(slope, index)) / size : 0
  } else {
    const open = change.map((_, index) => (canMove(index) ? at(slope, index) : 0))
    const chosen = greatestPlaces(open, Math.max(1, Math.ceil(l1Share * open.length))).filter(
      (index) => open[index] !== 0,
    )
    for (const index of chosen) change[index] = (amount / chosen.length) * Math.sign(at(open, index))
  }
  return change
}

/** Elements that one L1 step moves, as a share of all. */
const l1Share = 0.05
