import { zerosLike } from '../filled.ts'
import type { ReverseRule } from '../rule.ts'

/** The greatest over all spatial axes: the first element that reaches it gets the slope, as in all max pooling. */
export const reverseGlobalMaxPool: ReverseRule = ({ slope, input, shape, graph }) => {
  const channels = graph.integers([0, shape(input(0))[1] ?? 1, -1])
  const flat = graph.add('Reshape', [input(0), channels])
  const first = graph.add('ArgMax', [flat], { axis: 2n, keepdims: 1n })
  const inputs = [zerosLike(graph, flat), first, graph.add('Reshape', [slope, channels])]
  return [graph.reshapeLike(graph.add('ScatterElements', inputs, { axis: 2n }), input(0))]
}
