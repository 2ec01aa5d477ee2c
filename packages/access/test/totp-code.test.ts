import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepMs, stepOfCode, totpCode } from '../src/mfa/totp-code.ts'

// RFC 6238 appendix B: seconds since 1970, and the codes of eight digits by SHA-1, SHA-256 and SHA-512.
const vectors: [number, string, string, string][] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
]
const digits = '1234567890'.repeat(7)

test('the 18 vectors of RFC 6238', () => {
  for (const [seconds, ...codes] of vectors) {
    const step = Math.floor(seconds / 30)
    const made = (['SHA1', 'SHA256', 'SHA512'] as const).map((algorithm, index) =>
      totpCode(Buffer.from(digits.slice(0, [20, 32, 64][index])), step, { algorithm, digits: 8 }),
    )
    expect(made).toEqual(codes)
  }
})

/** RFC 4226 section 5.3, from its text. */
const reference = (seed: Uint8Array, step: number): string => {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', seed).update(counter).digest()
  const offset = (hash[19] ?? 0) & 15
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('every seed and step gives the code that the RFC describes', () => {
  const seeds = fc.uint8Array({ minLength: 20, maxLength: 20 })
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 0, max: 2 ** 40 }),
      (seed, step) => totpCode(seed, step) === reference(seed, step),
    ),
    { seed: 7, numRuns: 500 },
  )
})

test('a code counts in its own step, and in as many later ones as are tolerated: no other', () => {
  const seed = Buffer.from(digits.slice(0, 20))
  const step = 1000
  for (const tolerated of [0, 1]) {
    for (let from = -3; from <= 3; from += 1) {
      for (const within of [0, stepMs - 1]) {
        const now = (step + from) * stepMs + within
        const expected = from >= 0 && from <= tolerated ? step : undefined
        expect(stepOfCode(seed, reference(seed, step), now, tolerated), `${tolerated} ${from}`).toBe(expected)
      }
    }
  }
})

test('what is not six digits is no code, and an unknown time has none', () => {
  const seed = Buffer.alloc(20, 1)
  const code = reference(seed, 0)
  for (const text of ['', '12345', '1234567', ` ${code}`, '１２３４５６', undefined, null, Number(code), [code]]) {
    expect(stepOfCode(seed, text, 0, 1)).toBeUndefined()
  }
  expect(stepOfCode(seed, code, Number.NaN, 1)).toBeUndefined()
  expect(stepOfCode(seed, code, 0, 1)).toBe(0)
})
