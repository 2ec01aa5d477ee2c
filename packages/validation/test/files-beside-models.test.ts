import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { field } from './support/model-files.ts'

const bigEndian = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * numbers.length)
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * index)
  return bytes
}
const named = (name: string): Buffer => Buffer.concat([bigEndian(name.length), Buffer.from(name.padEnd(4, '\0'))])

/** A font of two tables of eight bytes each. */
const font = ({ version = Buffer.of(0, 1, 0, 0), end = 44 + 16, tables = ['head', 'maxp'] } = {}): Buffer =>
  Buffer.concat([
    version,
    Buffer.of(0, 2, 0, 32, 0, 1, 0, 0),
    ...tables.map((table, index) => Buffer.concat([Buffer.from(table), bigEndian(0, index === 0 ? 44 : end - 8, 8)])),
    Buffer.alloc(16, 1),
  ])

/** A dimension `x` of two, a text, and a variable `a` over it. */
const netcdf = ({ tag = 0x0a, begin = 108, text = 'ab' } = {}): Buffer =>
  Buffer.concat([
    Buffer.from('CDF\x01', 'latin1'),
    bigEndian(0, tag, 1),
    named('x'),
    bigEndian(2, 0x0c, 1),
    named('note'),
    bigEndian(2),
    named(text),
    bigEndian(0x0b, 1),
    named('a'),
    bigEndian(1, 0, 0, 0, 5, 8, begin),
    Buffer.alloc(8, 1),
  ])

/** A tensor of two floats. */
const tensor = (...more: readonly Buffer[]): Buffer =>
  Buffer.concat([
    field(1, 2),
    field(2, 1),
    field(8, 'x'),
    field(9, Buffer.from(Float32Array.of(0.5, 3).buffer)),
    ...more,
  ])

const outcome = async (bytes: Buffer): Promise<readonly string[]> => {
  const { subject, verdict, findings } = await scan(bytes)
  return [subject.format, verdict, ...findings.map(({ rule }) => rule)]
}

test('fonts are told by their directory of tables', async () => {
  expect(await outcome(font())).toEqual(['font', 'pass'])
  expect(await outcome(font({ version: Buffer.from('OTTO') }))).toEqual(['font', 'pass'])
  expect(await outcome(font({ tables: ['head', 'xxxx'] }))).toEqual(['unknown', 'incomplete'])
  expect(await outcome(font({ end: 400 }))).toEqual(['font', 'pass', 'models/media-truncated'])
})

test('a file behind a font is read', async () => {
  const hidden = Buffer.from('\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.', 'latin1')
  const [format, verdict, ...rules] = await outcome(Buffer.concat([font(), hidden]))
  expect([format, verdict]).toEqual(['font', 'fail'])
  expect(rules).toEqual(expect.arrayContaining(['models/media-trailing-data', 'pickle/dangerous-call']))
})

test('NetCDF is read up to its values', async () => {
  expect(await outcome(netcdf())).toEqual(['netcdf', 'pass'])
  expect(await outcome(netcdf({ tag: 0x0b }))).toEqual(['netcdf', 'fail', 'models/malformed'])
  expect(await outcome(netcdf({ begin: 5000 }))).toEqual(['netcdf', 'fail', 'models/malformed'])
  expect(await outcome(netcdf().subarray(0, 40))).toEqual(['netcdf', 'fail', 'models/malformed'])
})

test('a tensor of ONNX alone is told by the length of its values', async () => {
  expect(await outcome(tensor())).toEqual(['onnx-tensor', 'pass'])
  expect(await outcome(tensor(field(1, 3)))).toEqual(['unknown', 'incomplete'])
  expect(await outcome(tensor(field(9, 'more')))).toEqual(['unknown', 'incomplete'])
})

test('a tensor that keeps its values elsewhere is not passed', async () => {
  const location = field(13, [field(1, 'location'), field(2, '/etc/passwd')])
  expect(await outcome(tensor(location, field(14, 1)))).toEqual(['unknown', 'incomplete'])
})
