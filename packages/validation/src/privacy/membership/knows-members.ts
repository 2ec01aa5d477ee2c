import { clopperPearson } from '../../statistics/clopper-pearson.ts'
import type { Answers } from './signals.ts'

const confidence = 0.99

/** How many examples the most frequent label has. */
const mostFrequent = (labels: readonly number[]): number => {
  const counts = new Map<number, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return Math.max(...counts.values())
}

/**
 * Why nothing follows from how a model answers its members, if so: one that does no better than a guess on what it learned
 * is asked in the wrong domain, or with the wrong labels, and would seem to leak nothing.
 */
export const whyUnknown = ({ classes, logProbabilities }: Answers, labels: readonly number[]): string | undefined => {
  const right = labels.filter((label, row) => {
    const scores = logProbabilities.subarray(row * classes, (row + 1) * classes)
    return scores.indexOf(scores.reduce((left, other) => Math.max(left, other))) === label
  }).length
  const guess = mostFrequent(labels)
  const isBetter = clopperPearson(right, labels.length, confidence).low > guess / labels.length
  // Where all members have one label nothing can be better than to guess it.
  if (isBetter || (right === labels.length && guess === labels.length)) return undefined
  return `the model answers ${right} of ${labels.length} members as labelled, the most frequent label alone ${guess}: check labels, domain and scaling`
}
