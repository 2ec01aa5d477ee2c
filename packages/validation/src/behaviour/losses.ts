import { range } from './rows.ts'

/** The two losses that attacks climb; an example counts as robust only if it withstands both. */
export const lossNames = ['cross-entropy', 'margin'] as const
/** One of {@link lossNames}. */
export type LossName = (typeof lossNames)[number]

const row = (logits: ArrayLike<number>, width: number, index: number): number[] =>
  range(width).map((column) => logits[index * width + column] ?? Number.NaN)

const crossEntropy = (logits: readonly number[], label: number): number => {
  const greatest = Math.max(...logits)
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - greatest), 0)
  return greatest + Math.log(sum) - (logits[label] ?? Number.NaN)
}

/** How far the best wrong class is ahead of the right one (Carlini and Wagner 2017, arXiv 1608.04644). */
const margin = (logits: readonly number[], label: number): number =>
  Math.max(...logits.filter((_, column) => column !== label)) - (logits[label] ?? Number.NaN)

const formulas = { 'cross-entropy': crossEntropy, margin } as const

/** The loss of each row of logits. */
export const lossOfLogits = (
  name: LossName,
  logits: ArrayLike<number>,
  classes: number,
  labels: readonly number[],
): number[] => labels.map((label, index) => formulas[name](row(logits, classes, index), label))
