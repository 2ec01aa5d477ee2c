import type { InferenceSession, Tensor, TensorSpec } from '@nootropic/core'
import type { FloatTensor } from './dataset.ts'
import { type BatchSize, inBatches, range } from './rows.ts'

/** What the scores in a classifier's output are. A single sigmoid is two classes whose logits are 0 and its own. */
type HeadActivation = 'none' | 'softmax' | 'sigmoid'

/** Which of a classifier's outputs holds the scores, and what was applied to them last. */
export interface ClassifierHead {
  readonly output: string
  readonly activation: HeadActivation
  /** Two or more. */
  readonly classes: number
}

/** A classifier as attacks and corruptions see it: images in, one row of logits out. */
export interface Classifier {
  readonly input: string
  readonly head: ClassifierHead
  readonly session: InferenceSession
  readonly batch: BatchSize
}

/** Examples a run, for a model that leaves the number open: enough to feed its kernels, little enough to hold. */
const defaultBatch = 64

/** How many examples this input takes at once: as many as it says, else up to {@link defaultBatch}. */
export const batchOf = (spec: TensorSpec): BatchSize =>
  typeof spec.dims[0] === 'number'
    ? { rows: Math.max(1, spec.dims[0]), isFixed: true }
    : { rows: defaultBatch, isFixed: false }

// Below this a probability is rounding; its logarithm would be -Infinity.
const leastProbability = 1e-30

/** The logits, up to a constant a row, that give these scores: row-major, `classes` a row. */
const logitsOf = (scores: Tensor, head: ClassifierHead): Float64Array => {
  const values = Float64Array.from(scores.data as ArrayLike<number>)
  const log = (value: number): number => Math.log(Math.max(value, leastProbability))
  if (head.activation === 'none') return values
  if (head.activation === 'softmax') return values.map(log)
  const logits = new Float64Array(values.length * 2)
  values.forEach((value, row) => {
    logits[2 * row + 1] = log(value) - log(1 - value)
  })
  return logits
}

/** The place of the greatest value of each row; the first of several. A row that holds NaN has none, and gives -1. */
const argmaxRows = (values: ArrayLike<number>, width: number): number[] =>
  range(values.length / width).map((row) => {
    let best = 0
    for (let column = 0; column < width; column += 1) {
      const value = values[row * width + column] ?? Number.NaN
      if (Number.isNaN(value)) return -1
      if (value > (values[row * width + best] ?? Number.NaN)) best = column
    }
    return best
  })

/** The logits of every example, row-major. */
export const classifierLogits = (classifier: Classifier, inputs: FloatTensor): Promise<Float64Array> =>
  inBatches(inputs, classifier.batch, async (batch) => {
    const outputs = await classifier.session.run({ [classifier.input]: batch })
    const scores = outputs[classifier.head.output]
    return scores === undefined ? [] : logitsOf(scores, classifier.head)
  })

/** The class that the model answers for each example. */
export const predictClasses = async (classifier: Classifier, inputs: FloatTensor): Promise<number[]> =>
  argmaxRows(await classifierLogits(classifier, inputs), classifier.head.classes)
