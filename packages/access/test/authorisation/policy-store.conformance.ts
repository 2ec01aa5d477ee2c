import { afterAll, beforeAll } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../../tools/testing/postgres.ts'
import { describePolicyStore } from './policy-store.contract.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

describePolicyStore('PostgreSQL', () => server.createDatabase())
