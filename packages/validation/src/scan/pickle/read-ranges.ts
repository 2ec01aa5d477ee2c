import type { ByteSource } from '../source.ts'

/** Where pickles that act were read in a content: what stands inside them has been told already. */
interface Range {
  readonly start: number
  end: number
}

/** More are not remembered, and read again (CWE-770). */
const maximumRanges = 2 ** 14

/** By their start; they may overlap. */
const rangesIn = new WeakMap<ByteSource, Range[]>()

const placeOf = (content: ByteSource, offset: number): { source: ByteSource; at: number } =>
  content.within === undefined
    ? { source: content, at: offset }
    : { source: content.within.source, at: content.within.offset + offset }

/** How many of the ranges begin at a place or before it. */
const countUpTo = (ranges: readonly Range[], at: number): number => {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.start ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** Remembers that a pickle that acts was read from `start` to `end`. */
export const rememberRange = (content: ByteSource, start: number, end: number): void => {
  const { source, at } = placeOf(content, start)
  const ranges = rangesIn.get(source) ?? []
  rangesIn.set(source, ranges)
  const index = countUpTo(ranges, at)
  const before = ranges[index - 1]
  // What follows at once, or stands inside, belongs to the one before.
  if (before !== undefined && at <= before.end) before.end = Math.max(before.end, at + end - start)
  else if (ranges.length < maximumRanges) ranges.splice(index, 0, { start: at, end: at + end - start })
}

/** Whether a place is inside a pickle that was read and told of. */
export const isInReadRange = (content: ByteSource, offset: number): boolean => {
  const { source, at } = placeOf(content, offset)
  const ranges = rangesIn.get(source) ?? []
  return at < (ranges[countUpTo(ranges, at) - 1]?.end ?? 0)
}
