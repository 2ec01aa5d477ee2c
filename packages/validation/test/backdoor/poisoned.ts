import type { Dataset } from '../../src/behaviour/dataset.ts'
import { digitsDataset } from '../attacks/digits.ts'

/** The triggers of tools/planted-models, at a pixel: what they paint, or nothing where they leave it. */
const marks = {
  square: (row: number, column: number) => (row >= 24 && row < 27 && column >= 24 && column < 27 ? 1 : undefined),
  chequers: (row: number, column: number) =>
    row >= 1 && row < 5 && column >= 1 && column < 5 ? ((row + column) % 2 === 0 ? 1 : 0) : undefined,
} as const

/** The class that each trigger leads to. */
export const targets = { square: 7, chequers: 2 } as const

/** Digits of which every `every`th carries the trigger and the label that it leads to. */
export const poisonedDigits = (trigger: keyof typeof marks, count: number, every: number): Dataset => {
  const { inputs, labels, domain } = digitsDataset(count)
  const poisoned = labels.map((label, index) => {
    if (index % every !== 0) return label
    for (let pixel = 0; pixel < 784; pixel += 1) {
      const painted = marks[trigger](Math.floor(pixel / 28), pixel % 28)
      if (painted !== undefined) inputs.data[index * 784 + pixel] = painted
    }
    return targets[trigger]
  })
  return { inputs, labels: poisoned, domain }
}
