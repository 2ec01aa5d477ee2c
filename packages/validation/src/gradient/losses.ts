import type { GraphBuilder } from './graph-builder.ts'
import { addClassLoss, type ClassLossName, classLosses } from './losses/class-losses.ts'
import type { Loss, LossSource } from './losses/loss.ts'
import { addTensorLoss, type TensorLossName, tensorLosses } from './losses/tensor-losses.ts'
import type { Refusal } from './rule.ts'

/** All losses: those of class scores, and those that compare the output with a tensor. */
export const lossNames = [...classLosses, ...tensorLosses] as const
/** One of {@link lossNames}. */
export type LossName = ClassLossName | TensorLossName

const isClassLoss = (name: LossName): name is ClassLossName => (classLosses as readonly string[]).includes(name)

/** Puts a loss behind an output. */
export const addLoss = (
  graph: GraphBuilder,
  name: LossName,
  source: LossSource,
  inputs: { readonly labels: string; readonly target: string },
): Loss | Refusal => {
  if (!isClassLoss(name)) return addTensorLoss(graph, name, source, inputs.labels)
  if (source.head === undefined) return { refused: `its output, of shape [${source.shape}], is no row of class scores` }
  return addClassLoss(graph, name, source.head, inputs)
}
