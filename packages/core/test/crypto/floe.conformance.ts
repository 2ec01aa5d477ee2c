import { createSecretKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type OpenOptions, openFloe, sealFloe } from '../../src/crypto/index.ts'
import { engines } from './engines.ts'
import { floeReaders } from './floe-readers.ts'
import { sharedData } from './shared-data.ts'

// Known answers of Snowflake-Labs/floe-specification: the C++ and Go implementations.
const directory = sharedData('floe/')
const key = createSecretKey(Buffer.alloc(32))

const read = (file: string): Buffer => Buffer.from(readFileSync(new URL(file, directory), 'utf8'), 'hex')
const cases = readdirSync(directory)
  .filter((file) => file.endsWith('_ct.txt'))
  .map((file) => file.slice(0, -'_ct.txt'.length))

/** Gives the IVs that a sealed content shows, in their order: so sealing again must give the same bytes. */
const replay = (sealed: Buffer) => {
  const segmentLength = sealed.readUInt32BE(2)
  const ivs = [sealed.subarray(10, 42)]
  for (let offset = 74; offset < sealed.length; offset += segmentLength)
    ivs.push(sealed.subarray(offset + 4, offset + 16))
  const bytes = (length: number): Buffer => {
    const iv = ivs.shift()
    if (iv?.length !== length) throw new Error(`expected to be asked for ${iv?.length} bytes, got ${length}`)
    return iv
  }
  return { segmentLength, random: { bytes, uuid: () => '' } }
}

test('the known answers are there', () => {
  expect(cases).toHaveLength(6)
})

describe.each(engines)('engine %s', (_, engine) => {
  test.each(cases)('known answer %s: every reader opens it, and sealing with its IVs gives it', async (name) => {
    const sealed = read(`${name}_ct.txt`)
    const content = read(`${name}_pt.txt`)
    const isRotating = name.includes('rotation')
    const associatedData = Buffer.from('This is AAD')
    const options: OpenOptions = { associatedData, engine, ...(isRotating ? { rotationBits: 2 } : {}) }
    for (const open of Object.values(floeReaders)) expect(await open(key, sealed, options)).toEqual(content)
    expect(sealFloe(key, content, { ...options, ...replay(sealed) })).toEqual(sealed)
    // The rotation belongs to the format: another one must not open.
    if (isRotating) expect(() => openFloe(key, sealed, { associatedData, engine })).toThrow('a changed segment 4')
  })
})
