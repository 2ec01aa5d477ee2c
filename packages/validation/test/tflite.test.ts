import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import {
  builtin,
  custom,
  flatBuffer,
  operator,
  subgraph,
  table,
  tables,
  tensor,
  tflite,
  tfliteOf,
} from './support/tflite.ts'

const relu = builtin(19)

test('a harmless model passes, and one that calls back into Python fails', async () => {
  const harmless = await scan(tfliteOf(relu))
  expect([harmless.subject.format, harmless.verdict, harmless.findings]).toEqual(['tflite', 'pass', []])
  expect((await scan(tfliteOf(custom('FlexPyFunc')))).verdict).toBe('fail')
  expect((await scan(tfliteOf(custom('FlexReadFile')))).verdict).toBe('fail')
})

test('buffers that stand behind the FlatBuffer are inside the file or reported', async () => {
  const bufferAt = (offset: number): Buffer =>
    flatBuffer(
      table({
        1: tables(relu),
        2: tables(subgraph([tensor([4], 1), tensor([4])], [operator(0, [0], [1])])),
        4: tables(table({}), table({ 1: offset, 2: 16 })),
      }),
      'TFL3',
    )
  // Offsets have 64 bits in the schema; the upper half is what stands behind the lower one.
  expect((await scan(bufferAt(2 ** 30))).findings.map(({ rule }) => rule)).toContain('tensorflow/lite-malformed')
})

test('operators with many inputs are read in time', async () => {
  const inputs = Array.from({ length: 5000 }, () => 0)
  const operators = Array.from({ length: 50 }, () => operator(0, inputs, [1]))
  const file = tflite({ codes: [relu], subgraphs: [subgraph([tensor([1]), tensor([1])], operators)] })
  await scan(file)
})
