import { integerAttribute } from '../attributes.ts'
import { frontAxis, type ReverseRule } from '../rule.ts'
import { reverseMoved } from './moved.ts'

/** y = x at indices along an axis: one known index is a slice, to be padded with zeros; all others go by positions. */
export const reverseGather: ReverseRule = (step) => {
  const { node, slope, input, wants, shape, constant, graph } = step
  if (!wants(0)) return [undefined]
  const dims = shape(input(0))
  const axis = frontAxis(integerAttribute(node, 'axis', 0), dims.length)
  const [index, ...others] = constant(input(1)) ?? []
  if (index === undefined || others.length > 0 || shape(input(1)).length > 0 || axis === 0) return reverseMoved(step)
  const length = dims[axis] ?? 0
  const place = frontAxis(index, length)
  const around = (value: number): number[] => dims.map((_, other) => (other === axis ? value : 0))
  const pads = graph.integers([...around(place), ...around(length - 1 - place)])
  return [graph.add('Pad', [graph.unsqueeze(slope, [axis]), pads])]
}
