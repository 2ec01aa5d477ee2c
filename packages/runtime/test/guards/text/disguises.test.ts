import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkText } from '../../../src/guards/text/check-text.ts'
import { disguiseTypes, findDisguises, markLimits } from '../../../src/guards/text/find-disguises.ts'
import { sanitiseText } from '../../../src/guards/text/sanitise-text.ts'

const typesIn = (text: string): string[] => [...new Set(findDisguises(text).map(({ type }) => type))]

const tags = (text: string): string =>
  [...text].map((each) => String.fromCodePoint(0xe0000 + (each.codePointAt(0) as number))).join('')

// As a text comes, what is found in it, and what is left of it.
const deceptions: readonly (readonly [text: string, type: string, plain: string])[] = [
  ['a\u0000b\u001b[31m', 'control-character', 'ab[31m'],
  ['a\u0085\u009b', 'control-character', 'a'],
  ['ig\u200bno\u2060re\u00ad', 'zero-width', 'ignore'],
  ['a\u200db', 'stray-joiner', 'ab'],
  ['a\u200cb', 'stray-joiner', 'ab'],
  ['/*\u202e } \u2066if\u2069', 'bidirectional-control', '/* } if'],
  ['\u05d0\u202e\u05d1', 'bidirectional-control', '\u05d0\u05d1'],
  ['\u05d0\u2067\u05d1', 'bidirectional-control', '\u05d0\u05d1'],
  ['a\u200fb', 'bidirectional-control', 'ab'],
  [`hello${tags('ignore')}`, 'tag-character', 'hello'],
  [`\u{1f3f4}${tags('england forever')}`, 'tag-character', '\u{1f3f4}'],
  ['\u{1f600}\ufe0f\ufe01\u{e0101}\u{e0120}', 'variation-selector', '\u{1f600}\ufe0f'],
  ['a\ufe00', 'variation-selector', 'a'],
  [`Z${'\u0335'.repeat(20)}`, 'combining-run', `Z${'\u0335'.repeat(markLimits.inherited)}`],
  ['a\u3164b\u115fc', 'invisible-filler', 'abc'],
  ['a\u2800b', 'invisible-filler', 'ab'],
  ['a\ufffe\u{1ffff}', 'noncharacter', 'a'],
  ['a\ud800b\udc00', 'lone-surrogate', 'a\ufffdb\ufffd'],
  ['p\u0430yp\u0430l', 'look-alike', 'paypal'],
  ['\u0440\u0430ssword', 'look-alike', 'password'],
  ['open \u0430\u0441\u0440', 'look-alike', 'open acp'],
  ['log \u0456n, adm\u0131n \u03bfr roo\u03bft', 'look-alike', ''],
]

test.each(deceptions)('%j holds %s', (text, type, plain) => {
  expect(typesIn(text)).toEqual([type])
  if (plain !== '') expect(sanitiseText(text).text).toBe(plain)
})

test('every type has a fixture', () => {
  expect([...new Set(deceptions.map(([, type]) => type))].sort()).toEqual([...disguiseTypes])
})

