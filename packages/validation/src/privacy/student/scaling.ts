import type { Features } from './features.ts'

/** A column that varies less than this share of the average column is not stretched to full size: it is mostly rounding. */
const leastShare = 0.1

/** How columns are brought to mean 0 and deviation 1. */
export interface Scaling {
  readonly means: Float64Array
  /** What a column is multiplied with; 0 for one that never varies. */
  readonly factors: Float64Array
}

/** Learns the scaling of some examples. */
export const learnScaling = ({ rows, width, values }: Features): Scaling => {
  const means = new Float64Array(width)
  const deviations = new Float64Array(width)
  values.forEach((value, index) => {
    means[index % width] = (means[index % width] ?? 0) + value / rows
  })
  values.forEach((value, index) => {
    const column = index % width
    deviations[column] = (deviations[column] ?? 0) + (value - (means[column] ?? 0)) ** 2 / rows
  })
  const average = Math.sqrt(deviations.reduce((sum, value) => sum + value, 0) / width)
  const factors = deviations.map((variance) =>
    variance === 0 ? 0 : 1 / Math.max(Math.sqrt(variance), leastShare * average),
  )
  return { means, factors }
}

/** The examples in that scaling. */
export const scale = ({ rows, width, values }: Features, { means, factors }: Scaling): Features => ({
  rows,
  width,
  values: values.map((value, index) => (value - (means[index % width] ?? 0)) * (factors[index % width] ?? 0)),
})
