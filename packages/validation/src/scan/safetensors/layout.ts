/** A stretch of bytes that a table gives to a name. */
export interface Range {
  readonly name: string
  readonly start: number
  /** Behind its last byte. */
  readonly end: number
}

/** Where a table of ranges does not cover a buffer exactly once. */
export interface Layout {
  readonly overlaps: readonly { readonly first: Range; readonly second: Range }[]
  readonly holes: readonly { readonly start: number; readonly end: number }[]
}

/** Compares a table of ranges with the buffer `[0, size)` that it describes; padding to `alignment` is no hole. */
export const compareLayout = (ranges: readonly Range[], size: number, alignment = 1): Layout => {
  const overlaps: Layout['overlaps'][number][] = []
  const holes: Layout['holes'][number][] = []
  const ordered = ranges.toSorted((left, right) => left.start - right.start || left.end - right.end)
  let covered = 0
  let last: Range | undefined
  const cover = (start: number): void => {
    if (start > Math.ceil(covered / alignment) * alignment) holes.push({ start: covered, end: start })
  }
  for (const range of ordered) {
    if (last !== undefined && range.start < covered) overlaps.push({ first: last, second: range })
    else cover(range.start)
    if (range.end < covered) continue
    covered = range.end
    last = range
  }
  cover(size)
  return { overlaps, holes }
}
