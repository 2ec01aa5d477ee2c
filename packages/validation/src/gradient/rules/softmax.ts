import { integerAttribute } from '../attributes.ts'
import { frontAxis, type Refusal, type ReverseRule, type ReverseStep } from '../rule.ts'

/** Until operator set 12 all axes from `axis` on were one; that is the same only when `axis` is the last. */
const axisOf = ({ node, shape, output, graph }: ReverseStep): number | Refusal => {
  const rank = shape(output).length
  const axis = frontAxis(integerAttribute(node, 'axis', graph.opset < 13 ? 1 : -1), rank)
  return graph.opset < 13 && axis !== rank - 1 ? { refused: 'several axes at once (operator set below 13)' } : axis
}

/** y = softmax(x): dx = y (dy - sum(dy y)). */
export const reverseSoftmax: ReverseRule = (step) => {
  const { slope, output, graph } = step
  const axis = axisOf(step)
  if (typeof axis === 'object') return axis
  const mean = graph.sum(graph.add('Mul', [slope, output]), [axis], true)
  return [graph.add('Mul', [output, graph.add('Sub', [slope, mean])])]
}

/** y = log softmax(x): dx = dy - exp(y) sum(dy). */
export const reverseLogSoftmax: ReverseRule = (step) => {
  const { slope, output, graph } = step
  const axis = axisOf(step)
  if (typeof axis === 'object') return axis
  const total = graph.sum(slope, [axis], true)
  return [graph.add('Sub', [slope, graph.add('Mul', [graph.add('Exp', [output]), total])])]
}
