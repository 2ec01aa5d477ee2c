import type { ByteSource } from '../source.ts'

/** Where pickles that act were read in a content: what stands inside them has been told already. */
interface Range {
  readonly start: number
  readonly end: number
}

/** More are not remembered, and read again (CWE-770). */
const maximumRanges = 64

const rangesIn = new WeakMap<ByteSource, Range[]>()

const placeOf = (content: ByteSource, offset: number): { source: ByteSource; at: number } =>
  content.within === undefined
    ? { source: content, at: offset }
    : { source: content.within.source, at: content.within.offset + offset }

/** Remembers that a pickle that acts was read from `start` to `end`. */
export const rememberRange = (content: ByteSource, start: number, end: number): void => {
  const { source, at } = placeOf(content, start)
  const ranges = rangesIn.get(source) ?? []
  rangesIn.set(source, ranges)
  if (ranges.length < maximumRanges) ranges.push({ start: at, end: at + end - start })
}

/** Whether a place is inside a pickle that was read and told of. */
export const isInReadRange = (content: ByteSource, offset: number): boolean => {
  const { source, at } = placeOf(content, offset)
  return rangesIn.get(source)?.some(({ start, end }) => at >= start && at < end) ?? false
}
