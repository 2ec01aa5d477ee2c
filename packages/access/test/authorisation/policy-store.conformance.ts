import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../../tools/testing/postgres.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { describePolicyProcesses, describePolicyStore } from './policy-store.contract.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

describePolicyProcesses('SQLite', async () => join(temporaryDirectory(), 'state.db'))
describePolicyStore('PostgreSQL', () => server.createDatabase())
describePolicyProcesses('PostgreSQL', () => server.createDatabase())
