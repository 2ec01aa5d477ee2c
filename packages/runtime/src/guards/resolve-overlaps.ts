import type { Match } from './redact.ts'

const byStrength = (a: Match, b: Match): number =>
  b.confidence - a.confidence ||
  b.end - b.start - (a.end - a.start) ||
  a.start - b.start ||
  (a.type < b.type ? -1 : a.type > b.type ? 1 : 0)

/** Of matches between two places, the strongest that leave each other alone. */
const strongest = (cluster: Match[], start: number, end: number): Match[] => {
  if (cluster.length < 2) return cluster
  if (cluster.length === 2)
    return [byStrength(cluster[0] as Match, cluster[1] as Match) <= 0 ? cluster[0] : cluster[1]] as Match[]
  const taken = new Uint8Array(end - start)
  return cluster
    .sort(byStrength)
    .filter((match) => {
      const [first, last] = [match.start - start, match.end - start]
      if (taken.subarray(first, last).includes(1)) return false
      taken.fill(1, first, last)
      return true
    })
    .sort((a, b) => a.start - b.start)
}

/**
 * One match for each place, in order: of those that overlap, the surest stays; then the longest, the first, the first by
 * name of its type.
 */
export const resolveOverlaps = (matches: readonly Match[]): Match[] => {
  const ordered = [...matches].sort((a, b) => a.start - b.start)
  const kept: Match[] = []
  let cluster: Match[] = []
  let start = 0
  let end = 0
  const close = (): void => {
    for (const match of strongest(cluster, start, end)) kept.push(match)
    cluster = []
  }
  for (const match of ordered) {
    if (match.start >= end) {
      close()
      start = match.start
    }
    cluster.push(match)
    end = Math.max(end, match.end)
  }
  close()
  return kept
}
