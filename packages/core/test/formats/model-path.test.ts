import { posix, win32 } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAtOrBelow, isInsidePath } from '../../src/formats/index.ts'

const inside = [
  'a',
  'a/b',
  'a/b/c.bin',
  '.a',
  '.git/HEAD',
  '..a',
  'a..',
  'a..b',
  '…',
  'a b',
  ' a',
  'a:b',
  'ab:c:0:9',
  'a/b:c',
  '-',
  '~',
  '%2e%2e',
  'a\nb',
]

const elsewhere = {
  empty: [''],
  'the model itself': ['.', './', '/'],
  'to be resolved': ['./a', 'a/.', 'a/./b', 'a//b', 'a/'],
  upwards: ['..', '../a', 'a/..', 'a/../b', 'a/../../b', '../model/a'],
  'upwards where dots and spaces at the end are dropped': ['.. ', '.. /a', 'a/.. ./b', '...', ' ', 'a/ /b'],
  absolute: ['/a', '//a', '//server/share/a', '/'],
  'with a drive': ['C:', 'C:/', 'c:/a', 'C:\\a'],
  'with a backslash': ['a\\b', '\\a', '\\\\server\\share', '..\\a', '\\\\?\\C:\\a'],
  'with a NUL': ['a\0', '\0', 'a\0/b'],
  'without bytes in UTF-8': ['\ud800', 'a\udc00', '\udc00\ud800'],
}

test.each(Object.entries(elsewhere))('a path is not inside: %s', (_, paths) => {
  for (const path of paths) expect(isInsidePath(path), JSON.stringify(path)).toBe(false)
})

test('other names are, however strange', () => {
  for (const path of inside) expect(isInsidePath(path), JSON.stringify(path)).toBe(true)
})

test('names that differ in case or normal form are two, and the same for both', () => {
  const names = ['\u00e9', 'e\u0301', 'A', 'a', '\u212b', '\u00c5', '\ufb01', 'fi', '\u{1f600}']
  for (const name of names) expect(isInsidePath(`models/${name}`), name).toBe(true)
  expect(new Set(names).size).toBe(names.length)
  expect(isAtOrBelow('a/b', 'A')).toBe(false)
  expect(isAtOrBelow('e\u0301/b', '\u00e9')).toBe(false)
  expect([isAtOrBelow('a', 'a'), isAtOrBelow('a/b', 'a'), isAtOrBelow('ab', 'a'), isAtOrBelow('a', 'a/b')]).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test('whatever passes stays below the model on every system, and is its own shortest spelling', () => {
  const part = fc.oneof(fc.constantFrom('', '.', '..', ' ', 'C:', '~', '\\', '\0', 'a'), fc.string({ maxLength: 4 }))
  const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
  fc.assert(
    fc.property(path, (text) => {
      if (!isInsidePath(text)) return
      for (const [system, root] of [
        [posix, '/models/digits'],
        [win32, 'D:\\models\\digits'],
      ] as const) {
        const location = system.join(root, text)
        expect(location.startsWith(`${root}${system.sep}`)).toBe(true)
        expect(system.relative(root, location).split(system.sep).join('/')).toBe(text)
      }
      expect(Buffer.from(text).toString()).toBe(text)
    }),
    { seed: 4, numRuns: 5000 },
  )
})
