/**
 * Spread-transform dither modulation (Chen and Wornell, "Quantization Index Modulation", 2001): each code bit moves one
 * secret projection of the weights to the nearest point of one of two interleaved lattices. The reader needs neither
 * the original nor data.
 *
 * @module
 */
import type { Keystream } from './keystream.ts'
import { type Carrier, project, shiftProjections } from './projection.ts'

/** The two lattices of each group: `step` apart, offset by a secret dither so that no key fits by accident. */
export interface Lattice {
  readonly step: number
  /** One for each group, in [0, 1). */
  readonly dithers: Float64Array
}

/** Draws the dithers of a mark, one for each group. */
export const createDithers = (keystream: Keystream, groups: number): Float64Array => {
  const stream = keystream.bytes('dither', 4 * groups)
  return Float64Array.from({ length: groups }, (_, group) => stream.readUInt32LE(4 * group) / 2 ** 32)
}

/** How far each projection is from the nearest point of the lattice of its code bit. */
const latticeShifts = (projections: Float64Array, { step, dithers }: Lattice, codeword: Uint8Array): Float64Array =>
  projections.map((projection, group) => {
    const offset = dithers[group]! + codeword[group]! / 2
    return step * (Math.round(projection / step - offset) + offset) - projection
  })

// Kept free of the strength for what the second round adds.
const strengthReserve = 0.02

/**
 * The step at which shifting the projections changes the values by a mean squared relative amount of at most `strength`.
 * On average a step costs step^2/12 for each group (uniform quantisation); where a draw costs more, a smaller step is taken.
 */
const chooseStep = (
  projections: Float64Array,
  dithers: Float64Array,
  codeword: Uint8Array,
  size: number,
  strength: number,
): number => {
  const budget = size * strength * (1 - strengthReserve)
  for (let step = Math.sqrt((12 * budget) / projections.length); ; step *= 1 - strengthReserve) {
    const shifts = latticeShifts(projections, { step, dithers }, codeword)
    // Not "greater": projections that are not finite must end here too, and fail when they are read back.
    if (!(shifts.reduce((sum, shift) => sum + shift * shift, 0) > budget)) return step
  }
}

// Shifting changes the loudness that the projections are measured against; the second round corrects for it.
const closedLoopRounds = 2

/**
 * Writes `codeword` into the carriers' values, in place.
 *
 * @returns the step of the lattices.
 */
export const modulate = (
  carriers: readonly Carrier[],
  dithers: Float64Array,
  codeword: Uint8Array,
  strength: number,
): number => {
  const groups = codeword.length
  const size = carriers.reduce((sum, { values }) => sum + values.length, 0)
  let projection = project(carriers, groups)
  const step = chooseStep(projection.projections, dithers, codeword, size, strength)
  for (let round = 0; round < closedLoopRounds; round += 1) {
    if (round > 0) projection = project(carriers, groups)
    shiftProjections(carriers, projection, latticeShifts(projection.projections, { step, dithers }, codeword))
  }
  return step
}

/** The soft code bits: the cosine of each projection's phase between its two lattices, 1 for a certain 0, -1 for a 1. */
export const demodulate = (carriers: readonly Carrier[], { step, dithers }: Lattice): Float64Array =>
  project(carriers, dithers.length).projections.map((projection, group) =>
    Math.cos(2 * Math.PI * (projection / step - dithers[group]!)),
  )
