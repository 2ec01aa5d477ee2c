import { createSecretKey, randomBytes } from 'node:crypto'
import { createManualClock } from '@nootropic/core'
import { type Database, openDatabase } from '@nootropic/core/storage'
import type { KyselyPlugin } from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openApiKeys } from '../src/credentials/api-keys.ts'
import { badCredentials, type Credentials, conditions } from './support/bad-credentials.ts'

const work = vi.hoisted(() => ({ hashes: 0, comparisons: 0, statements: 0 }))
vi.mock('node:crypto', async (load) => {
  const crypto = await load<typeof import('node:crypto')>()
  return {
    ...crypto,
    createHmac: (...parameters: Parameters<typeof crypto.createHmac>) => {
      work.hashes += 1
      return crypto.createHmac(...parameters)
    },
    timingSafeEqual: (...parameters: Parameters<typeof crypto.timingSafeEqual>) => {
      work.comparisons += 1
      return crypto.timingSafeEqual(...parameters)
    },
  }
})

const counting: KyselyPlugin = {
  transformQuery({ node }) {
    work.statements += 1
    return node
  },
  transformResult: async ({ result }) => result,
}

test('a wrong key costs one query, one hash and one comparison in constant time, however it is wrong; a typing error none', async () => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const clock = { ...createManualClock('2026-01-01T00:00:00Z'), pass: (by: number) => clock.advance(by), step() {} }
  const counted: Database = {
    ...database,
    tables: <Tables>() => database.tables<Tables>().withPlugin(counting),
  }
  const keys = await openApiKeys({ database: counted, pepper: createSecretKey(randomBytes(32)), clock })
  const all = { keys, clock } as unknown as Credentials
  const costs: Record<string, typeof work> = {}
  for (const condition of conditions) {
    const prepare = badCredentials['API key']?.[condition]
    if (typeof prepare !== 'function') throw new Error(`expected an API key that is ${condition}`)
    const attempt = await prepare(all, { type: 'user', id: condition })
    Object.assign(work, { hashes: 0, comparisons: 0, statements: 0 })
    await expect(attempt()).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
    costs[condition] = { ...work }
  }
  const one = { hashes: 1, comparisons: 1, statements: 1 }
  expect(costs).toEqual({
    forged: one,
    expired: one,
    revoked: one,
    foreign: one,
    replayed: one,
    malformed: { hashes: 0, comparisons: 0, statements: 0 },
  })
})
