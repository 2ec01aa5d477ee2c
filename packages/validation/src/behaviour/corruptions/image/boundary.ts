/**
 * What stands beyond the border of `a b c d`: `nearest` a|abcd|d, `reflect` ba|abcd|dc, `mirror` cb|abcd|cb.
 * OpenCV calls `mirror` reflect-101.
 */
export type Boundary = 'nearest' | 'reflect' | 'mirror'

/** The place inside `length` that stands for `index`. */
export const inside = (index: number, length: number, boundary: Boundary): number => {
  if (index >= 0 && index < length) return index
  if (boundary === 'nearest' || length === 1) return index < 0 ? 0 : length - 1
  const period = boundary === 'reflect' ? 2 * length : 2 * length - 2
  const place = ((index % period) + period) % period
  if (place < length) return place
  return boundary === 'reflect' ? period - 1 - place : period - place
}

/** The places that stand for -radius … length - 1 + radius. */
export const paddedPlaces = (length: number, radius: number, boundary: Boundary): Int32Array => {
  const places = new Int32Array(length + 2 * radius)
  for (let index = 0; index < places.length; index += 1) places[index] = inside(index - radius, length, boundary)
  return places
}
