// Another process at the same database: carries out what its parent asks for, and answers with what came of it.
import { createSecretKey } from 'node:crypto'
import { createManualClock, isNootropicError } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { openApiKeys } from '../../src/credentials/api-keys.ts'
import { openMfa, type StepUpAnswer } from '../../src/mfa/mfa.ts'
import { openSessions } from '../../src/sessions/sessions.ts'
import { createSecretStore } from './factors.ts'

const [location = '', seed = '', time = ''] = process.argv.slice(2)
const bytes = Buffer.from(seed, 'hex')
const database = await openDatabase(location)
const keys = await openApiKeys({ database, pepper: createSecretKey(bytes) })
const sessions = await openSessions({ database, policy: { maximumPerSubject: 3, whenFull: 'refuse' } })
// Time stands still for codes and waits: however long a busy machine takes, they are what the test counts on.
const mfa = await openMfa({ database, keys: createSecretStore(bytes), clock: createManualClock(time) })
const nextYear = (): Date => new Date(Date.now() + 365 * 24 * 60 * 60 * 1000)

/** What a parent may ask for. */
export const tasks = {
  prove: async (answer: StepUpAnswer) => (await mfa.prove(answer)).factor,
  replaceCodes: async (id: string) => (await mfa.recoveryCodes.replace({ type: 'user', id })).join(' '),
  session: async (token: string) => (await sessions.authenticate(token)).id,
  renew: async (token: string) => (await sessions.renew(token)).token,
  begin: async (id: string) => (await sessions.create({ subject: { type: 'user', id }, roles: [] })).token,
  key: async (secret: string) => (await keys.authenticate(secret)).id,
  rotate: async (id: string) => (await keys.rotate(id, { overlapMs: 60_000, expiresAt: nextYear() })).secret,
  /** Rotates one key after another until the process is killed. */
  rotateOn: async (id: string) => {
    for (let present = id; ; ) present = (await keys.rotate(present, { overlapMs: 0, expiresAt: nextYear() })).id
  },
}

process.on('message', async ({ task, value }: { task: keyof typeof tasks; value: never }) => {
  try {
    process.send?.(await tasks[task](value))
  } catch (error) {
    process.send?.(isNootropicError(error) ? error.code : String(error))
  }
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
