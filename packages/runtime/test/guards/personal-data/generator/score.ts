import type { Label } from './documents.ts'

/** How a finder did on one type. */
export interface Score {
  hits: number
  missed: number
  wrong: number
}

const shared = (a: Label, b: Label): number => Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start))

/** Whether both name the same value: the same type, and four fifths of the same characters. */
export const isSame = (a: Label, b: Label): boolean =>
  a.type === b.type && shared(a, b) / (Math.max(a.end, b.end) - Math.min(a.start, b.start)) >= 0.8

/** Adds what was found in one document to the scores. */
export const addToScores = (scores: Map<string, Score>, expected: readonly Label[], found: readonly Label[]): void => {
  const scoreOf = (type: string): Score => {
    const score = scores.get(type) ?? { hits: 0, missed: 0, wrong: 0 }
    scores.set(type, score)
    return score
  }
  for (const label of expected) {
    if (found.some((match) => isSame(label, match))) scoreOf(label.type).hits += 1
    else scoreOf(label.type).missed += 1
  }
  for (const match of found) if (!expected.some((label) => isSame(label, match))) scoreOf(match.type).wrong += 1
}

/** The F-measure that counts recall four times as much as precision. */
export const f2 = ({ hits, missed, wrong }: Score): number => (5 * hits) / (5 * hits + 4 * missed + wrong)

/** All scores as one. */
export const total = (scores: Iterable<Score>): Score =>
  [...scores].reduce<Score>(
    (sum, { hits, missed, wrong }) => ({
      hits: sum.hits + hits,
      missed: sum.missed + missed,
      wrong: sum.wrong + wrong,
    }),
    { hits: 0, missed: 0, wrong: 0 },
  )
