import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tensor } from '@nootropic/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../tools/testing/postgres.ts'
import { type Nootropic, openNootropic } from '../src/index.ts'

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))
const manifests = fileURLToPath(new URL('../../../examples/guard-a-model/security/models', import.meta.url))
const subject = { type: 'user', id: 'ada' }

let server: TestPostgres
let folder: string
let nootropic: Nootropic

// Records are in PostgreSQL; models, keys and the audit log are files as ever.
const open = (name: string, database: string): Promise<Nootropic> =>
  openNootropic({ home: join(folder, name), manifests, database, isolation: 'none', alertIntervalSeconds: 0 })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nootropic-postgresql-'))
  server = await startPostgres()
  nootropic = await open('home', await server.createDatabase())
})
afterAll(async () => {
  await nootropic?.close()
  await server?.stop()
  await rm(folder, { recursive: true })
})

const image = (): Record<string, Tensor> => ({
  image: { type: 'float32', dims: [1, 1, 28, 28], data: new Float32Array(784).fill(0.5) },
})

test('on PostgreSQL a model is registered, and a session and an API key are of use until they are revoked', async () => {
  await nootropic.register(digits, { name: 'digits', version: '1.0.0', acceptIncomplete: true })
  const { id: keyId, secret } = await nootropic.keys.create({
    subject,
    roles: ['caller'],
    expiresAt: new Date(Date.now() + 60_000),
  })
  const { id: sessionId, token } = await nootropic.sessions.create({ subject, roles: ['caller'] })
  const ask = (credential: string) => nootropic.execute({ model: 'digits', inputs: image(), credential })
  expect(Object.keys((await ask(secret)).outputs)).toEqual(Object.keys((await ask(token)).outputs))
  await nootropic.keys.revoke(keyId)
  await nootropic.sessions.revoke(sessionId)
  for (const credential of [secret, token]) {
    await expect(ask(credential)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
  }
  await expect(nootropic.audit.verify()).resolves.toMatchObject({ origin: 'nootropic.local/audit' })
})
