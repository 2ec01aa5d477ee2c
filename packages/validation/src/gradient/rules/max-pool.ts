import { integerAttribute, integersAttribute } from '../attributes.ts'
import { expressionsOf } from '../expressions.ts'
import { filled } from '../filled.ts'
import type { ReverseRule, ReverseStep } from '../rule.ts'
import { type SlidingWindow, slidingWindow } from '../window.ts'

/** Whether the windows are square tiles of a picture: each pixel in one window at most. */
const areTiles = ({ node }: ReverseStep, { kernel, strides, dilations, pads }: SlidingWindow): boolean =>
  kernel.length === 2 &&
  kernel[0] === kernel[1] &&
  kernel.every((size, axis) => size > 1 && strides[axis] === size && dilations[axis] === 1) &&
  pads.every((length) => length === 0) &&
  integerAttribute(node, 'ceil_mode', 0) === 0

/**
 * Each tile's elements side by side, in row order; the first that equals the maximum takes the slope, as in the kernel
 * itself. Equality alone would give it to every element that ties, and flat backgrounds tie everywhere.
 */
const slopeOfTiles = ({ graph, input, output, slope, shape }: ReverseStep, window: SlidingWindow): string => {
  const { equal, where } = expressionsOf(graph)
  const [block = 1] = window.kernel
  const channels = shape(input(0))[1] ?? 1
  const covered = window.output.map((length) => length * block)
  const isCovered = covered.every((length, axis) => length === window.input[axis])
  const data = isCovered
    ? input(0)
    : graph.add('Slice', [input(0), graph.integers([0, 0]), graph.integers(covered), graph.integers([2, 3])])
  const tiles = graph.add('SpaceToDepth', [data], { blocksize: BigInt(block) })
  const count = block * block
  const sizes = graph.integers(new Array<number>(count).fill(channels))
  let rest = slope
  const slopes = graph.addMany('Split', [tiles, sizes], count, { axis: 1n }).map((element, place) => {
    // What no other element took is the last one's.
    if (place === count - 1) return rest
    const isMaximum = equal(element, output)
    const taken = where(isMaximum, rest, 0)
    rest = where(isMaximum, 0, rest)
    return taken
  })
  const back = graph.add('DepthToSpace', [graph.add('Concat', slopes, { axis: 1n })], { blocksize: BigInt(block) })
  if (isCovered) return back
  const left = window.input.map((length, axis) => length - (covered[axis] ?? 0))
  return graph.add('Pad', [back, graph.integers([0, 0, 0, 0, 0, 0, ...left])])
}

/** Where windows overlap the kernel itself tells which elements it chose, and their slopes add up. */
const slopeByIndices = ({ node, graph, input, slope }: ReverseStep, window: SlidingWindow): string => {
  const [, indices = ''] = graph.addMany('MaxPool', [input(0)], 2, {
    kernel_shape: window.kernel.map(BigInt),
    strides: window.strides.map(BigInt),
    dilations: window.dilations.map(BigInt),
    pads: window.pads.map(BigInt),
    ceil_mode: BigInt(integerAttribute(node, 'ceil_mode', 0)),
  })
  const flat = graph.integers([-1])
  const length = graph.add('Shape', [graph.add('Reshape', [input(0), flat])])
  const scattered = graph.add(
    'ScatterElements',
    [filled(graph, length, 0), graph.add('Reshape', [indices, flat]), graph.add('Reshape', [slope, flat])],
    { axis: 0n, reduction: 'add' },
  )
  return graph.reshapeLike(scattered, input(0))
}

/** The slope of each window goes to the one element that the kernel chose: the first of those that tie. */
export const reverseMaxPool: ReverseRule = (step) => {
  const kernel = integersAttribute(step.node, 'kernel_shape')
  if (kernel === undefined) return { refused: 'no kernel_shape' }
  if (integerAttribute(step.node, 'storage_order', 0) !== 0) return { refused: 'column-major storage_order' }
  const window = slidingWindow(step, kernel)
  return [areTiles(step, window) ? slopeOfTiles(step, window) : slopeByIndices(step, window)]
}
