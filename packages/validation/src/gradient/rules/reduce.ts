import { dataTypeOf } from '@nootropic/core/formats'
import { integerAttribute } from '../attributes.ts'
import { type Expressions, expressionsOf } from '../expressions.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { frontAxis, type Refusal, type ReverseRule, type ReverseStep } from '../rule.ts'

/** The reduced axes, counted from the front; all of them unless some are given. */
const reducedAxes = (step: ReverseStep): number[] | Refusal => {
  const { node, input, shape, constant } = step
  const rank = shape(input(0)).length
  const given = input(1) === '' ? [] : constant(input(1))
  if (given === undefined) return { refused: 'axes that are not constant' }
  if (given.length > 0) return given.map((axis) => frontAxis(axis, rank))
  return integerAttribute(node, 'noop_with_empty_axes', 0) === 0 ? shape(input(0)).map((_, axis) => axis) : []
}

/** What a derivative is written in: the input x, the output y with its axes back, and the axes. */
interface Reduction extends Expressions {
  readonly x: string
  readonly y: string
  readonly axes: readonly number[]
  readonly graph: GraphBuilder
}

/** Elements that reach the greatest or least value share the slope equally, as PyTorch's amax and amin have it. */
const shareOfExtreme = ({ x, y, axes, graph, div, equal, where }: Reduction): string => {
  const reaches = where(equal(x, y), 1, 0)
  return div(reaches, graph.sum(reaches, axes, true))
}

/** One over how many elements become one; at run time, for an axis may be the batch. */
const shareOfAll = ({ x, y, graph, div }: Reduction): string => {
  const count = graph.add('Div', [graph.add('Size', [x]), graph.add('Size', [y])])
  return div(1, graph.add('Cast', [count], { to: BigInt(dataTypeOf[graph.floatType]) }))
}

/** The product of all others, which is no quotient where an element is 0. */
const productOfOthers = ({ x, axes, graph, mul, div, equal, where }: Reduction): string => {
  const isZero = equal(x, 0)
  const filledIn = where(isZero, 1, x)
  const product = graph.add('ReduceProd', [filledIn, graph.integers(axes)])
  const zeros = graph.sum(where(isZero, 1, 0), axes, true)
  return where(
    isZero,
    mul(product, where(equal(zeros, 1), 1, 0)),
    mul(div(product, filledIn), where(equal(zeros, 0), 1, 0)),
  )
}

/** dy/dx of each element. At 0, L1 and L2 have the slope 0 of all their subgradients, as PyTorch's norms have it. */
const derivatives: Readonly<Record<string, (reduction: Reduction) => string | undefined>> = {
  ReduceL1: ({ x, apply }) => apply('Sign', x),
  ReduceL2: ({ x, y, div, equal, where }) => where(equal(y, 0), 0, div(x, where(equal(y, 0), 1, y))),
  ReduceLogSum: ({ y, apply }) => apply('Exp', apply('Neg', y)),
  ReduceLogSumExp: ({ x, y, sub, apply }) => apply('Exp', sub(x, y)),
  ReduceMax: shareOfExtreme,
  ReduceMean: shareOfAll,
  ReduceMin: shareOfExtreme,
  ReduceProd: productOfOthers,
  ReduceSum: () => undefined,
  ReduceSumSquare: ({ x, mul }) => mul(2, x),
}

/** y = x reduced over axes: each element gets the slope of what it went into, times its own derivative. */
export const reduceRules: readonly (readonly [string, ReverseRule])[] = Object.entries(derivatives).map(
  ([operator, derivative]) => [
    operator,
    (step) => {
      const { node, slope, input, output, graph } = step
      const axes = reducedAxes(step)
      if ('refused' in axes) return axes
      if (axes.length === 0) return { refused: 'no axis' }
      const isReduced = integerAttribute(node, 'keepdims', 1) === 0
      const withAxes = (value: string): string => (isReduced ? graph.unsqueeze(value, axes) : value)
      const factor = derivative({ ...expressionsOf(graph), x: input(0), y: withAxes(output), axes, graph })
      const scaled = factor === undefined ? withAxes(slope) : graph.add('Mul', [withAxes(slope), factor])
      return [graph.add('Expand', [scaled, graph.add('Shape', [input(0)])])]
    },
  ],
)
