import { integerAttribute } from '../attributes.ts'
import { frontAxis, type ReverseRule, type ReverseStep } from '../rule.ts'

const axisOf = ({ node, shape, output }: ReverseStep): number =>
  frontAxis(integerAttribute(node, 'axis', -1), shape(output).length)

/** y = softmax(x): dx = y (dy - sum(dy y)). */
export const reverseSoftmax: ReverseRule = (step) => {
  const { slope, output, graph } = step
  const mean = graph.sum(graph.add('Mul', [slope, output]), [axisOf(step)], true)
  return [graph.add('Mul', [output, graph.add('Sub', [slope, mean])])]
}

/** y = log softmax(x): dx = dy - exp(y) sum(dy). */
export const reverseLogSoftmax: ReverseRule = (step) => {
  const { slope, output, graph } = step
  const total = graph.sum(slope, [axisOf(step)], true)
  return [graph.add('Sub', [slope, graph.add('Mul', [graph.add('Exp', [output]), total])])]
}
