import type { TensorSpec } from '@nootropic/core'
import { expressionsOf } from '../expressions.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { classScores } from './class-scores.ts'
import type { Loss, LossSource } from './loss.ts'

/** Losses that compare the output with a tensor of its shape. */
export const tensorLosses = ['mse', 'bce', 'cosine', 'seed'] as const
/** One of {@link tensorLosses}. */
export type TensorLossName = (typeof tensorLosses)[number]

/** One row an example; both are as wide as one example's output. */
interface Rows {
  readonly graph: GraphBuilder
  readonly actual: string
  readonly wanted: string
  readonly width: number
}

type TensorLoss = (rows: Rows) => { readonly value: string; readonly slope: string }

/** Keeps the cosine finite where the output is zero. */
const leastLength = 1e-12

/** The mean of the squared differences. */
const mse: TensorLoss = ({ graph, actual, wanted, width }) => {
  const { sub, mul, square } = expressionsOf(graph)
  const difference = sub(actual, wanted)
  return { value: mul(graph.sum(square(difference), [1], false), 1 / width), slope: mul(difference, 2 / width) }
}

/** The mean cross-entropy of each element as a probability of its own: log(1 + exp(z)) - t z. */
const bce: TensorLoss = ({ graph, actual, wanted, width }) => {
  const { sub, mul, apply } = expressionsOf(graph)
  const each = sub(apply('Softplus', actual), mul(wanted, actual))
  return {
    value: mul(graph.sum(each, [1], false), 1 / width),
    slope: mul(sub(apply('Sigmoid', actual), wanted), 1 / width),
  }
}

/** One less the cosine of the angle between output and target. */
const cosine: TensorLoss = ({ graph, actual, wanted }) => {
  const { add, sub, mul, div, apply, square } = expressionsOf(graph)
  const sum = (value: string): string => graph.sum(value, [1], true)
  const lengths = mul(apply('Sqrt', sum(square(actual))), apply('Sqrt', sum(square(wanted))))
  const bounded = add(lengths, leastLength)
  const similarity = div(sum(mul(actual, wanted)), bounded)
  const along = div(mul(similarity, actual), add(sum(square(actual)), leastLength))
  return {
    value: graph.add('Reshape', [sub(1, similarity), graph.integers([-1])]),
    slope: sub(along, div(wanted, bounded)),
  }
}

/** The output weighted by what the caller gives, which so is the slope. */
const seed: TensorLoss = ({ graph, actual, wanted }) => ({
  value: graph.sum(graph.add('Mul', [actual, wanted]), [1], false),
  slope: wanted,
})

const losses: Readonly<Record<TensorLossName, TensorLoss>> = { mse, bce, cosine, seed }

/** The class scores where a seed weighs them, the logits where probabilities are compared, else the output itself. */
const sourceOf = (
  graph: GraphBuilder,
  name: TensorLossName,
  { output, shape, head, logits }: LossSource,
): {
  readonly from: string
  readonly actual: string
  readonly dims: TensorSpec['dims']
  back(slope: string): string
} => {
  if (name === 'seed' && head !== undefined) {
    const { scores, back } = classScores(graph, head)
    return { from: head.logits, actual: scores, dims: [null, head.classes], back }
  }
  const from = name === 'bce' ? (logits ?? output) : output
  return {
    from,
    actual: graph.add('Flatten', [from], { axis: 1n }),
    dims: [null, ...shape.slice(1)],
    back: (slope) => graph.reshapeLike(slope, from),
  }
}

/**
 * Puts a loss behind an output. What it compares with has the output's shape; a seed of class scores is
 * `[batch, classes]`. `bce` takes the output for a sigmoid's, or, without one, for logits.
 */
export const addTensorLoss = (graph: GraphBuilder, name: TensorLossName, source: LossSource, labels: string): Loss => {
  const { from, actual, dims, back } = sourceOf(graph, name, source)
  const width = dims.slice(1).reduce<number>((product, dim) => product * Number(dim), 1)
  const wanted = graph.add('Flatten', [labels], { axis: 1n })
  const { value, slope } = losses[name]({ graph, actual, wanted, width })
  return { from, value, slope: back(slope), inputs: [{ name: labels, type: graph.floatType, dims }] }
}
