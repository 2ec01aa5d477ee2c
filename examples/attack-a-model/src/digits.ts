import { createRequire } from 'node:module'
import type { Dataset } from '@nootropic/validation'

const collections: { get(index: number): number[] }[] = createRequire(import.meta.url)('mnist')

const pixels = 28 * 28

/** `count` pictures from `start` on of each digit, in the order 0, 1, … 9, 0, 1, …: grey values from 0 to 1. */
export const digits = (start: number, count: number): Dataset => {
  const labels = Array.from({ length: 10 * count }, (_, row) => row % 10)
  const data = new Float32Array(labels.length * pixels)
  labels.forEach((label, row) => {
    data.set(collections[label]?.get(start + Math.floor(row / 10)) ?? [], row * pixels)
  })
  return { inputs: { type: 'float32', dims: [labels.length, 1, 28, 28], data }, labels, domain: [0, 1] }
}
