import type { Sighting } from '../rule.ts'

/** A defect behind which nothing can be read: it ends the reading, not the scan. */
export class Malformed extends Error {
  readonly sighting: Sighting
  constructor(sighting: Sighting) {
    super(sighting.message)
    this.sighting = sighting
  }
}
