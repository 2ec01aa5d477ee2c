import { expect } from 'vitest'
import { correlation, structuralSimilarity } from '../../src/privacy/inversion/similarity.ts'
import { likelihoodRatio } from '../../src/privacy/membership/likelihood-ratio.ts'
import { relativeRatio } from '../../src/privacy/membership/relative-ratio.ts'
import {
  type Answers,
  answerSignals,
  labelLogits,
  labelProbabilities,
  labelSignals,
} from '../../src/privacy/membership/signals.ts'
import { areaUnderCurve, catchAt } from '../../src/privacy/statistics/receiver-curve.ts'
import { logSoftmax } from '../../src/privacy/student/network.ts'
import { clopperPearson } from '../../src/statistics/clopper-pearson.ts'
import { normalBelow, normalQuantile } from '../../src/statistics/normal.ts'

/** The answers of `tools/privacy-fixtures/oracle.py`. */
export interface OracleAnswers {
  readonly confidence: number
  readonly areas: readonly {
    readonly members: number[]
    readonly others: number[]
    readonly area: number
    readonly reach: number
    readonly catches: readonly { readonly rate: number; readonly found: number }[]
  }[]
  readonly intervals: readonly {
    readonly successes: number
    readonly trials: number
    readonly confidence: number
    readonly low: number
    readonly high: number
  }[]
  readonly quantiles: readonly { readonly share: number; readonly value: number }[]
  readonly membership: readonly {
    readonly classes: number
    readonly labels: number[]
    readonly target: number[][]
    readonly references: number[][][]
    readonly population: {
      readonly labels: number[]
      readonly target: number[][]
      readonly references: number[][][]
      readonly learned: boolean[][]
    }
    readonly confidence: number[]
    readonly entropy: number[]
    readonly loss: number[]
    readonly modifiedEntropy: number[]
    readonly lira: number[]
    readonly liraBelow: number[]
    readonly rmia: number[]
  }[]
  readonly similarities: readonly {
    readonly height: number
    readonly width: number
    readonly one: number[]
    readonly other: number[]
    readonly similarity: number
    readonly correlation: number
  }[]
}

const close = (found: ArrayLike<number>, expected: readonly number[], digits: number): void => {
  expect(found.length).toBe(expected.length)
  expected.forEach((value, index) => {
    expect(found[index]).toBeCloseTo(value, digits)
  })
}

export const checkAreas = ({ areas, confidence }: OracleAnswers): void => {
  for (const { members, others, area, reach, catches } of areas) {
    const [inside, outside] = [Float64Array.from(members), Float64Array.from(others)]
    const found = areaUnderCurve(inside, outside, confidence)
    const bounds = [Math.max(0, area - reach), Math.min(1, area + reach)]
    close([found.value, found.low, found.high], [area, ...bounds], 10)
    close(
      catches.map(({ rate }) => catchAt(inside, outside, rate, confidence).truePositiveRate),
      catches.map((expected) => expected.found),
      12,
    )
  }
}

export const checkIntervals = ({ intervals, quantiles }: OracleAnswers): void => {
  for (const { successes, trials, confidence, low, high } of intervals) {
    const found = clopperPearson(successes, trials, confidence)
    close([found.low, found.high], [low, high], 10)
  }
  for (const { share, value } of quantiles) expect(normalQuantile(share)).toBeCloseTo(value, 8)
}

const answersOf = (logits: readonly (readonly number[])[], classes: number): Answers => {
  const logProbabilities = Float64Array.from(logits.flat())
  for (let start = 0; start < logProbabilities.length; start += classes)
    logSoftmax(logProbabilities.subarray(start, start + classes))
  return { classes, logProbabilities }
}

export const checkMembership = ({ membership }: OracleAnswers): void => {
  for (const { classes, labels, target, references, population, ...expected } of membership) {
    const answers = answersOf(target, classes)
    close(answerSignals.confidence(answers), expected.confidence, 10)
    close(answerSignals.entropy(answers), expected.entropy, 10)
    close(labelSignals.loss(answers, labels), expected.loss, 10)
    close(labelSignals['modified-entropy'](answers, labels), expected.modifiedEntropy, 10)
    const isMember = labels.map(() => false)
    const outside = references.map((scores) => ({ answers: answersOf(scores, classes), isMember }))
    const lira = likelihoodRatio(
      labelLogits(answers, labels),
      outside.map(({ answers }) => ({ values: labelLogits(answers, labels), isMember })),
    )
    close(lira, expected.lira, 9)
    close(lira.map(normalBelow), expected.liraBelow, 9)
    const rmia = relativeRatio(
      {
        target: labelProbabilities(answers, labels),
        references: outside.map(({ answers }) => ({ values: labelProbabilities(answers, labels), isMember })),
      },
      {
        target: labelProbabilities(answersOf(population.target, classes), population.labels),
        references: population.references.map((scores, reference) => ({
          values: labelProbabilities(answersOf(scores, classes), population.labels),
          isMember: population.learned[reference] ?? [],
        })),
      },
    )
    close(rmia, expected.rmia, 12)
  }
}

export const checkSimilarities = ({ similarities }: OracleAnswers): void => {
  for (const { height, width, one, other, ...expected } of similarities) {
    expect(structuralSimilarity(one, other, { height, width, range: 1 })).toBeCloseTo(expected.similarity, 9)
    expect(correlation(one, other)).toBeCloseTo(expected.correlation, 10)
  }
}
