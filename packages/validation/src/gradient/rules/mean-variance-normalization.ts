import { integersAttribute } from '../attributes.ts'
import { expressionsOf } from '../expressions.ts'
import type { ReverseRule } from '../rule.ts'

/** What ONNX adds to the deviation, so that it is never 0. */
const least = 1e-9

/** y = (x - mean) / deviation over axes: dx = (dy - mean(dy) - y mean(dy y)) / deviation. */
export const reverseMeanVarianceNormalization: ReverseRule = ({ node, slope, input, output, graph }) => {
  const { add, sub, mul, div, square, apply } = expressionsOf(graph)
  const axes = graph.integers(integersAttribute(node, 'axes') ?? [0, 2, 3])
  const mean = (value: string): string => graph.add('ReduceMean', [value, axes])
  const deviation = add(apply('Sqrt', mean(square(sub(input(0), mean(input(0)))))), least)
  return [div(sub(sub(slope, mean(slope)), mul(output, mean(mul(slope, output)))), deviation)]
}
