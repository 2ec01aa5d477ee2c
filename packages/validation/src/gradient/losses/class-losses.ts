import type { TensorSpec } from '@nootropic/core'
import type { GraphBuilder } from '../graph-builder.ts'
import type { LogitSource } from '../head.ts'
import type { Refusal } from '../rule.ts'
import { classScores } from './class-scores.ts'
import type { Loss } from './loss.ts'

/** Losses of class scores. */
export const classLosses = ['cross-entropy', 'margin', 'dlr', 'targeted-dlr'] as const
/** One of {@link classLosses}. */
export type ClassLossName = (typeof classLosses)[number]

/** Larger than any logit, and far from overflow in float32. */
const outOfReach = 1e30
/** Keeps the ratio of the DLR losses finite where scores tie (Croce and Hein 2020). */
const leastSpread = 1e-12

interface Scores {
  readonly graph: GraphBuilder
  /** One row an example, one column a class. */
  readonly scores: string
  readonly classes: number
  /** One where the column is the label, zero elsewhere. */
  readonly isLabel: string
  readonly isTarget: string
  /** One where the column is one of these class numbers, of shape `[batch, 1]`. */
  isClass(numbers: string): string
}

interface ClassLoss {
  readonly leastClasses: number
  add(scores: Scores): { readonly value: string; readonly slope: string }
}

const pick = ({ graph, scores }: Scores, mask: string): string => graph.sum(graph.add('Mul', [mask, scores]), [1], true)
const perExample = (graph: GraphBuilder, column: string): string => graph.add('Reshape', [column, graph.integers([-1])])

/** One at the best class that is not the label. */
const bestWrong = ({ graph, scores, isLabel, isClass }: Scores): string => {
  const wrong = graph.add('Sub', [scores, graph.add('Mul', [isLabel, graph.floats([outOfReach])])])
  return isClass(graph.add('ArgMax', [wrong], { axis: 1n, keepdims: 1n }))
}

/** One column for each of the `count` best classes: one where it stands. */
const best = ({ graph, scores, isClass }: Scores, count: number): string[] => {
  const [, places = ''] = graph.addMany('TopK', [scores, graph.integers([count])], 2, { axis: 1n })
  const columns = graph.addMany('Split', [places, graph.integers(new Array<number>(count).fill(1))], count, {
    axis: 1n,
  })
  return columns.map(isClass)
}

/** n / d, of scores weighted by masks: its slope is (n' - d' n / d) / d. */
const ratio = (all: Scores, above: string, below: string): { value: string; slope: string } => {
  const { graph } = all
  const spread = graph.add('Add', [pick(all, below), graph.floats([leastSpread])])
  const value = graph.add('Div', [pick(all, above), spread])
  const slope = graph.add('Div', [graph.add('Sub', [above, graph.add('Mul', [below, value])]), spread])
  return { value: perExample(graph, value), slope }
}

/** -log softmax(z)[label]; its slope is softmax(z) less one at the label. */
const crossEntropy: ClassLoss = {
  leastClasses: 2,
  add({ graph, scores, isLabel }) {
    const logarithms = graph.add('LogSoftmax', [scores], { axis: 1n })
    return {
      value: graph.add('Neg', [graph.sum(graph.add('Mul', [isLabel, logarithms]), [1], false)]),
      slope: graph.add('Sub', [graph.add('Softmax', [scores], { axis: 1n }), isLabel]),
    }
  },
}

/** The best wrong score less the right one (Carlini and Wagner 2017): it keeps its slope where softmax saturates. */
const margin: ClassLoss = {
  leastClasses: 2,
  add(all) {
    const slope = all.graph.add('Sub', [bestWrong(all), all.isLabel])
    return { value: perExample(all.graph, pick(all, slope)), slope }
  },
}

/** The margin over the distance of the best from the third score: no scaling of the scores changes it (Croce and Hein 2020). */
const dlr: ClassLoss = {
  leastClasses: 3,
  add(all) {
    const [first = '', , third = ''] = best(all, 3)
    const { graph } = all
    return ratio(all, graph.add('Sub', [bestWrong(all), all.isLabel]), graph.add('Sub', [first, third]))
  },
}

/** The same towards a chosen class; below stands the mean of the third and the fourth score. */
const targetedDlr: ClassLoss = {
  leastClasses: 4,
  add(all) {
    const [first = '', , third = '', fourth = ''] = best(all, 4)
    const { graph } = all
    const mean = graph.add('Mul', [graph.add('Add', [third, fourth]), graph.floats([0.5])])
    return ratio(all, graph.add('Sub', [all.isTarget, all.isLabel]), graph.add('Sub', [first, mean]))
  },
}

const losses: Readonly<Record<ClassLossName, ClassLoss>> = {
  'cross-entropy': crossEntropy,
  margin,
  dlr,
  'targeted-dlr': targetedDlr,
}

/** Puts a loss behind class scores. Labels, and the target of `targeted-dlr`, are one class number an example. */
export const addClassLoss = (
  graph: GraphBuilder,
  name: ClassLossName,
  head: LogitSource,
  names: { readonly labels: string; readonly target: string },
): Loss | Refusal => {
  const loss = losses[name]
  if (head.classes < loss.leastClasses)
    return { refused: `${name} needs ${loss.leastClasses} classes, the output has ${head.classes}` }
  const { scores, back } = classScores(graph, head)
  const columns = graph.integers(
    Array.from({ length: head.classes }, (_, index) => index),
    [1, head.classes],
  )
  const isClass = (numbers: string): string =>
    graph.add('Where', [graph.add('Equal', [numbers, columns]), graph.floats([1]), graph.floats([0])])
  const isGiven = (input: string): string => isClass(graph.add('Reshape', [input, graph.integers([-1, 1])]))
  const isTargeted = name === 'targeted-dlr'
  const { value, slope } = loss.add({
    graph,
    scores,
    classes: head.classes,
    isLabel: isGiven(names.labels),
    isTarget: isTargeted ? isGiven(names.target) : '',
    isClass,
  })
  const numbers = (input: string): TensorSpec => ({ name: input, type: 'int64', dims: [null] })
  return {
    from: head.logits,
    value,
    slope: back(slope),
    inputs: [numbers(names.labels), ...(isTargeted ? [numbers(names.target)] : [])],
  }
}
