import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { parseNpyType } from '../src/scan/python/npy-dtype.ts'
import { parsePythonLiteral } from '../src/scan/python/python-literal.ts'
import { callOf, headerOf, npyOf, pickleOf } from './support/python-files.ts'

const typeOf = (descriptor: string) => {
  const literal = parsePythonLiteral(descriptor)
  return 'found' in literal ? undefined : parseNpyType(literal)
}

test('CVE-2019-6446: an array whose objects are a hostile pickle is blocked, whatever its version', async () => {
  for (const version of [1, 2, 3]) {
    const report = await scan(npyOf(headerOf("'|O'", '(1,)'), callOf('os', 'system', 'true'), { version }))
    expect([version, report.verdict, report.subject.format]).toEqual([version, 'fail', 'npy'])
    expect(report.findings.some(({ rule }) => rule.startsWith('pickle/'))).toBe(true)
  }
})

test('an array of harmless objects passes and says that it is a pickle', async () => {
  const report = await scan(npyOf(headerOf("'|O'", '(1,)'), pickleOf('N')))
  expect(report.verdict).toBe('pass')
  expect(report.findings.map(({ rule }) => rule)).toEqual(['python/npy-object-array'])
})

test('an object in a field of a field is found', async () => {
  const header = headerOf("[('a', [('b', '<i4'), ('c', [('d', '|O', (2,))])])]", '(1,)')
  const report = await scan(npyOf(header, callOf('os', 'system', 'true')))
  expect(report.verdict).toBe('fail')
})

test('the pickle of a second array is read too', async () => {
  const first = npyOf(headerOf("'<f4'", '(2,)'), Buffer.alloc(8))
  const second = npyOf(headerOf("'|O'", '(1,)'), callOf('os', 'system', 'true'))
  expect((await scan(Buffer.concat([first, second]))).verdict).toBe('fail')
})

test('a pickle behind a type that numpy does not spell so is read for what it is', async () => {
  const report = await scan(npyOf(headerOf("'object'", '(1,)'), callOf('os', 'system', 'true')))
  expect(report.findings.map(({ rule }) => rule).some((rule) => rule.startsWith('pickle/'))).toBe(true)
})

// As numpy 1.24 writes the types of one array each.
test.each([
  ["'|b1'", 1n],
  ["'>i2'", 2n],
  ["'<f16'", 16n],
  ["'<c32'", 32n],
  ["'|S0'", 0n],
  ["'<U7'", 28n],
  ["'<M8[D]'", 8n],
  ["'<m8'", 8n],
  ["[('a', '|i1'), ('', '|V7'), ('b', '<f8')]", 16n],
  ["[('x', '<f4', (2, 3)), ('y', [('z', '<i2'), ('w', '|S2')])]", 28n],
  ["[(('title', 'nm'), '<i4')]", 4n],
  ['[("we\'ird\\"\\n", \'<i4\')]', 4n],
])('the type %s takes %s bytes', (descriptor, itemSize) => {
  expect(typeOf(descriptor)).toEqual({ itemSize, hasObjects: false })
})

test('what is no literal of Python is refused, and where it ends is said', () => {
  for (const source of ['1 + 1', 'f()', "'a", '{1: }', '[1,,2]', "'\\x4'", '1__0', 'Tru', '']) {
    expect([source, 'found' in parsePythonLiteral(source)]).toEqual([source, true])
  }
  expect(parsePythonLiteral("{'a': (1, -2L), 'b': [u'\\u00e9', None]}  \n")).toEqual({
    kind: 'dictionary',
    entries: [
      [
        { kind: 'text', value: 'a' },
        {
          kind: 'tuple',
          items: [
            { kind: 'integer', value: 1n },
            { kind: 'integer', value: -2n },
          ],
        },
      ],
      [
        { kind: 'text', value: 'b' },
        {
          kind: 'list',
          items: [
            { kind: 'text', value: 'é' },
            { kind: 'constant', value: undefined },
          ],
        },
      ],
    ],
  })
})
