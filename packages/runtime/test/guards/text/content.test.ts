import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact } from '../../../src/guards/redact.ts'
import { checkContent } from '../../../src/guards/text/content/check-content.ts'
import { checkJson, deepestJson } from '../../../src/guards/text/content/check-json.ts'
import { findUrls, type UrlOptions } from '../../../src/guards/text/content/find-urls.ts'
import { createTermFilter } from '../../../src/guards/text/content/term-filter.ts'

const filter = createTermFilter({
  blocked: { names: ['Blue Heron', 'cock'], other: ['禁止', 'α-test'] },
  allowed: ['cock pit'],
})
const redacted = (text: string): string => redact(text, filter.find(text))

test.each([
  ['the Blue Heron plan', 'the [names] plan'],
  ['BLUE  HERON, blue-heron; Blüe\nh3r0n', '[names], [names]; [names]'],
  ['b\u200blue her\u00adon and \u0432lue heron', '[names] and \u0432lue heron'],
  ['Blu\u0435 H\u0435ron', '[names]'],
  ['\uff22\uff4c\uff55\uff45 heron', '[names]'],
  ['b\u0336l\u0336u\u0336e\u0336 heron', '[names]'],
  ['blue herons, bluest heron', 'blue herons, bluest heron'],
  ['peacock, cock, cock pit', 'peacock, [names], cock pit'],
  ['これは禁止です', 'これは[other]です'],
  ['an α test', 'an [other]'],
  ['', ''],
])('of %j is left %j', (text, left) => {
  expect(redacted(text)).toBe(left)
})

test('terms inside words are found when that is asked for', () => {
  expect(createTermFilter({ blocked: { x: ['cock'] }, insideWords: true }).find('peacocks')).toMatchObject([
    { type: 'content/x', start: 3, end: 7, why: 'term 1 of the list' },
  ])
})

test('terms that overlap are all found', () => {
  const types = createTermFilter({ blocked: { a: ['she'], b: ['he'], c: ['hers'] }, insideWords: true })
    .find('ushers')
    .map(({ type, start, end }) => [type, start, end])
  expect(types).toEqual([
    ['content/a', 1, 4],
    ['content/b', 2, 4],
    ['content/c', 2, 6],
  ])
})

test('the automaton finds what a plain search finds', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ') }),
      (terms, text) => {
        const found = createTermFilter({ blocked: { x: terms }, insideWords: true })
          .find(text)
          .map(({ start, end }) => `${start} ${end}`)
        const expected = terms.flatMap((each) =>
          Array.from(text, (_, at) => at).flatMap((at) =>
            text.startsWith(each, at) ? [`${at} ${at + each.length}`] : [],
          ),
        )
        expect(found.sort()).toEqual(expected.sort())
      },
    ),
    { seed: 20_261_126, numRuns: 500 },
  )
})

test('a text costs a step for each character, and one for each term that ends there', () => {
  const terms = createTermFilter({ blocked: { x: ['a'.repeat(50), `${'a'.repeat(49)}b`] } })
  const work = { steps: 0 }
  terms.find('a'.repeat(100_000), work)
  expect(work.steps).toBeLessThanOrEqual(100_002)
})

test('lists that cannot work are refused', () => {
  expect(() => createTermFilter({ blocked: { x: ['!!'] } })).toThrow(/^expected terms with letters/)
  expect(() => createTermFilter({ blocked: { 'Not A Name': ['a'] } })).toThrow(/^expected categories/)
  const terms = Array.from({ length: 20_001 }, (_, index) => `t${index}`)
  expect(() => createTermFilter({ blocked: { x: terms } })).toThrow(/^expected at most 20000 terms/)
})

const objections = (text: string, options: UrlOptions = {}): string[] => findUrls(text, options).map(({ why }) => why)

test('addresses are judged by scheme and host', () => {
  expect(objections('https://example.com/a, mailto:a@b.example and www.example.org.')).toEqual([])
  expect(objections('javascript:alert(1) file:///etc/passwd data:text/html,x')).toEqual([
    'the scheme "javascript"',
    'the scheme "file"',
    'the scheme "data"',
  ])
  expect(objections('https://example.com@evil.example')).toEqual([
    'credentials, or a host that is made to look like another',
  ])
  expect(objections('http://2130706433/ http://[::1]/x http://127.1/')).toEqual(Array(3).fill('a host without name'))
  expect(objections('http://[::1')).toEqual(['an address that cannot be read'])
  expect(objections('https://ex\u0430mple.com')).toEqual(['a host with letters beyond ASCII'])
})

test('lists of hosts include the hosts under them, and nothing that only ends alike', () => {
  const allowedHosts = ['example.com']
  expect(objections('https://a.example.com https://EXAMPLE.com. http://example.com:80/x', { allowedHosts })).toEqual([])
  expect(objections('https://notexample.com https://example.com.evil.test', { allowedHosts })).toHaveLength(2)
  expect(objections('https://a.evil.test', { blockedHosts: ['evil.test'] })).toEqual(['a blocked host'])
})

test('JSON is held against the members declared', () => {
  const rules = (text: string): string[] =>
    checkJson(text, 'answer', {
      members: { label: 'string', score: 'number', note: 'string' },
      optional: ['note'],
    }).map(({ rule }) => rule)
  expect(rules('{"label":"a","score":1}')).toEqual([])
  expect(rules('{"label":"a","score":1')).toEqual(['text/json-malformed'])
  expect(rules('[1]')).toEqual(['text/json-kind'])
  expect(rules('{"label":"a"}')).toEqual(['text/json-member'])
  expect(rules('{"label":"a","score":1,"__proto__":1}')).toEqual(['text/json-member'])
  expect(rules('{"label":1,"score":null}')).toEqual(['text/json-kind', 'text/json-kind'])
})

test('JSON is not parsed deeper than its limit', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  expect(checkJson(nested(deepestJson), 'answer')).toEqual([])
  expect(checkJson(nested(1_000_000), 'answer')[0]?.message).toBe(
    `expected at most ${deepestJson} levels, found 1000000`,
  )
  expect(checkJson(JSON.stringify('['.repeat(1000)), 'answer')).toEqual([])
})

test('content is checked as a whole', () => {
  const rules = (text: string): string[] =>
    checkContent(text, 'answer', { maximumLength: 40, terms: filter, urls: { allowedHosts: [] }, json: {} }).map(
      ({ rule }) => rule,
    )
  expect(rules('"fine"')).toEqual([])
  expect(rules('Blue Heron https://a.example')).toEqual([
    'text/content/names',
    'text/content/url',
    'text/json-malformed',
  ])
  expect(rules('x'.repeat(41))).toEqual(['text/too-long'])
})
