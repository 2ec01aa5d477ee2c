import type { ReverseRule } from '../rule.ts'

/** Reshape, Flatten, Squeeze and Unsqueeze move nothing: the slope takes the shape that the input had. */
export const reverseReshape: ReverseRule = ({ slope, input, graph }) => [graph.reshapeLike(slope, input(0))]
