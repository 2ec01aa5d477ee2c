import { createRequire } from 'node:module'

/** One labelled picture: 28 × 28 grey values in [0, 1], row by row. */
export interface Digit {
  readonly pixels: Float32Array
  readonly label: number
}

interface DigitCollection {
  set(start: number, end: number): { input: number[]; output: number[] }[]
}

// The package `mnist` splits each digit's pictures by position: `set(7000, 1500)` trains on the first 700 of each digit
// and tests on the next 150. Its own call also shuffles with Math.random, so the ranges are read directly.
const trainingPerDigit = 700
const testPerDigit = 150

const read = (start: number, end: number): Digit[] => {
  const collections: DigitCollection[] = createRequire(import.meta.url)('mnist')
  return Array.from({ length: 10 }, (_, label) =>
    (collections[label] as DigitCollection)
      .set(start, end - 1)
      .map(({ input }) => ({ pixels: Float32Array.from(input), label })),
  ).flat()
}

/** The 7,000 digits to train on. */
export const trainingDigits = (): Digit[] => read(0, trainingPerDigit)

/** The 1,500 digits that no training saw, in the order 0, 1, … 9, 0, 1, … so that any prefix holds every class. */
export const heldOutDigits = (): Digit[] => {
  const byLabel = read(trainingPerDigit, trainingPerDigit + testPerDigit)
  return byLabel.map((_, index) => byLabel[(index % 10) * testPerDigit + Math.floor(index / 10)] as Digit)
}
