import type { LossName } from '../behaviour/losses.ts'
import type { GraphBuilder } from './graph-builder.ts'
import type { LogitSource } from './head.ts'

/** Larger than any logit, and far from overflow in float32. */
const outOfReach = 1e30

/** What a loss adds to the graph: its value for each example, and its slope with regard to the class scores. */
interface Loss {
  readonly value: string
  readonly slope: string
}

type LossHead = (graph: GraphBuilder, scores: string, isLabel: string, classes: string) => Loss

/** -log softmax(z)[label]; its slope is softmax(z) less one at the label. */
const crossEntropy: LossHead = (graph, scores, isLabel) => {
  const logarithms = graph.add('LogSoftmax', [scores], { axis: 1n })
  return {
    value: graph.add('Neg', [graph.sum(graph.add('Mul', [isLabel, logarithms]), [1], false)]),
    slope: graph.add('Sub', [graph.add('Softmax', [scores], { axis: 1n }), isLabel]),
  }
}

/** The best wrong score less the right one (Carlini and Wagner 2017): it keeps its slope where softmax saturates. */
const margin: LossHead = (graph, scores, isLabel, classes) => {
  const wrong = graph.add('Sub', [scores, graph.add('Mul', [isLabel, graph.floats([outOfReach])])])
  const best = graph.add('ArgMax', [wrong], { axis: 1n, keepdims: 1n })
  const isBest = graph.add('Where', [graph.add('Equal', [best, classes]), graph.floats([1]), graph.floats([0])])
  const slope = graph.add('Sub', [isBest, isLabel])
  return { value: graph.sum(graph.add('Mul', [slope, scores]), [1], false), slope }
}

const heads: Readonly<Record<LossName, LossHead>> = { 'cross-entropy': crossEntropy, margin }

/**
 * Puts a loss behind the logits.
 *
 * @param labels name of the int64 input that holds one class number an example.
 * @returns the names of the loss, one value an example, and of its slope with regard to the logits.
 */
export const addLoss = (graph: GraphBuilder, name: LossName, source: LogitSource, labels: string): Loss => {
  const isSingle = source.activation === 'sigmoid'
  const flat = graph.add('Reshape', [source.logits, graph.integers([-1, isSingle ? 1 : source.classes])])
  // One sigmoid is a softmax over 0 and its logit.
  const scores = isSingle ? graph.add('Concat', [graph.add('Sub', [flat, flat]), flat], { axis: 1n }) : flat
  const column = graph.add('Reshape', [labels, graph.integers([-1, 1])])
  const classes = graph.integers(
    Array.from({ length: source.classes }, (_, index) => index),
    [1, source.classes],
  )
  const isLabel = graph.add('Where', [graph.add('Equal', [column, classes]), graph.floats([1]), graph.floats([0])])
  const loss = heads[name](graph, scores, isLabel, classes)
  const slope = isSingle ? graph.add('Gather', [loss.slope, graph.integers([1])], { axis: 1n }) : loss.slope
  return { value: loss.value, slope: graph.reshapeLike(slope, source.logits) }
}
