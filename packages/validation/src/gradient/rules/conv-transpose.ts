import { integerAttribute, integersAttribute, textAttribute } from '../attributes.ts'
import type { ReverseRule, ReverseStep } from '../rule.ts'
import type { SlidingWindow } from '../window.ts'
import { slopeOfKernel } from './kernel-slope.ts'

/** The window of the convolution that this one transposes: from its output to its input. */
const windowOf = ({ node, input, output, shape }: ReverseStep, kernel: readonly number[]): SlidingWindow => {
  const [small, large] = [shape(input(0)).slice(2), shape(output).slice(2)]
  const strides = integersAttribute(node, 'strides') ?? kernel.map(() => 1)
  const dilations = integersAttribute(node, 'dilations') ?? kernel.map(() => 1)
  const window = { kernel, strides, dilations, input: large, output: small }
  const autoPad = textAttribute(node, 'auto_pad', 'NOTSET')
  const isGiven = autoPad === 'NOTSET' && integersAttribute(node, 'output_shape') === undefined
  if (isGiven || autoPad === 'VALID')
    return { ...window, pads: integersAttribute(node, 'pads') ?? [...kernel, ...kernel].map(() => 0) }
  // Padding follows from the output's shape; the odd one is at the end for SAME_UPPER and at the beginning else.
  const more = integersAttribute(node, 'output_padding') ?? kernel.map(() => 0)
  const totals = kernel.map((size, axis) => {
    const reach = ((small[axis] ?? 0) - 1) * (strides[axis] ?? 1) + (size - 1) * (dilations[axis] ?? 1) + 1
    return Math.max(0, reach + (more[axis] ?? 0) - (large[axis] ?? 0))
  })
  const begins = totals.map((total) => (autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)))
  return { ...window, pads: [...begins, ...totals.map((total, axis) => total - (begins[axis] ?? 0))] }
}

/** A transposed convolution's slope is the convolution of it with the same weights. */
export const reverseConvTranspose: ReverseRule = (step) => {
  const { node, slope, input, wants, shape, graph } = step
  const dims = shape(input(1))
  const kernel = dims.slice(2)
  if (kernel.length === 0) return { refused: 'no spatial axis' }
  const window = windowOf(step, kernel)
  const group = integerAttribute(node, 'group', 1)
  const convolved = (): string => {
    const whole = graph.add('Conv', [slope, input(1)], {
      group: BigInt(group),
      strides: window.strides.map(BigInt),
      dilations: window.dilations.map(BigInt),
      pads: window.pads.map(BigInt),
    })
    // Output padding of a stride or more lets the convolution see windows that were never there.
    const axes = graph.integers(kernel.map((_, axis) => axis + 2))
    return graph.add('Slice', [whole, graph.integers(kernel.map(() => 0)), graph.integers(window.output), axes])
  }
  return [
    wants(0) ? convolved() : undefined,
    wants(1) ? slopeOfKernel(step, { data: slope, slope: input(0), dims, window, group }) : undefined,
    wants(2) ? graph.sum(slope, [0, ...kernel.map((_, axis) => axis + 2)], false) : undefined,
  ]
}
