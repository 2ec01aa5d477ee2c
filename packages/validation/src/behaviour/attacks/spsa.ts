import type { FloatTensor } from '../dataset.ts'
import { estimateSlope, type SlopeEstimate } from './estimate-slope.ts'
import type { Objective } from './objective.ts'

/** The loss of each example, from the forward pass alone. */
export type ForwardLoss = (inputs: FloatTensor, labels: readonly number[]) => Promise<ArrayLike<number>>

/** A black-box objective: SPSA of the loss, {@link estimateSlope}. It costs 2 x `samples` forward passes a slope. */
export const createSpsaObjective = (
  options: SlopeEstimate & { readonly name: string; readonly loss: ForwardLoss },
): Objective => ({
  name: options.name,
  slope: (inputs, labels) => estimateSlope((shifted) => options.loss(shifted, labels), inputs, options, 'signs'),
})
