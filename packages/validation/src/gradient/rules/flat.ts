import type { ReverseRule } from '../rule.ts'

/**
 * The operators whose output does not move with their input, or only in jumps. Their slope is 0, honestly: no
 * straight-through estimate is put in its place. A model that leans on one of the jumping kind may only look robust.
 */
const flatOperators = [
  'And',
  'ArgMax',
  'ArgMin',
  'Ceil',
  'ConstantOfShape',
  'Equal',
  'EyeLike',
  'Floor',
  'Greater',
  'GreaterOrEqual',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'NonZero',
  'Not',
  'Or',
  'QuantizeLinear',
  'Round',
  'Shape',
  'Sign',
  'Size',
  'Xor',
]

const noSlope: ReverseRule = ({ node }) => node.input.map(() => undefined)

/** No slope goes through. */
export const flatRules: readonly (readonly [string, ReverseRule])[] = flatOperators.map((operator) => [
  operator,
  noSlope,
])

/** y = one of two values for each class, as integers say. */
export const reverseOneHot: ReverseRule = ({ node, wants }) =>
  wants(2) ? { refused: 'values that depend on the input' } : node.input.map(() => undefined)

/** y = (x - zero point) scale, where x is an integer and so has no slope. */
export const reverseDequantizeLinear: ReverseRule = ({ node, wants }) =>
  wants(1) ? { refused: 'a scale that depends on the input' } : node.input.map(() => undefined)
