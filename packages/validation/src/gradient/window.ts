import { integersAttribute, textAttribute } from './attributes.ts'
import type { ReverseStep } from './rule.ts'

/** How a convolution or a pooling slides over its input; one entry a spatial axis. */
export interface SlidingWindow {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** All beginnings, then all ends. */
  readonly pads: readonly number[]
  readonly input: readonly number[]
  readonly output: readonly number[]
}

/** The window of a node, with `auto_pad` worked out from the probed shapes. */
export const slidingWindow = (step: ReverseStep, kernel: readonly number[]): SlidingWindow => {
  const { node, shape, input, output } = step
  const spatialInput = shape(input(0)).slice(2)
  const spatialOutput = shape(output).slice(2)
  const ones = kernel.map(() => 1)
  const strides = integersAttribute(node, 'strides') ?? ones
  const dilations = integersAttribute(node, 'dilations') ?? ones
  const autoPad = textAttribute(node, 'auto_pad', 'NOTSET')
  const explicit = integersAttribute(node, 'pads') ?? [...ones, ...ones].map(() => 0)
  const base = { kernel, strides, dilations, input: spatialInput, output: spatialOutput }
  if (autoPad === 'NOTSET' || autoPad === 'VALID') {
    return { ...base, pads: autoPad === 'VALID' ? explicit.map(() => 0) : explicit }
  }
  // SAME: the total is shared between both ends, the odd one at the end named.
  const totals = kernel.map((size, axis) => {
    const reach = ((spatialOutput[axis] ?? 0) - 1) * (strides[axis] ?? 1) + (size - 1) * (dilations[axis] ?? 1) + 1
    return Math.max(0, reach - (spatialInput[axis] ?? 0))
  })
  const begins = totals.map((total) => (autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)))
  return { ...base, pads: [...begins, ...totals.map((total, axis) => total - (begins[axis] ?? 0))] }
}

/** Attributes of the ConvTranspose that maps slopes of this window's outputs back to its inputs. */
export const transposedWindow = (window: SlidingWindow): Record<string, bigint[]> => {
  const { kernel, strides, dilations, pads, input, output } = window
  const rank = kernel.length
  // Input rows that no whole window reached: ConvTranspose would leave them out.
  const rest = kernel.map((size, axis) => {
    const reached =
      ((output[axis] ?? 0) - 1) * (strides[axis] ?? 1) +
      (dilations[axis] ?? 1) * (size - 1) +
      1 -
      (pads[axis] ?? 0) -
      (pads[axis + rank] ?? 0)
    return (input[axis] ?? 0) - reached
  })
  const attribute = (values: readonly number[]): bigint[] => values.map(BigInt)
  return {
    kernel_shape: attribute(kernel),
    strides: attribute(strides),
    dilations: attribute(dilations),
    pads: attribute(pads),
    output_padding: attribute(rest),
  }
}
