/** What one reference model, which is like the target but knows its own training data, says of examples. */
export interface Reference {
  /** One value an example, such as the logit or the probability of its label. */
  readonly values: Float64Array
  /** Whether each example was among what the reference learned. */
  readonly isMember: readonly boolean[]
}

/** The values, of one example, of the references that did not learn it. */
export const valuesWithout = (references: readonly Reference[], example: number): number[] =>
  references.flatMap(({ values, isMember }) => (isMember[example] === false ? [values[example] ?? Number.NaN] : []))

/** The mean of some numbers. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
