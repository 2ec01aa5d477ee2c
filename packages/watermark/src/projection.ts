/**
 * Keyed projections of weights: each value belongs, with a secret sign, to one of a few hundred groups.
 *
 * @module
 */
import type { Keystream } from './keystream.ts'

/** Where the output channels of a weight lie: the channel of element i is floor(i / stride) mod channels. */
export interface ChannelLayout {
  readonly channels: number
  readonly stride: number
}

/** One tensor of a projection: its values, how loud each channel is, and which group and sign each value has. */
export interface Carrier {
  readonly values: Float32Array
  readonly layout: ChannelLayout
  readonly pattern: Pattern
}

/** The secret assignment of a tensor's values to groups and signs. */
export interface Pattern {
  /** Value at position q of block b belongs to group (q + rotations[b]) mod groups. */
  readonly rotations: Uint16Array
  /** One bit for each value, lowest first; 1 is minus. */
  readonly signs: Uint8Array
}

/** Draws the pattern for a tensor of `size` values; each label has its own. */
export const createPattern = (keystream: Keystream, label: string, size: number, groups: number): Pattern => {
  const blocks = Math.ceil(size / groups)
  const stream = keystream.bytes(label, 2 * blocks + Math.ceil(size / 8))
  return {
    rotations: Uint16Array.from({ length: blocks }, (_, block) => stream.readUInt16BE(2 * block) % groups),
    signs: stream.subarray(2 * blocks),
  }
}

// A channel quieter than this share of the median counts as this loud. Without the floor the noise of dead channels
// would be divided by almost nothing and drown the mark.
const quietestChannel = 0.1

// One loop for channels that lie side by side, one for channels that lie one after the other.
const addSquaresAcross = (energies: Float64Array, values: Float32Array): void => {
  const channels = energies.length
  for (let start = 0; start < values.length; start += channels) {
    for (let channel = 0; channel < channels; channel += 1) {
      const value = values[start + channel]!
      energies[channel]! += value * value
    }
  }
}

const addSquaresAlong = (energies: Float64Array, values: Float32Array, stride: number): void => {
  for (let start = 0, run = 0; start < values.length; start += stride, run += 1) {
    let energy = 0
    for (let index = start; index < start + stride; index += 1) energy += values[index]! * values[index]!
    energies[run % energies.length]! += energy
  }
}

/** The loudness (root mean square) of each output channel, floored so that none is zero. */
const channelScales = (values: Float32Array, layout: ChannelLayout): Float64Array => {
  const { channels, stride } = layout
  const energies = new Float64Array(channels)
  if (stride === 1) addSquaresAcross(energies, values)
  else addSquaresAlong(energies, values, stride)
  const perChannel = values.length / channels
  const scales = energies.map((energy) => Math.sqrt(energy / perChannel))
  const floor = quietestChannel * scales.toSorted()[channels >> 1]!
  return scales.map((scale) => Math.max(scale, floor))
}

/** How many values each group has. */
const countMembers = (carriers: readonly Carrier[], groups: number): Float64Array => {
  const members = new Float64Array(groups)
  let everywhere = 0
  for (const { values, pattern } of carriers) {
    everywhere += Math.floor(values.length / groups)
    const rest = values.length % groups
    const rotation = pattern.rotations.at(-1) ?? 0
    for (let position = 0; position < rest; position += 1) members[(position + rotation) % groups]! += 1
  }
  return members.map((some) => some + everywhere)
}

/** A run of values whose groups follow one another: value i belongs to group i + groupShift. */
interface Run {
  from: number
  to: number
  groupShift: number
  /** Where its gains stand: that of value i at i + gainShift. */
  gainShift: number
}

/** Calls `visit` for each run of a carrier, with the gain of each value's channel in one buffer that is used again. */
const walkRuns = (
  { values, layout, pattern }: Carrier,
  channelGains: Float64Array,
  groups: number,
  visit: (run: Run, gains: Float64Array) => void,
): void => {
  const { channels, stride } = layout
  const gains = new Float64Array(groups)
  const gainsOfBlock = (start: number, count: number): void => {
    for (let position = 0; position < count; ) {
      const index = start + position
      const channel = Math.floor(index / stride) % channels
      if (stride === 1) {
        const end = Math.min(count, position + channels - channel)
        gains.set(channelGains.subarray(channel, channel + end - position), position)
        position = end
      } else {
        const end = Math.min(count, position + stride - (index % stride))
        gains.fill(channelGains[channel]!, position, end)
        position = end
      }
    }
  }
  for (const [block, rotation] of pattern.rotations.entries()) {
    const start = block * groups
    const end = Math.min(start + groups, values.length)
    const turn = Math.min(end, start + groups - rotation)
    gainsOfBlock(start, end - start)
    visit({ from: start, to: turn, groupShift: rotation - start, gainShift: -start }, gains)
    visit({ from: turn, to: end, groupShift: rotation - start - groups, gainShift: -start }, gains)
  }
}

// The two hot loops. They stand alone, take all they touch as parameters and do not branch: V8 runs them twice as fast as
// in a closure.
const gather = (sums: Float64Array, values: Float32Array, signs: Uint8Array, gains: Float64Array, run: Run): void => {
  const { from, to, groupShift, gainShift } = run
  for (let index = from; index < to; index += 1) {
    const minus = (signs[index >> 3]! >> (index & 7)) & 1
    sums[index + groupShift]! += (1 - 2 * minus) * gains[index + gainShift]! * values[index]!
  }
}

const scatter = (
  shares: Float64Array,
  values: Float32Array,
  signs: Uint8Array,
  gains: Float64Array,
  run: Run,
): void => {
  const { from, to, groupShift, gainShift } = run
  for (let index = from; index < to; index += 1) {
    const minus = (signs[index >> 3]! >> (index & 7)) & 1
    values[index]! += (1 - 2 * minus) * gains[index + gainShift]! * shares[index + groupShift]!
  }
}

/** What a projection measures. */
export interface Projection {
  /** One for each group: the signed sum of its normalised values over the root of their number; deviation about 1. */
  readonly projections: Float64Array
  /** The loudness of each carrier's channels, by which its values are normalised. */
  readonly loudness: readonly Float64Array[]
  /** How many values each group has. */
  readonly members: Float64Array
}

/** Projects the carriers' values on their patterns. */
export const project = (carriers: readonly Carrier[], groups: number): Projection => {
  const sums = new Float64Array(groups)
  const loudness = carriers.map((carrier) => {
    const { values, pattern } = carrier
    const scales = channelScales(values, carrier.layout)
    const gains = scales.map((scale) => (scale > 0 ? 1 / scale : 0))
    walkRuns(carrier, gains, groups, (run, gainsOfRun) => gather(sums, values, pattern.signs, gainsOfRun, run))
    return scales
  })
  const members = countMembers(carriers, groups)
  return { projections: sums.map((sum, group) => sum / Math.sqrt(members[group]!)), loudness, members }
}

/** Moves each projection by `shifts[group]`, in place, changing every value by the same share of its channel's loudness. */
export const shiftProjections = (carriers: readonly Carrier[], projection: Projection, shifts: Float64Array): void => {
  const { loudness, members } = projection
  const shares = shifts.map((shift, group) => shift / Math.sqrt(members[group]!))
  for (const [index, carrier] of carriers.entries()) {
    const { values, pattern } = carrier
    walkRuns(carrier, loudness[index]!, shifts.length, (run, gains) =>
      scatter(shares, values, pattern.signs, gains, run),
    )
  }
}
