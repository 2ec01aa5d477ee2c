import type { ExampleChange } from '../corruption-description.ts'

/** Delays of the four parallel echoes and the two diffusers, in seconds: no two have a common period. */
const echoDelays = [0.0297, 0.0371, 0.0411, 0.0437]
const diffuserDelays = [0.005, 0.0017]
const diffusion = 0.7

/** y[n] = x[n] + gain y[n - delay], added to `sum`. */
const addEcho = (values: Float64Array, sum: Float64Array, delay: number, gain: number): void => {
  const echo = new Float64Array(values.length)
  for (let index = 0; index < values.length; index += 1) {
    echo[index] = (values[index] ?? 0) + (index >= delay ? gain * (echo[index - delay] ?? 0) : 0)
    sum[index] = (sum[index] ?? 0) + (echo[index] ?? 0)
  }
}

/** An all-pass: it spreads a click without colouring the sound, in place. */
const diffuse = (values: Float64Array, delay: number): void => {
  const source = values.slice()
  for (let index = 0; index < values.length; index += 1) {
    const [before, after] = index >= delay ? [source[index - delay] ?? 0, values[index - delay] ?? 0] : [0, 0]
    values[index] = -diffusion * (source[index] ?? 0) + before + diffusion * after
  }
}

/** The sound of a room, mixed with the sound itself. */
export const reverberate = (sampleRate: number, seconds: number, share: number): ExampleChange => {
  const samplesOf = (delay: number): number => Math.max(1, Math.round(delay * sampleRate))
  return (values) => {
    const room = new Float64Array(values.length)
    // An echo that is to be 60 decibels down after so many seconds.
    for (const delay of echoDelays) addEcho(values, room, samplesOf(delay), 10 ** ((-3 * delay) / seconds))
    for (const delay of diffuserDelays) diffuse(room, samplesOf(delay))
    for (let index = 0; index < values.length; index += 1) {
      values[index] = (1 - share) * (values[index] ?? 0) + (share * (room[index] ?? 0)) / echoDelays.length
    }
  }
}
