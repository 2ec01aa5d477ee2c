import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, isNootropicError } from '../src/index.ts'

// RFC 8785, section 3.2.2 and 3.2.3.
test('canonical JSON of the sample of RFC 8785', () => {
  const sample = {
    numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  }
  expect(canonicalJson(sample)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
})

test('members are sorted by UTF-16 code units, as the RFC asks', () => {
  const sample = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
  expect(Object.keys(JSON.parse(canonicalJson(sample)))).toEqual([
    '1',
    '\r',
    '\u0080',
    '\u00f6',
    '\u20ac',
    '\ud83d\ude00',
    '\ufb33',
  ])
})

test('what JSON cannot say is refused, not guessed', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '\ud800', 1n, () => 1, new Date(0), new Map(), cyclic]) {
    expect(() => canonicalJson({ value })).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
  }
})

test('any JSON value survives, and the order of members does not matter', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      try {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      } catch (error) {
        if (!isNootropicError(error)) throw error
      }
    }),
    { seed: 8785, numRuns: 2000 },
  )
})
