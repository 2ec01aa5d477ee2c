import type { FloatTensor } from '../dataset.ts'

/**
 * What an attack climbs: the loss of each example and its slope with regard to that example. White-box objectives read
 * the slope from a gradient graph, black-box ones estimate it from the loss; an attack cannot tell them apart.
 */
export interface Objective {
  readonly name: string
  /** The slope at `inputs`, row-major and as long as `inputs.data`. */
  slope(inputs: FloatTensor, labels: readonly number[]): Promise<ArrayLike<number>>
}

/** What every attack is given. */
export interface AttackTarget {
  readonly inputs: FloatTensor
  readonly labels: readonly number[]
  readonly objective: Objective
  /** Radius of the L-infinity ball, in the inputs' own unit. */
  readonly radius: number
  readonly domain: readonly [number, number]
}
