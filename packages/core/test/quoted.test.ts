import { expect, test } from 'vitest'
import { printable, quoted } from '../src/quoted.ts'

test('a foreign text cannot end a line, move a cursor, reorder what is read or fill a log', () => {
  expect(printable('a\n\u001b[2J\u009b\u202e\u2028\ud800b')).toBe('a\uFFFD\uFFFD[2J\uFFFD\uFFFD\uFFFD\uFFFDb')
  expect(quoted('x'.repeat(1e6)).length).toBeLessThan(70)
})
