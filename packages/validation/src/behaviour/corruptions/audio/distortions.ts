import type { ExampleChange } from '../corruption-description.ts'

/** White noise with a power in proportion to that of the recording. Silence stays silent. */
export const addNoise =
  (decibels: number): ExampleChange =>
  (values, random) => {
    let power = 0
    for (let index = 0; index < values.length; index += 1) power += (values[index] ?? 0) ** 2
    const deviation = Math.sqrt(power / values.length / 10 ** (decibels / 10))
    for (let index = 0; index < values.length; index += 1) {
      values[index] = (values[index] ?? 0) + deviation * random.normal()
    }
  }

/** Everything beyond a share of the loudest sample is cut off. */
export const clipPeaks =
  (share: number): ExampleChange =>
  (values) => {
    let peak = 0
    for (let index = 0; index < values.length; index += 1) peak = Math.max(peak, Math.abs(values[index] ?? 0))
    const most = share * peak
    for (let index = 0; index < values.length; index += 1) {
      values[index] = Math.min(most, Math.max(-most, values[index] ?? 0))
    }
  }

const mu = 255

/** Logarithmic steps as of telephony: 2^bits of them, evenly spread after compression. */
export const quantiseMuLaw = (bits: number): ExampleChange => {
  const steps = 2 ** bits - 1
  return (values) => {
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? 0
      const compressed = (Math.sign(value) * Math.log1p(mu * Math.abs(value))) / Math.log1p(mu)
      const quantised = (2 * Math.round(((compressed + 1) / 2) * steps)) / steps - 1
      values[index] = (Math.sign(quantised) * ((1 + mu) ** Math.abs(quantised) - 1)) / mu
    }
  }
}

/** Fewer samples, each the mean of its part of the recording, and lines between them. */
export const resample = (samples: number, share: number): ExampleChange => {
  const kept = Math.max(1, Math.floor(samples * share))
  const scale = samples / kept
  const low = new Float64Array(kept)
  return (values) => {
    for (let index = 0; index < kept; index += 1) {
      const [first, last] = [index * scale, (index + 1) * scale]
      let sum = 0
      for (let place = Math.floor(first); place < last && place < samples; place += 1) {
        sum += (values[place] ?? 0) * (Math.min(place + 1, last) - Math.max(place, first))
      }
      low[index] = sum / scale
    }
    for (let index = 0; index < samples; index += 1) {
      const place = Math.min(kept - 1, Math.max(0, (index + 0.5) / scale - 0.5))
      const below = Math.floor(place)
      const value = low[below] ?? 0
      values[index] = value + (place - below) * ((low[below + 1] ?? value) - value)
    }
  }
}
