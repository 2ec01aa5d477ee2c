import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fixtureRounding, greatestDifferences, type ReferenceCase } from './reference.ts'

/** Pillow rounds to whole numbers after each of its two passes; frosted glass does after a sum that rounds otherwise. */
const isRounded = (name: string): boolean => name === 'pixelate' || name === 'glass-blur'

test('corruptions are those of numpy, scipy and Pillow within 1/255, where they draw with the same draws', () => {
  const file = new URL('./fixtures/reference.json', import.meta.url)
  const cases = JSON.parse(readFileSync(file, 'utf8')) as ReferenceCase[]
  const differences = greatestDifferences(cases)
  // All but frost, whose texture is our own, and shot noise, whose method of drawing is.
  expect(differences.size).toBe(17)
  for (const [name, difference] of differences)
    expect(difference, name).toBeLessThanOrEqual(isRounded(name) ? 1 + fixtureRounding : fixtureRounding)
})
