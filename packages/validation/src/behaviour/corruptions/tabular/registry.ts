import { corruptionTable, type TabularCorruption } from '../corruption-description.ts'

const facts = { modality: 'tabular', isSeeded: true, isInMean: true } as const

/** What is wrong in tables that people and programs fill, by name. The values are shares of the domain's width. */
export const tabularCorruptions = corruptionTable<TabularCorruption>()({
  'missing-values': {
    ...facts,
    title: 'Missing values, filled with the mean',
    reference: 'missing completely at random, mean imputation',
    parameters: ['share of the values'],
    severities: [[0.05], [0.1], [0.2], [0.3], [0.5]],
    prepare:
      (means, [share = 0]) =>
      (values, random) => {
        for (let column = 0; column < values.length; column += 1) {
          if (random.uniform() < share) values[column] = means[column] ?? 0
        }
      },
  },
  'wrong-scale': {
    ...facts,
    title: 'Values in another unit',
    reference: 'a factor or its inverse on single values, cut to the domain',
    parameters: ['share of the values', 'factor'],
    severities: [
      [0.1, 1.1],
      [0.1, 1.5],
      [0.1, 2],
      [0.2, 2],
      [0.2, 10],
    ],
    prepare:
      (_, [share = 0, factor = 1]) =>
      (values, random) => {
        for (let column = 0; column < values.length; column += 1) {
          if (random.uniform() >= share) continue
          values[column] = (values[column] ?? 0) * (random.uniform() < 0.5 ? factor : 1 / factor)
        }
      },
  },
  'swapped-values': {
    ...facts,
    title: 'Values in each other’s column',
    reference: 'random pairs of one row',
    parameters: ['pairs as a share of the columns'],
    severities: [[0.05], [0.1], [0.2], [0.3], [0.5]],
    prepare:
      (_, [share = 0]) =>
      (values, random) => {
        const pairs = Math.max(1, Math.round(share * values.length))
        for (let pair = 0; pair < pairs; pair += 1) {
          const [one, other] = [random.integer(values.length), random.integer(values.length)]
          const kept = values[one] ?? 0
          values[one] = values[other] ?? 0
          values[other] = kept
        }
      },
  },
  outliers: {
    ...facts,
    title: 'Outliers',
    reference: 'single values at an end of the domain',
    parameters: ['share of the values'],
    severities: [[0.01], [0.02], [0.05], [0.1], [0.2]],
    prepare:
      (_, [share = 0]) =>
      (values, random) => {
        for (let column = 0; column < values.length; column += 1) {
          if (random.uniform() < share) values[column] = random.uniform() < 0.5 ? 0 : 1
        }
      },
  },
})
