import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../tools/testing/postgres.ts'
import { ada, grace, holdEverything } from './support/hold-everything.ts'
import { filesWith, openHome, temporaryHome } from './support/people-home.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

test('PostgreSQL: what is held of a person is exported, erased with a proof, and found no more', async () => {
  const place = temporaryHome()
  const home = await openHome(place, { database: await server.createDatabase() })
  await holdEverything(home)
  await holdEverything(home, grace)
  const held = await home.data.export(ada)
  expect(held).toMatchObject({ apiKeys: [{}], sessions: [{}], quotas: [{}], policyVersions: { namedIn: [1] } })
  expect(held.mentions.length).toBeGreaterThan(0)
  const { statement, proof } = await home.data.erase(ada)
  expect(statement).toMatchObject({ removed: { apiKeys: 1, recoveryCodes: 10 }, tracesErased: false })
  await home.data.verifyErasure(proof)
  expect(await home.data.export(ada)).toMatchObject({ isAnythingHeld: false, auditEntries: [] })
  expect((await home.data.export(grace)).auditEntries.length).toBeGreaterThan(3)
  expect((await home.data.kept()).filter(({ kind }) => kind === 'unknown')).toEqual([])
  await home.log.verify()
  await home.close()
  expect(filesWith(place, ada.id)).toEqual([])
})

const startErasure = (place: string): ChildProcess =>
  fork(fileURLToPath(new URL('./support/erasing-process.ts', import.meta.url)), [place], {
    execArgv: ['--import', 'tsx', '--conditions=@nootropic/source'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })

// Each process loads all of the sources.
const rounds = 8

test(`${rounds} processes killed at any moment of an erasure leave one that is completed by doing it again`, {
  timeout: 240_000,
}, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const place = temporaryHome()
    const before = await openHome(place)
    await holdEverything(before)
    await before.close()
    const child = startErasure(place)
    await once(child, 'message')
    // Across the half second that an erasure takes here, and beyond its end.
    setTimeout(() => child.kill('SIGKILL'), round * 20)
    await once(child, 'exit')
    const home = await openHome(place)
    const { proof } = await home.data.erase(ada)
    await home.data.verifyErasure(proof)
    expect((await home.data.export(ada)).isAnythingHeld).toBe(false)
    await home.log.verify()
    await home.close()
    expect(filesWith(place, ada.id)).toEqual([])
  }
})
