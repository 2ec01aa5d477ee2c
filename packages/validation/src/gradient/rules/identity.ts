import type { ReverseRule } from '../rule.ts'

/** y = x. */
export const reverseIdentity: ReverseRule = ({ slope }) => [slope]

/** Dropout is the identity when a model runs; one that is told to train is random and has no slope. */
export const reverseDropout: ReverseRule = ({ slope, input }) =>
  input(2) === '' ? [slope] : { refused: 'a training mode' }
