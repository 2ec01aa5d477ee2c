import type { AttackDescription } from '../behaviour/attacks/attack-description.ts'
import type { Norm } from '../behaviour/attacks/norms.ts'

/** What an epsilon allows of a change in each norm, so that one number means about as much in all of them. */
export const epsilonMeanings: Readonly<Record<Norm, string>> = {
  linf: 'the greatest change of an element, as a share of the input range',
  l2: 'the root mean square change of the elements, as a share of the input range',
  l1: 'the mean change of the elements, as a share of the input range',
  l0: 'the share of elements that may be changed at will',
}

/** The radii that a curve is measured at where none are asked for. */
export const defaultEpsilons: Readonly<Record<Norm, readonly number[]>> = {
  linf: [0.01, 0.03, 0.1, 0.2],
  l2: [0.01, 0.03, 0.06, 0.1],
  l1: [0.003, 0.01, 0.03, 0.06],
  l0: [0.01, 0.03, 0.06, 0.1],
}

/**
 * The radius, in the unit of the norm, that an epsilon stands for.
 *
 * @param elements of one example.
 */
export const radiusOf = (
  { kind }: Pick<AttackDescription, 'kind'>,
  norm: Norm,
  epsilon: number,
  { elements, width }: { readonly elements: number; readonly width: number },
): number => {
  // Patches and movements are measured as a share of the picture's side.
  if (kind === 'other') return epsilon
  if (norm === 'linf') return epsilon * width
  if (norm === 'l2') return epsilon * width * Math.sqrt(elements)
  if (norm === 'l1') return epsilon * width * elements
  return Math.max(1, Math.round(epsilon * elements))
}
