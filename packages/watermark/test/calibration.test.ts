import { createSecretKey } from 'node:crypto'
import { createSeededRandom, sha256 } from '@nootropic/core'
import { expect, test } from 'vitest'
import { weighAgreement } from '../src/decide.ts'
import { createKeystream } from '../src/keystream.ts'
import { createDithers, demodulate, modulate } from '../src/modulation.ts'
import { encodePayload } from '../src/payload.ts'
import { createPattern } from '../src/projection.ts'

const size = 16_384
const groups = 512
const keys = 10_000
const digest = sha256('a claim')
const layout = { channels: 128, stride: 1 }

const agreementOf = (values: Float32Array, secret: Buffer, wanted: typeof digest) => {
  const keystream = createKeystream(createSecretKey(secret), wanted)
  const carriers = [{ values, layout, pattern: createPattern(keystream, 't0', size, groups) }]
  return weighAgreement(
    demodulate(carriers, { step, dithers: createDithers(keystream, groups) }),
    encodePayload(wanted, groups),
  )
}

const random = createSeededRandom(1)
const secretOf = (index: number): Buffer => Buffer.from(sha256(`key ${index}`).slice('sha256:'.length), 'hex')
const marked = Float32Array.from({ length: size }, () => random.normal())
const keystream = createKeystream(createSecretKey(secretOf(-1)), digest)
const step = modulate(
  [{ values: marked, layout, pattern: createPattern(keystream, 't0', size, groups) }],
  createDithers(keystream, groups),
  encodePayload(digest, groups),
  1e-4,
)

test('among 10,000 wrong keys none agrees by chance, and the chances stated hold', () => {
  expect(agreementOf(marked, secretOf(-1), digest).log10FalsePositive).toBeLessThan(-200)
  const logarithms = Array.from(
    { length: keys },
    (_, index) => agreementOf(marked, secretOf(index), digest).log10FalsePositive,
  )
  expect(Math.min(...logarithms)).toBeGreaterThan(-12)
  const shareBelow = (chance: number) => logarithms.filter((logarithm) => logarithm < Math.log10(chance)).length / keys
  // A bound: no more often than stated, within four deviations of the count.
  for (const chance of [0.1, 0.01, 0.001]) {
    expect(shareBelow(chance)).toBeLessThan(chance + 4 * Math.sqrt(chance / keys))
  }
  // Nor idle: of a nearly normal sum, 1.6 % lie where Chernoff's bound says 10 %.
  expect(shareBelow(0.1)).toBeGreaterThan(0.011)
  expect(shareBelow(0.1)).toBeLessThan(0.021)
})

test('the right key finds nothing under another claim, nor in models that share a structure', () => {
  for (let index = 0; index < 200; index += 1) {
    expect(agreementOf(marked, secretOf(-1), sha256(`claim ${index}`)).log10FalsePositive).toBeGreaterThan(-12)
  }
  const constant = new Float32Array(size).fill(0.1)
  expect(agreementOf(constant, secretOf(-1), digest).log10FalsePositive).toBeGreaterThan(-12)
})

test('longer codes carry the payload too, and prove more', () => {
  for (const [length, bound] of [
    [512, -222],
    [1024, -444],
    [2048, -889],
    [4096, -1778],
  ] as const) {
    const codeword = encodePayload(digest, length)
    const { log10FalsePositive } = weighAgreement(
      Float64Array.from(codeword, (bit) => 1 - 2 * bit),
      codeword,
    )
    expect(Math.trunc(log10FalsePositive)).toBe(bound)
  }
})
