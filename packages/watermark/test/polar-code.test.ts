import { createSeededRandom } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePolar, encodePolar, informationPositions } from '../src/polar-code.ts'

const bits = (random: { integer(bound: number): number }, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => random.integer(2))

test('the reliability order is the published one for a code of eight', () => {
  // PW order of N = 8, most reliable last: 0 1 2 4 3 5 6 7 (He et al., 2017).
  expect(informationPositions(8, 4)).toEqual([3, 5, 6, 7])
  expect(informationPositions(8, 5)).toEqual([3, 4, 5, 6, 7])
  expect(informationPositions(8, 7)).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('encoding is the matrix product with the Kronecker power of [[1, 0], [1, 1]]', () => {
  const random = createSeededRandom(1)
  const length = 32
  const information = bits(random, 16)
  const positions = informationPositions(length, 16)
  const expected = Array.from({ length }, (_, column) =>
    // The power has a one at (row, column) exactly where the bits of column are within those of row.
    positions.reduce((sum, row, order) => sum ^ ((row & column) === column ? information[order]! : 0), 0),
  )
  expect([...encodePolar(information, length)]).toEqual(expected)
})

test('every word comes back from clean ratios', () => {
  fc.assert(
    fc.property(fc.constantFrom(64, 512, 1024), fc.integer({ min: 1, max: 64 }), fc.nat(), (length, count, seed) => {
      const information = bits(createSeededRandom(seed), count)
      const ratios = Float64Array.from(encodePolar(information, length), (bit) => 1 - 2 * bit)
      const decoded = decodePolar(ratios, count, { paths: 4, accept: () => true })
      expect(decoded.information).toEqual(information)
    }),
    { seed: 7, numRuns: 25 },
  )
})

test('a list of eight with a checksum corrects what a single path cannot', () => {
  const random = createSeededRandom(11)
  let single = 0
  let list = 0
  for (let round = 0; round < 20; round += 1) {
    const information = bits(random, 288)
    // Gaussian channel, deviation 0.8: about 10 % of bits arrive wrong.
    const ratios = Float64Array.from(encodePolar(information, 512), (bit) => 1 - 2 * bit + 0.8 * random.normal())
    const accept = (found: Uint8Array): boolean => Buffer.from(found).equals(information)
    if (decodePolar(ratios, 288, { paths: 1, accept }).accepted) single += 1
    if (decodePolar(ratios, 288, { paths: 8, accept }).accepted) list += 1
  }
  expect(list).toBeGreaterThanOrEqual(17)
  expect(list).toBeGreaterThan(single)
})

test('noise without a codeword is not accepted', () => {
  const random = createSeededRandom(5)
  const ratios = Float64Array.from({ length: 512 }, () => random.normal())
  expect(decodePolar(ratios, 288, { paths: 8, accept: () => false }).accepted).toBe(false)
})
