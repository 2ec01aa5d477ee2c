import { createSeededRandom } from '@nootropic/core'
import { range } from '../behaviour/rows.ts'

/**
 * A seeded choice of `most` of `count` rows, ascending; all where there are no more. Time and memory grow with `most` alone
 * (Floyd's algorithm; Bentley and Floyd, "A sample of brilliance", CACM 30(9), 1987).
 */
export const chooseRows = (count: number, most: number, seed: number): number[] => {
  if (count <= most) return range(count)
  const random = createSeededRandom(seed)
  const chosen = new Set<number>()
  for (let last = count - most; last < count; last += 1) {
    const row = random.integer(last + 1)
    chosen.add(chosen.has(row) ? last : row)
  }
  return [...chosen].sort((left, right) => left - right)
}
