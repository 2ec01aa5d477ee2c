import { type AuditEntry, createManualClock } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { onTestFinished } from 'vitest'
import type { StepUpOperation } from '../../src/mfa/challenges.ts'
import { type Mfa, openMfa } from '../../src/mfa/mfa.ts'
import { stepMs } from '../../src/mfa/totp-code.ts'
import { ada, codeAt, createSecretStore, operationOf, relyingParty } from './factors.ts'

/** An installation of second factors in memory, with a clock that a test moves. */
export const setUpMfa = async (over: Partial<Parameters<typeof openMfa>[0]> = {}) => {
  const database = over.database ?? (await openDatabase(':memory:'))
  if (over.database === undefined) onTestFinished(() => database.close())
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const entries: AuditEntry[] = []
  const keys = createSecretStore()
  const open = (more: Partial<Parameters<typeof openMfa>[0]> = {}): Promise<Mfa> =>
    openMfa({ database, keys, relyingParty, clock, record: (entry) => void entries.push(entry), ...over, ...more })
  const mfa = await open()
  const enrol = async (subject = ada): Promise<string> => {
    const { id, secret } = await mfa.totp.enrol(subject, { issuer: 'Models', account: subject.id })
    await mfa.totp.confirm(subject, id, codeAt(secret, clock.now()), 'home')
    clock.advance(stepMs)
    return secret
  }
  const prove = async (
    answer: Parameters<Mfa['prove']>[0]['answer'],
    { source = 'home', operation = operationOf() }: { source?: string; operation?: StepUpOperation } = {},
  ) => {
    const { challenge } = await mfa.challenge(operation)
    return mfa.prove({ challenge, operation, source, answer })
  }
  return { database, clock, entries, keys, mfa, open, enrol, prove }
}
