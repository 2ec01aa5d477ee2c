import { floatAttribute, integerAttribute } from '../attributes.ts'
import { type Expressions, expressionsOf } from '../expressions.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import { frontAxis, type ReverseRule, type ReverseStep } from '../rule.ts'

const product = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1)

/** What is normalised, over which axes, and how many elements those have together. */
interface Normalised {
  readonly value: string
  readonly axes: readonly number[]
  readonly count: number
  readonly epsilon: number
  readonly isCentred: boolean
}

/** (x - mean) / sqrt(variance + epsilon), and how its slope goes back: (g - mean(g) - y mean(g y)) / deviation. */
const normalise = (graph: GraphBuilder, { value, axes, count, epsilon, isCentred }: Normalised) => {
  const { add, sub, mul, div, apply, square }: Expressions = expressionsOf(graph)
  const mean = (of: string): string => mul(graph.sum(of, axes, true), 1 / count)
  const centred = isCentred ? sub(value, mean(value)) : value
  const deviation = apply('Sqrt', add(mean(square(centred)), epsilon))
  const normalised = div(centred, deviation)
  return {
    normalised,
    back: (slope: string): string => {
      const along = mul(normalised, mean(mul(slope, normalised)))
      return div(sub(isCentred ? sub(slope, mean(slope)) : slope, along), deviation)
    },
  }
}

/** Over the axes from `axis` on; scale and bias have their shape. */
const layerRule =
  (isCentred: boolean): ReverseRule =>
  ({ node, slope, input, output, wants, shape, graph }) => {
    const dims = shape(input(0))
    const from = frontAxis(integerAttribute(node, 'axis', -1), dims.length)
    const axes = dims.flatMap((_, axis) => (axis < from ? [] : [axis]))
    const epsilon = floatAttribute(node, 'epsilon', 1e-5)
    const { normalised, back } = normalise(graph, {
      value: input(0),
      axes,
      count: product(dims.slice(from)),
      epsilon,
      isCentred,
    })
    const { mul } = expressionsOf(graph)
    return [
      wants(0) ? back(mul(slope, input(1))) : undefined,
      wants(1) ? graph.sumToShape(mul(slope, normalised), shape(output), shape(input(1))) : undefined,
      wants(2) ? graph.sumToShape(slope, shape(output), shape(input(2))) : undefined,
    ]
  }

/** Layer normalisation (Ba et al. 2016). */
export const reverseLayerNormalization: ReverseRule = layerRule(true)
/** The same by the root of the mean square, without centring (Zhang and Sennrich 2019). */
export const reverseRootMeanSquareNormalization: ReverseRule = layerRule(false)

/** One factor for each channel, beside a value of this rank. */
const perChannel = ({ graph, shape, input }: ReverseStep, factors: string): string =>
  graph.add('Reshape', [
    factors,
    graph.integers([
      1,
      -1,
      ...shape(input(0))
        .slice(2)
        .map(() => 1),
    ]),
  ])

/** Each channel of each example by itself (Ulyanov et al. 2016). */
export const reverseInstanceNormalization: ReverseRule = (step) => {
  const { node, slope, input, wants, shape, graph } = step
  if (wants(1) || wants(2)) return { refused: 'a scale or bias that depends on the input' }
  const space = shape(input(0)).slice(2)
  const { back } = normalise(graph, {
    value: input(0),
    axes: space.map((_, axis) => axis + 2),
    count: product(space),
    epsilon: floatAttribute(node, 'epsilon', 1e-5),
    isCentred: true,
  })
  return [back(graph.add('Mul', [slope, perChannel(step, input(1))]))]
}

/** Each group of channels by itself (Wu and He 2018); until operator set 20 the scale is one for a group. */
export const reverseGroupNormalization: ReverseRule = (step) => {
  const { node, slope, input, wants, shape, graph } = step
  if (wants(1) || wants(2)) return { refused: 'a scale or bias that depends on the input' }
  const groups = integerAttribute(node, 'num_groups', 1)
  const dims = shape(input(0))
  const count = product(dims.slice(1)) / groups
  const grouped = (value: string): string => graph.add('Reshape', [value, graph.integers([0, groups, -1])])
  const isPerGroup = shape(input(1))[0] === groups && graph.opset < 21
  const { back } = normalise(graph, {
    value: grouped(input(0)),
    axes: [2],
    count,
    epsilon: floatAttribute(node, 'epsilon', 1e-5),
    isCentred: true,
  })
  const { mul } = expressionsOf(graph)
  const scaled = isPerGroup
    ? mul(grouped(slope), graph.add('Reshape', [input(1), graph.integers([1, groups, 1])]))
    : grouped(mul(slope, perChannel(step, input(1))))
  return [graph.reshapeLike(back(scaled), input(0))]
}
