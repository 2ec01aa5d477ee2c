import { createTensor } from '@nootropic/core/formats'
import { integerAttribute, integersAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'
import { slidingWindow } from '../window.ts'

/** ScatterElements adds up from this operator set on. */
const scatterAdds = 16

/**
 * The slope of each window goes to the one element that the kernel itself chose, by its own indices. Comparing the input
 * with the output instead would give it to every element that ties, and flat backgrounds tie everywhere.
 */
export const reverseMaxPool: ReverseRule = (step) => {
  const { node, slope, input, graph } = step
  const kernel = integersAttribute(node, 'kernel_shape')
  if (kernel === undefined) return { refused: 'no kernel_shape' }
  if (integerAttribute(node, 'storage_order', 0) !== 0) return { refused: 'column-major storage_order' }
  const window = slidingWindow(step, kernel)
  if ('refused' in window) return window
  const overlaps = kernel.some(
    (size, axis) => (size - 1) * (window.dilations[axis] ?? 1) + 1 > (window.strides[axis] ?? 1),
  )
  if (overlaps && graph.opset < scatterAdds) return { refused: 'overlapping windows (operator set below 16)' }
  const [, indices = ''] = graph.addMany('MaxPool', [input(0)], 2, {
    kernel_shape: kernel.map(BigInt),
    strides: window.strides.map(BigInt),
    dilations: window.dilations.map(BigInt),
    pads: window.pads.map(BigInt),
  })
  const flat = graph.integers([-1])
  const length = graph.add('Shape', [graph.add('Reshape', [input(0), flat])])
  const data = graph.floatType === 'float32' ? Float32Array.of(0) : Float64Array.of(0)
  const value = createTensor({ name: '', type: graph.floatType, dims: [1], data })
  const scattered = graph.add(
    'ScatterElements',
    [
      graph.add('ConstantOfShape', [length], { value }),
      graph.add('Reshape', [indices, flat]),
      graph.add('Reshape', [slope, flat]),
    ],
    { axis: 0n, ...(overlaps ? { reduction: 'add' } : {}) },
  )
  return [graph.reshapeLike(scattered, input(0))]
}
