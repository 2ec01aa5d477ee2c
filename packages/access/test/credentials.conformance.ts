import { afterAll, beforeAll } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../tools/testing/postgres.ts'
import { credentialContract } from './support/credential-contract.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

credentialContract(() => server.createDatabase())
