import type { ExampleChange } from '../corruption-description.ts'
import { poisson } from './poisson.ts'

/** Normal noise on every element. */
export const gaussianNoise =
  (deviation: number): ExampleChange =>
  (values, random) => {
    for (let index = 0; index < values.length; index += 1) {
      values[index] = (values[index] ?? 0) + deviation * random.normal()
    }
  }

/** Normal noise in proportion to each element. */
export const speckleNoise =
  (deviation: number): ExampleChange =>
  (values, random) => {
    for (let index = 0; index < values.length; index += 1) {
      values[index] = (values[index] ?? 0) * (1 + deviation * random.normal())
    }
  }

/** Too little light: each element is a count of photons, `photons` of them where it is white. */
export const shotNoise =
  (photons: number): ExampleChange =>
  (values, random) => {
    for (let index = 0; index < values.length; index += 1) {
      values[index] = poisson((values[index] ?? 0) * photons, random) / photons
    }
  }

/** Salt and pepper on a share of the elements. */
export const impulseNoise =
  (share: number): ExampleChange =>
  (values, random) => {
    for (let index = 0; index < values.length; index += 1) {
      if (random.uniform() < share) values[index] = random.uniform() < 0.5 ? 1 : 0
    }
  }
