import { createManualClock, systemRandom } from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import { openPeople } from '../src/people/people.ts'
import { temporaryHome } from './support/people-home.ts'

const ada = { type: 'user', id: 'ada' }
const grace = { type: 'user', id: 'grace' }
const day = 86_400_000

const openAll = async (retentionMs?: number) => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const home = temporaryHome()
  const keys = await openKeyStore({ directory: `${home}/keys`, clock })
  const database = await openDatabase(`${home}/state.db`)
  onTestFinished(() => database.close())
  const open = () => openPeople({ database, keys, clock, random: systemRandom, retentionMs })
  const personalKeys = async () => (await keys.list()).filter(({ purpose }) => purpose === 'personal-data').length
  return { clock, keys, database, open, people: await open(), personalKeys }
}

test('somebody has one pseudonym, whoever asks and however many at once, and another one than anybody else', async () => {
  const { people, open, personalKeys } = await openAll()
  const all = await Promise.all(Array.from({ length: 20 }, () => people.of(ada)))
  expect(new Set(all.map(({ pseudonym }) => pseudonym)).size).toBe(1)
  expect(await personalKeys()).toBe(1)
  const again = await (await open()).of(ada)
  expect(again.pseudonym).toBe(all[0]?.pseudonym)
  expect((await people.of(grace)).pseudonym).not.toBe(again.pseudonym)
  expect(await people.nameOf(again.pseudonym)).toEqual(ada)
  expect(await people.find(ada)).toEqual([{ pseudonym: again.pseudonym, keyId: again.keyId }])
  // The parts are not joined before they are hashed.
  expect(await people.find({ type: 'user:a', id: 'da' })).toEqual([])
})

test('a process that remembers somebody who was erased elsewhere does not go on under the old pseudonym', async () => {
  const { people, open } = await openAll()
  const before = await people.of(ada)
  await (await open()).forget(before)
  const after = await people.of(ada)
  expect(after.pseudonym).not.toBe(before.pseudonym)
  expect(await people.key(before.keyId)).toBeUndefined()
  expect(await people.nameOf(before.pseudonym)).toBeUndefined()
  expect((await people.find(ada)).map(({ keyId }) => keyId)).toEqual([after.keyId])
})

test('with a retention nothing that was sealed is readable for longer, and most of that time it is', async () => {
  const { clock, people, personalKeys } = await openAll(40 * day)
  const sealed: { keyId: string; at: number }[] = []
  for (let at = 0; at < 120; at += 1) {
    sealed.push({ keyId: (await people.of(ada)).keyId, at })
    const before = new Date(clock.now().getTime() - 40 * day)
    await people.forgetBefore(before)
    for (const { keyId, at: then } of sealed) {
      const isReadable = (await people.key(keyId)) !== undefined
      if (at - then >= 40) expect(isReadable, `${at - then} days`).toBe(false)
      if (at - then < 30) expect(isReadable, `${at - then} days`).toBe(true)
    }
    clock.advance(day)
  }
  expect(await personalKeys()).toBeLessThanOrEqual(5)
})

test('a key whose row a crash prevented is removed, and no other', async () => {
  const { clock, keys, people, personalKeys } = await openAll()
  await people.of(ada)
  await keys.createDataKey({ purpose: 'personal-data', id: 'nobody' })
  await keys.createDataKey({ purpose: 'vault', id: 'digits 1.0.0' })
  expect(await people.forgetBefore(new Date(0))).toBe(0)
  clock.advance(2 * 60 * 60 * 1000)
  expect(await people.forgetBefore(new Date(0))).toBe(1)
  expect(await personalKeys()).toBe(1)
  expect((await keys.list()).some(({ purpose }) => purpose === 'vault')).toBe(true)
})

test('a name that was put in the place of another does not open', async () => {
  const { database, people } = await openAll()
  const [one, other] = [await people.of(ada), await people.of(grace)]
  const tables = database.tables<{ nootropic_people: { person: string; sealed_name: string } }>()
  const { sealed_name } = await tables
    .selectFrom('nootropic_people')
    .select('sealed_name')
    .where('person', '=', other.pseudonym)
    .executeTakeFirstOrThrow()
  await tables.updateTable('nootropic_people').set({ sealed_name }).where('person', '=', one.pseudonym).execute()
  await expect(people.nameOf(one.pseudonym)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})
