import type { AttackedModel } from '../../behaviour/attacks/objective.ts'
import type { FloatTensor } from '../../behaviour/dataset.ts'
import { inBatches } from '../../behaviour/rows.ts'
import { logSoftmax } from '../student/network.ts'
import type { Answers } from './signals.ts'

/** Examples asked at once: between two of them a signal or the end of the budget is seen. */
const askedAtOnce = 256

/** What the model says of each example. */
export const answersOf = async (model: AttackedModel, inputs: FloatTensor): Promise<Answers> => {
  const { classes } = model
  const logProbabilities = await inBatches(inputs, { rows: askedAtOnce, isFixed: false }, (batch) =>
    model.scores(batch),
  )
  for (let start = 0; start < logProbabilities.length; start += classes)
    logSoftmax(logProbabilities.subarray(start, start + classes))
  return { classes, logProbabilities }
}
