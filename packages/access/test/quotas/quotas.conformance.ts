import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../../tools/testing/postgres.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { contend } from './processes.ts'
import { quotaContract } from './quota-contract.ts'

// Some 20,000 durable transactions on each engine.
const timeout = 30 * 60_000
const rounds = 1000

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

quotaContract(() => server.createDatabase())

test(`SQLite: ${rounds} rounds of eight processes with kills admit nothing too much`, { timeout }, async () => {
  const { killed } = await contend(join(temporaryDirectory(), 'state.db'), rounds, 20)
  expect(killed).toBeGreaterThan(rounds / 40)
})

test(`PostgreSQL: ${rounds} rounds of eight processes with kills admit nothing too much`, { timeout }, async () => {
  const { killed } = await contend(await server.createDatabase(), rounds, 20)
  expect(killed).toBeGreaterThan(rounds / 40)
})
