import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkPersonalData, findPersonalData, redact } from '../../../src/guards/index.ts'
import { generateDocuments } from './generator/documents.ts'

const typesIn = (text: string): string[] => findPersonalData(text).map(({ type }) => type)
const placesIn = (text: string): string[] => findPersonalData(text).map(({ start, end }) => text.slice(start, end))

test('says where, how sure and why, and repeats nothing of it', () => {
  const [match] = findPersonalData('Mail: ann@example.org')
  expect(match).toEqual({ type: 'e-mail', start: 6, end: 21, confidence: 0.99, why: 'mail address, near "mail"' })
})

test('looks for the types asked for only, and for all below one', () => {
  const text = 'ann@example.org, SSN 078-05-1120, PESEL 44051401359, 203.0.113.7'
  expect(findPersonalData(text, { types: ['e-mail'] }).map(({ type }) => type)).toEqual(['e-mail'])
  expect(findPersonalData(text, { types: ['national-id'] })).toHaveLength(2)
  expect(findPersonalData(text, { types: [] })).toEqual([])
})

test('refuses types and countries that it does not know, rather than look for nothing', () => {
  expect(() => findPersonalData('', { types: ['email'] })).toThrow(/expected types of personal data .*found "email"/)
  expect(() => findPersonalData('', { phoneRegions: ['XX'] })).toThrow(/expected countries .*found "XX"/)
})

test('leaves out what is less sure than asked', () => {
  const text = 'the number 078-05-1120'
  expect(findPersonalData(text, { minimumConfidence: 0.9 })).toEqual([])
  expect(findPersonalData(text, { minimumConfidence: 0.6 })).toHaveLength(1)
})

test('knows numbers as they are dialled inside the countries that the host names', () => {
  const text = 'puhelin 040 1234567'
  expect(findPersonalData(text, { types: ['phone'], phoneRegions: [] })).toEqual([])
  expect(findPersonalData(text, { types: ['phone'], phoneRegions: ['FI'] })).toHaveLength(1)
})

test('a word raises a confidence, and one of something else lowers it', () => {
  const confidence = (text: string): number => findPersonalData(text, { minimumConfidence: 0 })[0]?.confidence ?? 0
  expect(confidence('card 4111111111111111')).toBeGreaterThan(confidence('4111111111111111'))
  expect(confidence('invoice 4111111111111111')).toBeLessThan(confidence('4111111111111111'))
})

test('the names of columns speak for their cells', () => {
  expect(typesIn('row;BSN;city\n1;111222333;Delft\n2;123456782;Leiden')).toEqual([
    'national-id/nl-bsn',
    'national-id/nl-bsn',
  ])
})

test.each([
  ['invisible characters', '4111\u200b1111\u200d1111\u00ad1111'],
  ['other spaces', '4111\u00a01111\u20091111\u30001111'],
  ['other dashes', '4111\u20101111\u20111111\u22121111'],
  ['full-width digits', '４１１１１１１１１１１１１１１１'],
  ['Arabic digits', '٤١١١١١١١١١١١١١١١'],
  ['mathematical digits', [...'4111111111111111'].map((d) => String.fromCodePoint(0x1d7d8 + Number(d))).join('')],
])('reads through %s, and gives the place in the text as it is', (_, number) => {
  const text = `ｃａｒｄ: ${number}!`
  expect(findPersonalData(text)).toMatchObject([{ type: 'card', start: 6, end: 6 + number.length }])
})

test('takes what is written in brackets with it', () => {
  expect(placesIn('HKID A123456(3), call (212) 555-0123')).toEqual(['A123456(3)', '(212) 555-0123'])
})

test('ends an address where the next sentence begins', () => {
  expect(placesIn('我的邮箱是li@example.com的，谢谢')).toEqual(['li@example.com'])
})

test('gives one finding for a type, with the places and nothing of the data', () => {
  const findings = checkPersonalData('ann@example.org and bob@example.org', 'answer')
  expect(findings).toMatchObject([
    { rule: 'text/e-mail', severity: 'medium', location: { path: 'answer', offset: 0 }, evidence: { count: 2 } },
  ])
  expect(JSON.stringify(findings)).not.toMatch(/ann|bob/)
})

const pieces = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(...generateDocuments(7, 60).map(({ text }) => text)),
  fc.constantFrom(
    '@',
    '+',
    ':',
    '<',
    '1',
    '12',
    '1234 ',
    '.',
    '-',
    'SSN ',
    'card ',
    '\u200b',
    '\u{1d7ce}',
    '\ud83d',
    'a',
  ),
)
const texts = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''))

test('of any text, gives places in order, inside it, and apart', () => {
  fc.assert(
    fc.property(texts, (text) => {
      let end = 0
      for (const match of findPersonalData(text, { minimumConfidence: 0 })) {
        expect(match.start).toBeGreaterThanOrEqual(end)
        expect(match.end).toBeGreaterThan(match.start)
        expect(match.end).toBeLessThanOrEqual(text.length)
        end = match.end
      }
    }),
    { seed: 5, numRuns: 100 },
  )
})

test('what was read before changes nothing', () => {
  const documents = generateDocuments(9, 40).map(({ text }) => text)
  const first = documents.map((text) => findPersonalData(text))
  expect(documents.reverse().map((text) => findPersonalData(text))).toEqual(first.reverse())
})

test('a redacted document holds none of its labelled values', () => {
  for (const { text, labels } of generateDocuments(8, 200)) {
    const found = findPersonalData(text)
    const redacted = redact(text, found)
    for (const { start, end } of labels) {
      const isFound = found.some((match) => match.start <= start && match.end >= end)
      if (isFound && text.indexOf(text.slice(start, end)) === start)
        expect(redacted).not.toContain(text.slice(start, end))
    }
  }
})