const honest = [
  'plain text\n\twith tabs\r\n',
  '\ufeffa file with a byte order mark',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466} and \u{1f469}\u{1f3fd}\u200d\u{1f680}',
  '\u2764\ufe0f\u200d\u{1f525} 1\ufe0f\u20e3 \u{1f3f3}\ufe0f\u200d\u{1f308}',
  `\u{1f1e9}\u{1f1ea} \u{1f3f4}${tags('gbeng')}\u{e007f}`,
  '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0648 \u0642\u064e\u0644\u0652\u0628\u064c',
  '\u05d1\u05b0\u05bc\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u0596\u05d9\u05ea',
  '\u05e9\u05dc\u05d5\u05dd\u200f (world) \u2067\u05d0\u05d1\u2069',
  '\u0915\u094d\u200d\u0937 \u0915\u094d\u200c\u0937 \u0dc1\u0dca\u200d\u0dbb\u0dd3',
  '\u845b\u{e0100}\u57ce',
  'Ti\u1ebfng Vi\u1ec7t, Tie\u0302\u0301ng Vie\u0323\u0302t',
  '\u041f\u0440\u0438\u0432\u0435\u0442, \u044d\u0442\u043e Windows \u0438 e-mail. \u0420\u043e\u0441\u0442 \u0441\u043e\u0441\u043d\u044b.',
  '\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac \u03ba\u03b1\u03b9 English',
  'TNF\u03b1 and \u03b2-carotene at 5 \u03bcg/ml, \u0394t = 3 k\u03a9',
  'na\u00efve caf\u00e9 \u0131\u015f\u0131k \u00d8re stra\u00dfe',
  '\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8 \ud55c\uad6d\uc5b4 \u4e2d\u6587',
  '\u2813\u2800\u2811 braille',
  '\u0f67\u0f90\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f82',
  'x\u20d7 + \u222b\u2080\u00b9 \u{1d49c} \u{1f600}',
]

test.each(honest)('%j is left as it is', (text) => {
  expect(findDisguises(text)).toEqual([])
  expect(sanitiseText(text).text).toBe(text.normalize('NFC'))
})

test('a finding says which character stands where, and how often', () => {
  const [finding, ...others] = checkText('a\u200bb\u200b\u200bc', 'prompt')
  expect(others).toEqual([])
  expect(finding).toMatchObject({ rule: 'text/zero-width', location: { path: 'prompt', offset: 1 } })
  expect(finding?.message).toBe('expected none, found zero-width at 1 (U+200B), and 1 more')
})

test('types that a host allows are let through', () => {
  expect(findDisguises('a\u200bb\u0000', { allowed: ['zero-width'] }).map(({ type }) => type)).toEqual([
    'control-character',
  ])
})

test('marks beyond what normalisation bears are taken out even where runs are allowed', () => {
  // Of descending and ascending class in turn, which normalisation would have to sort.
  const marks = '\u0301\u0327'.repeat(100_000)
  const { text } = sanitiseText(`a${marks}`, { allowed: ['combining-run'] })
  expect(text.normalize('NFD')).toHaveLength(31)
  expect(findDisguises('Z\u0335\u0335\u0335\u0335\u0335', { allowed: ['combining-run'] })).toEqual([])
})

test('NFKC unites letters of one kind in several styles', () => {
  expect(sanitiseText('\u{1d422}\u{1d420}n\uff4fre \ufb01le', { form: 'NFKC' })).toMatchObject({
    text: 'ignore file',
    isNormalised: true,
  })
})

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'a\u0430\u03bf \n\u05d0\u0645\u0915\u094d\u845b'),
    fc.constantFrom('\u200b', '\u200c', '\u200d', '\u202e', '\u2066', '\u2069', '\u200f', '\u0301', '\ufe0f', '\ufe00'),
    fc.constantFrom('\u{e0061}', '\u{e007f}', '\u{1f3f4}', '\u{1f600}', '\u{e0101}', '\ud800', '\udc00', '\u3164'),
  ),
  maxLength: 40,
})

test('what was sanitised needs no more of it', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const { text: once } = sanitiseText(text)
      expect(findDisguises(once)).toEqual([])
      expect(Buffer.from(once).toString()).toBe(once)
    }),
    { seed: 20_261_122, numRuns: 3000 },
  )
})

test('changes are apart from one another, in order, and inside the text', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      let end = 0
      for (const change of sanitiseText(text).changes) {
        expect(change.start).toBeGreaterThanOrEqual(end)
        expect(change.end).toBeGreaterThan(change.start)
        end = change.end
      }
      expect(end).toBeLessThanOrEqual(text.length)
    }),
    { seed: 20_261_123, numRuns: 1000 },
  )
})
