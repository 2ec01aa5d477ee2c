import { filled } from '../filled.ts'
import type { ReverseRule } from '../rule.ts'

/**
 * Data that a node only moves, repeats or leaves out: the node is applied again, to the position of each element, and
 * every slope is added where its element came from. So whatever indices the node computes at run time hold.
 */
export const reverseMoved: ReverseRule = ({ node, slope, input, wants, graph }) => {
  if (!wants(0)) return [undefined]
  const size = graph.add('Size', [input(0)])
  const counted = graph.add('Range', [graph.integers([0], []), size, graph.integers([1], [])])
  const origins = graph.addCopy(node, [graph.reshapeLike(counted, input(0)), ...node.input.slice(1)])
  const flat = graph.integers([-1])
  const zeros = filled(graph, graph.add('Reshape', [size, flat]), 0)
  const inputs = [zeros, graph.add('Reshape', [origins, flat]), graph.add('Reshape', [slope, flat])]
  return [graph.reshapeLike(graph.add('ScatterElements', inputs, { axis: 0n, reduction: 'add' }), input(0))]
}
