import { textAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'
import { reverseMoved } from './moved.ts'

/**
 * Around constants the slope is cut, which is padding by less than nothing. Where the edge is repeated, mirrored or
 * wrapped, elements are only moved, and what they are copied to adds up.
 */
export const reversePad: ReverseRule = (step) => {
  const { node, slope, input, wants, graph } = step
  if (wants(2)) return { refused: 'a padding value that depends on the input' }
  if (textAttribute(node, 'mode', 'constant') === 'constant') {
    const axes = input(3) === '' ? [] : ['', input(3)]
    return [graph.add('Pad', [slope, graph.add('Neg', [input(1)]), ...axes])]
  }
  // The padding value is of the data's type, and no position.
  return reverseMoved({ ...step, node: { ...node, input: node.input.map((name, index) => (index === 2 ? '' : name)) } })
}
