import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { systemRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { openPersonalData, sealPersonalData, verifyInclusion } from '../src/audit/index.ts'
import { collect, entry, imageOf, newDirectory, writeLog } from './support/audit.ts'

const memoryKeys = () => {
  const keys = new Map<string, KeyObject>()
  return {
    keys,
    keyFor: async (subject: string) => {
      const keyId = `key-of-${subject.length}`
      const key = keys.get(keyId) ?? createSecretKey(randomBytes(32))
      keys.set(keyId, key)
      return { keyId, key }
    },
    find: async (keyId: string) => keys.get(keyId),
  }
}

test('personal data is erased by destroying its key, and every proof still holds', async () => {
  const keys = memoryKeys()
  const directory = newDirectory()
  const log = await writeLog(directory, [2])
  const data = { address: '192.0.2.77', name: 'Ada' }
  const sealed = await sealPersonalData(entry(2), { subject: 'ada', data, keys, random: systemRandom })
  await log.append(sealed)
  const before = await log.proveInclusion(2)
  for (const bytes of imageOf(directory).values()) expect(bytes.includes('192.0.2.77')).toBe(false)
  const [stored] = await collect(log.entries({ start: 2 }))
  expect(await openPersonalData(stored ?? entry(0), keys)).toEqual({ state: 'present', keyId: 'key-of-3', data })
  expect(await openPersonalData(entry(0), keys)).toEqual({ state: 'none' })
  keys.keys.delete('key-of-3')
  expect(await openPersonalData(stored ?? entry(0), keys)).toEqual({ state: 'erased' })
  expect(await log.proveInclusion(2)).toEqual(before)
  verifyInclusion(before)
  expect((await log.verify()).size).toBe(3)
  await log.close()
})

test('sealed data that was changed, cut, moved to another key, or is another value is refused', async () => {
  const keys = memoryKeys()
  const { details } = await sealPersonalData(entry(0), { subject: 'ada', data: 'x', keys, random: systemRandom })
  await keys.keyFor('grace')
  const personal = details?.personal as { keyId: string; sealed: string }
  const bytes = Buffer.from(personal.sealed, 'base64')
  const forgeries = [...bytes.keys()].map((at) => {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 1
    return { ...personal, sealed: copy.toString('base64') }
  })
  for (const forged of [
    ...forgeries,
    { ...personal, sealed: bytes.subarray(0, 20).toString('base64') },
    { ...personal, sealed: bytes.subarray(0, -1).toString('base64') },
    { ...personal, keyId: 'key-of-5' },
    'text',
  ]) {
    await expect(openPersonalData({ details: { personal: forged } }, keys)).rejects.toMatchObject({
      code: 'AUDIT_CORRUPT',
    })
  }
  const taken = { ...entry(0), details: { personal: 1 } }
  await expect(sealPersonalData(taken, { subject: 'ada', data: 1, keys, random: systemRandom })).rejects.toMatchObject({
    code: 'USAGE',
  })
})
