import type { ReverseRule, ReverseStep } from '../rule.ts'
import { frontAxis } from '../rule.ts'
import { reverseMoved } from './moved.ts'

/** Zeros that make the slope as wide as the input again, when the bounds are known and no step is skipped. */
const padding = ({ input, output, shape, constant }: ReverseStep): number[] | undefined => {
  const starts = constant(input(1))
  const axes = input(3) === '' ? starts?.map((_, axis) => axis) : constant(input(3))
  const isStepped = input(4) !== '' && !constant(input(4))?.every((step) => step === 1)
  if (starts === undefined || axes === undefined || isStepped) return undefined
  const [from, to] = [shape(input(0)), shape(output)]
  const begins = from.map(() => 0)
  const ends = from.map(() => 0)
  for (const [place, given] of axes.entries()) {
    const axis = frontAxis(given, from.length)
    // The batch is of another length at run time.
    if (axis === 0) return undefined
    const length = from[axis] ?? 0
    const start = frontAxis(starts[place] ?? 0, length)
    begins[axis] = Math.min(Math.max(start, 0), length)
    ends[axis] = length - (begins[axis] ?? 0) - (to[axis] ?? 0)
  }
  return [...begins, ...ends]
}

/** y = a part of x: the slope with zeros around it; with steps, or bounds known at run time only, by positions. */
export const reverseSlice: ReverseRule = (step) => {
  const pads = padding(step)
  if (pads === undefined) return reverseMoved(step)
  return [step.graph.add('Pad', [step.slope, step.graph.integers(pads)])]
}
