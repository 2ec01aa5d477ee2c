import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mentionOf } from '../../src/privacy/mention.ts'

const ada = mentionOf({ type: 'user', id: 'ada' })

test('somebody is found by name, by type and name, and quoted, and not inside another name', () => {
  const found = ['ada', 'user:ada', 'user "ada"', 'of user:ada, twice', 'ada-runs-digits', '"ada"', 'ada.', '(ada)']
  const others = ['', 'adam', 'canada', 'user:adam', 'ada_2', 'ÿada', 'ada7', 'user "adam"', 'a d a', 'ADA']
  for (const text of found) expect(ada.isIn(text), text).toBe(true)
  for (const text of others) expect(ada.isIn(text), text).toBe(false)
})

test('what is found is replaced, and a word alone is not changed in a record', () => {
  expect(ada.replaceIn('user:ada and "ada", user "ada", adam', 'X')).toBe('X and "X", X, adam')
  expect(ada.replaceInRecord('ada', 'X')).toBe('ada')
  expect(ada.replaceInRecord('user:ada', 'X')).toBe('X')
  expect(ada.replaceInRecord('closed by ada', 'X')).toBe('closed by X')
  expect(ada.replaceIn('ada', '$&')).toBe('$&')
})

test('any name is found where it stands and gone when it is replaced, whatever characters it has', () => {
  const id = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((name) => !name.includes('…'))
  fc.assert(
    fc.property(id, fc.constantFrom('…', '… … ', ''), (name, around) => {
      const { isIn, replaceIn } = mentionOf({ type: 'user', id: name })
      for (const text of [`${around}user:${name}${around}`, `${around}user ${JSON.stringify(name)}`, `(${name})`]) {
        expect(isIn(text)).toBe(true)
        expect(isIn(replaceIn(text, '…'))).toBe(false)
      }
    }),
    { seed: 8, numRuns: 150 },
  )
})
