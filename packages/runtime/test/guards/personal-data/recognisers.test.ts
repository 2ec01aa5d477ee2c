import { expect, test } from 'vitest'
import { findPersonalData, personalDataTypes } from '../../../src/guards/index.ts'
import { examples } from './examples.ts'

const typesIn = (text: string): string[] => findPersonalData(text).map(({ type }) => type)

test('every type has an example of its issuer or its standard', () => {
  expect([...new Set(examples.map(({ type }) => type))].sort()).toEqual(personalDataTypes)
})

test.each(examples)('knows $type: $value', ({ type, before, value }) => {
  const text = `${before}${value}.`
  const found = findPersonalData(text).filter((match) => match.type === type)
  expect(found).toMatchObject([{ start: before.length, end: before.length + value.length }])
})

const withCheckDigits = examples.filter(({ check }) => check !== undefined)

test.each(withCheckDigits)('asks for the check digit of $type: $value', ({ type, before, value, check }) => {
  const at = check as number
  const place = at < 0 ? value.length + at : at
  const digit = value[place] as string
  const other = /\d/.test(digit) ? String((Number(digit) + 3) % 10) : digit === 'K' ? 'L' : 'K'
  const changed = value.slice(0, place) + other + value.slice(place + 1)
  expect(typesIn(`${before}${changed}.`)).not.toContain(type)
})

test.each([
  ['a Social Security number without a group', 'SSN 123-00-6789'],
  ['an area that is never given', 'SSN 666-12-3456'],
  ['a National Insurance prefix that is never given', 'NI number GB123456A'],
  ['a card of no issuer', 'card 0000 0000 0000 0000'],
  ['an IBAN of a country without any', 'IBAN ZZ68539007547034'],
  ['an IBAN of a wrong length', 'IBAN DE8937040044053201300'],
  ['an octet beyond 255', 'server 192.168.1.256'],
  ['a release', 'version 1.2.3.4'],
  ['a decorator', 'icon@2x.png'],
  ['a package', 'package@1.2.3'],
  ['a mail address without a top label', 'x = a @ b'],
  ['two dots in a local part’s end', 'ann.@example.org'],
  ['a scope operator', 'std::vector a::b'],
  ['a day that is none', 'born 31/31/1980'],
  ['a bitcoin address with another checksum', 'wallet 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb'],
  ['an order number', 'Order 4111111111111112'],
  ['an ISBN', 'ISBN 978-3-16-148410-0'],
  ['a UUID', '550e8400-e29b-41d4-a716-446655440000'],
  ['a commit', 'commit a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'],
  ['a moment', '2024-01-15T10:20:30Z, 1700000000'],
  ['a salutation of nobody', 'Dear Customer, hello World'],
])('takes %s for nothing', (_, text) => {
  expect(typesIn(text)).toEqual([])
})
