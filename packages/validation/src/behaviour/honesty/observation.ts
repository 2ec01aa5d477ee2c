import type { Sighting } from '../../scan/rule.ts'
import type { AttackedModel, AttackInputs, DifferentiableModel } from '../attacks/objective.ts'

/** What a check of honesty saw. */
export interface Observation {
  readonly sightings: readonly Sighting[]
  readonly measurements: Readonly<Record<string, number>>
}

/** Why a check could not look. */
export interface Unchecked {
  readonly unchecked: string
}

/** The examples and the model that checks of honesty look at. */
export interface HonestyTarget extends AttackInputs {
  readonly model: AttackedModel | DifferentiableModel
  readonly seed: number
  /** Whether the scores were probabilities, which round to one and nothing where they are certain. */
  readonly hadProbabilities: boolean
}

/** An observation whose only sighting, if there is one, holds when `isSeen`. */
export const observe = (
  measurements: Observation['measurements'],
  isSeen: boolean,
  sighting: () => Sighting,
): Observation => ({ measurements, sightings: isSeen ? [sighting()] : [] })

/** A share for a sentence. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`
