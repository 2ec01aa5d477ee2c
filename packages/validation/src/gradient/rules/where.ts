import { expressionsOf } from '../expressions.ts'
import type { ReverseRule } from '../rule.ts'

/** y = a where the condition holds, else b: the slope goes to the one that was chosen. */
export const reverseWhere: ReverseRule = ({ slope, input, output, wants, shape, graph }) => {
  const { where } = expressionsOf(graph)
  const share = (index: number, value: string): string | undefined =>
    wants(index) ? graph.sumToShape(value, shape(output), shape(input(index))) : undefined
  return [undefined, share(1, where(input(0), slope, 0)), share(2, where(input(0), 0, slope))]
}
