import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Match, redact, treatMatches } from '../../src/guards/index.ts'
import { readPlainText } from '../../src/guards/plain-text.ts'
import { resolveOverlaps } from '../../src/guards/resolve-overlaps.ts'

const match = (type: string, start: number, end: number, confidence = 1): Match => ({
  type,
  start,
  end,
  confidence,
  why: '',
})

test('puts the name of what it was in the place of each match', () => {
  const text = 'to ann@example.org, SSN 078-05-1120'
  const matches = [match('national-id/us-ssn', 24, 35), match('e-mail', 3, 18)]
  expect(redact(text, matches)).toBe('to [e-mail], SSN [us-ssn]')
  expect(redact(text, matches, () => '***')).toBe('to ***, SSN ***')
  expect(redact(text, [])).toBe(text)
})

test('takes out all that overlapping matches cover', () => {
  expect(redact('abcdefgh', [match('x', 1, 5), match('y', 3, 7), match('z', 2, 3)])).toBe('a[x]h')
})

test('leaves nothing between two matches that touch', () => {
  expect(redact('abcd', [match('x', 0, 2), match('y', 2, 4)])).toBe('[x][y]')
})

test('treats each type as it is told, and withholds the whole text for one that is blocked', () => {
  const matches = [match('name', 0, 3), match('card', 4, 8)]
  const redacted = treatMatches('Ann 4111', matches, (type) => (type === 'name' ? 'report' : 'redact'))
  expect(redacted).toEqual({ text: 'Ann [card]', reported: [matches[0]], redacted: [matches[1]], blocked: [] })
  expect(treatMatches('Ann 4111', matches, () => 'block').text).toBeUndefined()
})

test('of matches that overlap keeps the surest, then the longest, then the first by name', () => {
  expect(resolveOverlaps([match('a', 0, 5, 0.5), match('b', 3, 8, 0.9), match('c', 9, 10)])).toEqual([
    match('b', 3, 8, 0.9),
    match('c', 9, 10),
  ])
  expect(resolveOverlaps([match('short', 0, 5), match('long', 0, 8)])).toEqual([match('long', 0, 8)])
  expect(resolveOverlaps([match('b', 0, 5), match('a', 0, 5)])).toEqual([match('a', 0, 5)])
})

const someMatches = fc.array(
  fc.record({
    type: fc.constantFrom('a', 'b', 'c'),
    start: fc.nat(60),
    length: fc.integer({ min: 1, max: 20 }),
    confidence: fc.constantFrom(0.2, 0.5, 0.9),
  }),
  { maxLength: 40 },
)

test('whatever overlaps, what is left is apart, in order, and the same in whatever order it came', () => {
  fc.assert(
    fc.property(someMatches, (rows) => {
      const matches = rows.map(({ type, start, length, confidence }) => match(type, start, start + length, confidence))
      const kept = resolveOverlaps(matches)
      expect(resolveOverlaps([...matches].reverse())).toEqual(kept)
      for (let index = 1; index < kept.length; index += 1)
        expect((kept[index] as Match).start).toBeGreaterThanOrEqual((kept[index - 1] as Match).end)
      const surest = Math.max(0, ...matches.map(({ confidence }) => confidence))
      expect(Math.max(0, ...kept.map(({ confidence }) => confidence))).toBe(surest)
    }),
    { seed: 11, numRuns: 300 },
  )
})

test('reads a text as it looks, and finds the way back', () => {
  const original = 'a\u200bｂ\u00a0\u{1d7d9}\u{1d7da}\u2011\u0663z'
  const { text, originalSpan } = readPlainText(original)
  expect(text).toBe('ab 12-3z')
  expect(original.slice(...originalSpan(3, 5))).toBe('\u{1d7d9}\u{1d7da}')
  expect(original.slice(...originalSpan(0, 2))).toBe('a\u200bｂ')
})

const codePoints = fc.oneof(
  fc.integer({ max: 0x2ff, min: 0 }),
  fc.integer({ min: 0x2000, max: 0x20ff }),
  fc.integer({ min: 0, max: 0x10ffff }),
)
const anyText = fc.array(codePoints, { maxLength: 60 }).map((codes) => String.fromCodePoint(...codes))

test('gives a text without disguise back as it is, and nothing that is longer', () => {
  fc.assert(
    fc.property(anyText, (original) => {
      const { text, originalSpan } = readPlainText(original)
      expect(text.length).toBeLessThanOrEqual(original.length)
      const spans = Array.from({ length: text.length }, (_, at) => originalSpan(at, at + 1))
      expect(spans.filter(([start, end]) => start >= end || end > original.length)).toEqual([])
    }),
    { seed: 12, numRuns: 300 },
  )
})
