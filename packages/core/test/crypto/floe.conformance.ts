import { createSecretKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openFloeRotating } from '../../src/crypto/floe-open.ts'
import { openFloe, openFloeStream } from '../../src/crypto/index.ts'
import { sharedData } from './shared-data.ts'
import { collect, inPieces } from './streams.ts'

// Known answers of Snowflake-Labs/floe-specification: the C++ and Go implementations.
const directory = sharedData('floe/')
const key = createSecretKey(Buffer.alloc(32))
const options = { associatedData: Buffer.from('This is AAD') }

const read = (file: string): Buffer => Buffer.from(readFileSync(new URL(file, directory), 'utf8'), 'hex')
const cases = readdirSync(directory)
  .filter((file) => file.endsWith('_ct.txt'))
  .map((file) => file.slice(0, -'_ct.txt'.length))

test('the known answers are there', () => {
  expect(cases).toHaveLength(6)
})

test.each(cases.filter((name) => !name.includes('rotation')))('opens the known answer %s', async (name) => {
  const sealed = read(`${name}_ct.txt`)
  const content = read(`${name}_pt.txt`)
  expect(openFloe(key, sealed, options)).toEqual(content)
  expect(await collect(openFloeStream(key, inPieces(sealed, 17), options))).toEqual(content)
})

test.each(cases.filter((name) => name.includes('rotation')))(
  'opens the known answer %s, key change included',
  (name) => {
    const sealed = read(`${name}_ct.txt`)
    expect(openFloeRotating(key, sealed, options, 2)).toEqual(read(`${name}_pt.txt`))
    // The rotation belongs to the format: another one must not open.
    expect(() => openFloe(key, sealed, options)).toThrow('a changed segment 4')
  },
)
