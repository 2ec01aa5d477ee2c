/** What a model says of examples: the logarithm of the probability of each class, row-major. */
export interface Answers {
  readonly classes: number
  readonly logProbabilities: Float64Array
}

/** x ln x, which is 0 at 0. */
const timesLog = (value: number): number => (value > 0 ? value * Math.log(value) : 0)

/** ln(1 - e^x) for x <= 0, near either end (Maechler 2012). */
const logOneMinus = (logarithm: number): number =>
  logarithm > -Math.LN2 ? Math.log(-Math.expm1(logarithm)) : Math.log1p(-Math.exp(logarithm))

/** A probability below this is rounding: its logarithm would outweigh all else. */
const leastLogarithm = Math.log(1e-30)

const perRow = ({ classes, logProbabilities }: Answers, score: (row: Float64Array, index: number) => number) =>
  Float64Array.from({ length: logProbabilities.length / classes }, (_, index) =>
    score(logProbabilities.subarray(index * classes, (index + 1) * classes), index),
  )

/** The greatest probability: what an attacker without labels has. */
const confidence = (answers: Answers): Float64Array => perRow(answers, (row) => row.reduce((a, b) => Math.max(a, b)))

/** The negated entropy of the answer. */
const entropy = (answers: Answers): Float64Array =>
  perRow(answers, (row) => row.reduce((sum, logarithm) => sum + timesLog(Math.exp(logarithm)), 0))

/** The negated cross-entropy (Yeom et al. 2018, arXiv 1709.01604). */
const loss = (answers: Answers, labels: readonly number[]): Float64Array =>
  perRow(answers, (row, index) => Math.max(leastLogarithm, row[labels[index] ?? -1] ?? Number.NaN))

/** The negated modified entropy, which knows the label (Song and Mittal 2021, arXiv 2003.10595). */
const modifiedEntropy = (answers: Answers, labels: readonly number[]): Float64Array =>
  perRow(answers, (row, index) => {
    const label = labels[index] ?? -1
    return row.reduce((sum, logarithm, column) => {
      const weight = column === label ? -Math.expm1(logarithm) : Math.exp(logarithm)
      const doubt = column === label ? logarithm : logOneMinus(logarithm)
      // Without any weight the doubt counts nothing, however great.
      return weight === 0 ? sum : sum + weight * Math.max(leastLogarithm, doubt)
    }, 0)
  })

/** The logit of the label's probability: nearly normal over models (Carlini et al. 2022, arXiv 2112.03570). */
export const labelLogits = (answers: Answers, labels: readonly number[]): Float64Array =>
  perRow(answers, (row, index) => {
    const label = labels[index] ?? -1
    const others = row.reduce((sum, logarithm, column) => (column === label ? sum : sum + Math.exp(logarithm)), 0)
    const right = Math.max(leastLogarithm, row[label] ?? Number.NaN)
    return right - Math.max(leastLogarithm, Math.log(others))
  })

/** The probability of the label. */
export const labelProbabilities = (answers: Answers, labels: readonly number[]): Float64Array =>
  loss(answers, labels).map(Math.exp)

/** Signals of the answer alone: the higher, the more it looks like that of a member. */
export const answerSignals = { confidence, entropy } as const

/** Signals of the answer and the true label. */
export const labelSignals = { loss, 'modified-entropy': modifiedEntropy } as const
