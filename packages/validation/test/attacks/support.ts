import type { DifferentiableModel } from '../../src/behaviour/attacks/objective.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'

export const tensorOf = (rows: readonly (readonly number[])[]): FloatTensor => ({
  type: 'float64',
  dims: [rows.length, rows[0]?.length ?? 0],
  data: Float64Array.from(rows.flat()),
})

/** scores = weights x + biases, with its exact slope. `weights` holds one row a class. */
export const linearModel = (
  weights: readonly (readonly number[])[],
  biases: readonly number[] = weights.map(() => 0),
): DifferentiableModel => ({
  classes: weights.length,
  scores: async (inputs) => {
    const width = inputs.data.length / (inputs.dims[0] ?? 1)
    return Float64Array.from({ length: (inputs.dims[0] ?? 0) * weights.length }, (_, place) => {
      const row = Math.floor(place / weights.length)
      const column = place % weights.length
      return (weights[column] ?? []).reduce(
        (sum, weight, index) => sum + weight * (inputs.data[row * width + index] ?? Number.NaN),
        biases[column] ?? 0,
      )
    })
  },
  slope: async (inputs, scoreWeights) => {
    const width = inputs.data.length / (inputs.dims[0] ?? 1)
    return Float64Array.from(inputs.data, (_, place) =>
      weights.reduce(
        (sum, row, column) =>
          sum + (row[place % width] ?? 0) * (scoreWeights[Math.floor(place / width) * weights.length + column] ?? 0),
        0,
      ),
    )
  },
})

/** Two classes whose border is weights·x = border; class 1 lies above it. */
export const halfSpaces = (weights: readonly number[], border = 0): DifferentiableModel =>
  linearModel([weights.map(() => 0), [...weights]], [0, -border])

/** How far an example lies from the border of {@link halfSpaces}, in each norm. */
export const distanceToBorder = (weights: readonly number[], border: number, example: readonly number[]) => {
  const gap = Math.abs(weights.reduce((sum, weight, index) => sum + weight * (example[index] ?? 0), -border))
  return {
    linf: gap / weights.reduce((sum, weight) => sum + Math.abs(weight), 0),
    l2: gap / Math.hypot(...weights),
    l1: gap / Math.max(...weights.map(Math.abs)),
  }
}

export const linearWeights = [1, -2, 0.5, 3, -1.5, 0.25]
export const linearExamples = [
  [0.3, 0.6, 0.5, 0.3, 0.5, 0.5],
  [0.4, 0.3, 0.5, 0.7, 0.4, 0.6],
]
/** Two examples of {@link halfSpaces}, one on either side of the border at 0.4. */
export const linearTarget = {
  model: halfSpaces(linearWeights, 0.4),
  inputs: tensorOf(linearExamples),
  labels: [0, 1],
  domain: [-10, 10] as const,
}
