import type { ReverseRule } from '../rule.ts'

/** y = -x. */
export const reverseNeg: ReverseRule = ({ slope, graph }) => [graph.add('Neg', [slope])]
