import { elementTypes, type Tensor, tensorArrays } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDataset } from '../src/commands/dataset-json.ts'
import { parseTensors, tensorsToJson } from '../src/commands/tensor-json.ts'

const tensor: fc.Arbitrary<Tensor> = fc
  .record({ type: fc.constantFrom(...elementTypes), bytes: fc.uint8Array({ minLength: 0, maxLength: 64 }) })
  .map(({ type, bytes }) => {
    if (type === 'string') return { type, dims: [bytes.length], data: Array.from(bytes, (byte) => `text ${byte}`) }
    const Data = tensorArrays[type]
    const length = Math.floor(bytes.length / Data.BYTES_PER_ELEMENT)
    const data = new Data(bytes.slice().buffer, 0, length)
    // JSON has no NaN and no infinities.
    if (data instanceof Float32Array || data instanceof Float64Array)
      data.set(data.map((value) => (Number.isFinite(value) ? value : 1)))
    return { type, dims: [length], data }
  })

test('tensors survive JSON, 64-bit integers included', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), tensor), (tensors) => {
      const read = parseTensors(JSON.stringify(tensorsToJson(tensors)), 'inputs.json')
      expect(JSON.stringify(tensorsToJson(read))).toBe(JSON.stringify(tensorsToJson(tensors)))
    }),
    { seed: 22, numRuns: 500 },
  )
})

test.each([
  ['no JSON', 'hello', 'not JSON'],
  ['a type that does not exist', '{"x":{"type":"float","dims":[1],"data":[1]}}', 'type'],
  ['a fraction for an integer of 64 bits', '{"x":{"type":"int64","dims":[1],"data":[0.5]}}', 'cannot hold'],
  ['a number beyond its type', '{"x":{"type":"uint8","dims":[1],"data":[300]}}', 'element 0'],
  ['a number beyond 64 bits', '{"x":{"type":"int64","dims":[1],"data":["9223372036854775808"]}}', 'element 0'],
  ['a word for an integer', '{"x":{"type":"int32","dims":[2],"data":[1,"one"]}}', 'element 1'],
  ['a word for a fraction', '{"x":{"type":"float32","dims":[1],"data":["half"]}}', 'element 0'],
  ['a key that nobody defined', '{"x":{"type":"int8","dims":[1],"data":[1],"shape":[1]}}', 'shape'],
])('%s is one typed error that names the file', (_, text, found) => {
  expect(() => parseTensors(text, 'inputs.json')).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('inputs.json') }),
  )
  expect(() => parseTensors(text, 'inputs.json')).toThrow(found)
})

test('a dataset needs inputs and their domain', () => {
  const inputs = { type: 'float32', dims: [1, 2], data: [0, 1] }
  expect(parseDataset(JSON.stringify({ inputs, domain: [0, 1] }), 'data.json').inputs.data).toEqual(
    Float32Array.of(0, 1),
  )
  expect(() => parseDataset(JSON.stringify({ inputs }), 'data.json')).toThrow(
    expect.objectContaining({ code: 'USAGE' }),
  )
})

test('of a file in which everything is wrong only the first problems are told', () => {
  const text = JSON.stringify({ x: { type: 'int8', dims: [1000], data: Array.from({ length: 1000 }, () => null) } })
  let message = ''
  try {
    parseTensors(text, 'inputs.json')
  } catch (error) {
    message = (error as Error).message
  }
  expect(message).toContain('inputs.json')
  expect(message.length).toBeLessThan(2000)
})
