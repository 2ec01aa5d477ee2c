import { createSecretKey, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openAuditLog } from '../src/audit/log.ts'
import { openApiKeys } from '../src/credentials/api-keys.ts'
import { collect, origin, signingKey, temporaryDirectory } from './support/audit.ts'
import { ended, nextMessage, runScript } from './support/run-script.ts'

// Each process loads everything from source, on a machine that has other work: only one that hangs is late.
vi.setConfig({ testTimeout: 5 * 60_000 })

test('eight processes make, use and revoke keys; a revocation counts at the next use in every one', async () => {
  const location = join(temporaryDirectory(), 'state.db')
  const pepper = randomBytes(32)
  const database = await openDatabase(location)
  onTestFinished(() => database.close())
  const keys = await openApiKeys({ database, pepper: createSecretKey(pepper) })
  // However long a busy machine takes.
  const expiresAt = new Date(Date.now() + 24 * 60 * 60 * 1000)
  const shared = await keys.create({ subject: { type: 'user', id: 'shared' }, roles: [], expiresAt })
  const workers = Array.from({ length: 8 }, () =>
    runScript('./key-worker.ts', location, pepper.toString('hex'), shared.secret),
  )
  const made = await Promise.all(workers.map((worker) => nextMessage<{ revoked: string[]; live: string[] }>(worker)))
  await keys.revoke(shared.id)
  const results = workers.map((worker) => nextMessage<{ wrong: string[] }>(worker))
  for (const worker of workers) worker.send('revoked')
  expect((await Promise.all(results)).flatMap(({ wrong }) => wrong)).toEqual([])
  for (const secret of made.flatMap(({ live }) => live)) await keys.authenticate(secret)
  for (const secret of made.flatMap(({ revoked }) => revoked)) {
    await expect(keys.authenticate(secret)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
  }
  expect(await keys.list()).toHaveLength(8 * 5 + 1)
})

const writerArguments = (directory: string): string[] => [
  directory,
  signingKey.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  origin,
]

test('a writer that is killed loses no acknowledged entry, and of four that come after it one gets the log', async () => {
  const directory = join(temporaryDirectory(), 'audit')
  const writer = runScript('./audit-writer.ts', ...writerArguments(directory))
  const acknowledged: string[] = []
  await new Promise<void>((resolve) => {
    writer.on('message', (message) => {
      if (message !== 'open') acknowledged.push(String(message))
      if (acknowledged.length === 30) resolve()
    })
  })
  await expect(openAuditLog({ directory, signingKey, origin })).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  writer.kill('SIGKILL')
  await ended(writer)

  const successors = Array.from({ length: 4 }, () => runScript('./audit-writer.ts', ...writerArguments(directory)))
  const answers = await Promise.all(successors.map((successor) => nextMessage(successor)))
  expect(answers.filter((answer) => answer === 'open')).toHaveLength(1)
  expect(answers.filter((answer) => answer !== 'open')).toEqual(
    Array.from({ length: 3 }, () => ({ code: 'AUDIT_UNAVAILABLE' })),
  )
  for (const successor of successors) successor.kill('SIGKILL')
  await Promise.all(successors.map(ended))

  const log = await openAuditLog({ directory, signingKey, origin })
  await log.verify()
  const kept = new Set((await collect(log.entries())).map(({ action }) => action))
  expect(acknowledged.filter((action) => !kept.has(action))).toEqual([])
  await log.close()
})
