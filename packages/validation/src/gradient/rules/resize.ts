import { backAlongAxis, identityPicture } from '../along-axis.ts'
import { integersAttribute, textAttribute } from '../attributes.ts'
import { frontAxis, type ReverseRule } from '../rule.ts'

// The matrix of an axis has its length squared; pictures and spectrograms stay far below (CWE-770).
const maximumLength = 4096

/**
 * Resizing is linear and treats each axis by itself, so each axis is a matrix; resizing the identity along one axis, by the
 * same operator with the same attributes, makes it, whatever the mode.
 */
export const reverseResize: ReverseRule = ({ node, slope, input, output, shape, constant, graph }) => {
  if (textAttribute(node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize')
    return { refused: 'tf_crop_and_resize' }
  if (textAttribute(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    return { refused: 'keep_aspect_ratio_policy' }
  const [before, after] = [shape(input(0)), shape(output)]
  const rank = before.length
  const axes = (integersAttribute(node, 'axes') ?? before.map((_, axis) => axis)).map((axis) => frontAxis(axis, rank))
  const scales = input(2) === '' ? undefined : constant(input(2))
  let result = slope
  for (const [place, axis] of axes.entries()) {
    const [from = 0, to = 0] = [before[axis], after[axis]]
    const scale = scales?.[place]
    // Where the factor is not constant, lengths that differ show it, and the length itself says the rest.
    if (from === to && (scale === undefined || scale === 1)) continue
    if (axis === 0) return { refused: 'the batch axis' }
    if (Math.max(from, to) > maximumLength) return { refused: `an axis longer than ${maximumLength}` }
    const identity = identityPicture(graph, from)
    const target =
      scale === undefined ? ['', graph.integers([1, 1, from, to])] : [graph.floats([1, 1, 1, scale], [4], 'float32')]
    const resized = graph.addCopy({ ...node, attribute: node.attribute.filter(({ name }) => name !== 'axes') }, [
      identity,
      '',
      ...target,
    ])
    const matrix = graph.add('Reshape', [resized, graph.integers([from, to])])
    result = backAlongAxis(graph, result, { axis, rank }, matrix)
  }
  return [result]
}
