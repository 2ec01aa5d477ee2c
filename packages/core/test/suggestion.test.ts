import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closestWord } from '../src/index.ts'

test('a slip of the keyboard finds its word, an unrelated word finds nothing', () => {
  const words = ['digits', 'faces', 'threshold']
  for (const slip of ['digit', 'digist', 'Digits', 'dgiits']) expect(closestWord(slip, words)).toBe('digits')
  expect(closestWord('treshhold', words)).toBe('threshold')
  expect(closestWord('banana', words)).toBeUndefined()
  expect(closestWord('d'.repeat(10_000), words)).toBeUndefined()
})

test('a word that is there is its own nearest', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1 }), (words) => {
      expect(closestWord(words[0] as string, words)?.toLowerCase()).toBe(words[0]?.toLowerCase())
    }),
    { seed: 3 },
  )
})
