import { greatestPlaces, type Norm } from './norms.ts'

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? 0

/**
 * The smallest change, in the norm, that raises the linear function with this slope by `gap` while each element stays in
 * the domain (the projection of Croce and Hein 2020, arXiv 1907.02044). Where even the far corner of the domain is too
 * near, the change leads to that corner.
 *
 * Raising element i pays |slope i| for each unit, up to its room. L1 fills the best paying elements first; L-infinity
 * raises all alike and L2 each in proportion to what it pays, both until they hit their room.
 */
export const nearestOnPlane = (
  norm: Exclude<Norm, 'l0'>,
  example: ArrayLike<number>,
  slope: ArrayLike<number>,
  gap: number,
  domain: readonly [number, number],
): Float64Array => {
  const change = new Float64Array(example.length)
  if (gap <= 0) return change
  const pay = Float64Array.from(change, (_, index) => Math.abs(at(slope, index)))
  const room = Float64Array.from(change, (_, index) =>
    Math.max(0, at(slope, index) > 0 ? domain[1] - at(example, index) : at(example, index) - domain[0]),
  )
  const write = (index: number, amount: number): void => {
    change[index] = Math.sign(at(slope, index)) * amount
  }
  if (norm === 'l1') {
    let left = gap
    for (const index of greatestPlaces(pay, pay.length)) {
      if (at(pay, index) === 0 || left <= 0) break
      const amount = Math.min(at(room, index), left / at(pay, index))
      write(index, amount)
      left -= amount * at(pay, index)
    }
    return change
  }
  const speed = (index: number): number => (norm === 'linf' ? 1 : at(pay, index))
  // The gain is a concave function of the level, so tangents lead up to the level sought and reach it after few steps.
  let level = 0
  for (;;) {
    let fixed = 0
    let growth = 0
    for (let index = 0; index < pay.length; index += 1) {
      if (level * speed(index) >= at(room, index)) fixed += at(pay, index) * at(room, index)
      else growth += at(pay, index) * speed(index)
    }
    const next = growth > 0 ? (gap - fixed) / growth : Number.POSITIVE_INFINITY
    if (!(next > level)) break
    level = next
    if (level === Number.POSITIVE_INFINITY) break
  }
  for (let index = 0; index < pay.length; index += 1) {
    if (at(pay, index) > 0) write(index, Math.min(at(room, index), level * speed(index)))
  }
  return change
}
