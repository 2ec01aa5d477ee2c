import { createSecretKey, randomBytes } from 'node:crypto'
import { type AuditEntry, createManualClock, NootropicError } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { onTestFinished } from 'vitest'
import type { GateOptions, GuardedOperation } from '../../src/guard/gate.ts'
import type { Quota } from '../../src/quotas/quota.ts'
import { openQuotas } from '../../src/quotas/quotas.ts'

export const good = randomBytes(24).toString('hex')
export const suspended = createSecretKey(randomBytes(24)).export().toString('hex')
export const model = 'digits'
export const requests: Quota = {
  id: 'requests',
  measure: 'requests',
  kind: 'window',
  limit: 3,
  windowSeconds: 60,
  per: [],
}
const tokens: Quota = { id: 'tokens', measure: 'tokens', kind: 'window', limit: 100, windowSeconds: 60, per: [] }

/** Everything a guard is made of, and what was written down. */
export const createHost = async (quotas: readonly Quota[] = [requests, tokens]) => {
  const database = await openDatabase(':memory:')
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const store = await openQuotas({ database, quotas, clock })
  onTestFinished(async () => {
    store.close()
    await database.close()
  })
  const entries: AuditEntry[] = []
  const errors: unknown[] = []
  const state = { failAudit: false, failAuthenticator: false, failQuota: false }
  const options: GateOptions = {
    authenticator: {
      authenticate: async (credential) => {
        if (state.failAuthenticator)
          throw new NootropicError('STORAGE_FAILED', 'expected a database, found none at /srv')
        if (credential === good) return { type: 'user', id: 'ada' }
        if (credential === suspended) return { type: 'user', id: 'eve' }
        throw new NootropicError('CREDENTIAL_INVALID', 'expected a valid API key, got another')
      },
    },
    authorizer: {
      authorize: async ({ subject }) =>
        subject.id === 'ada'
          ? { decision: true, context: { reason: 'permitted by "secret-rule"', rules: ['secret-rule'] } }
          : { decision: false, context: { reason: 'forbidden by "secret-rule"', rules: ['secret-rule'] } },
    },
    quotas: {
      ...store,
      reserve: (request) =>
        state.failQuota ? Promise.reject(new NootropicError('STORAGE_FAILED', 'no disk')) : store.reserve(request),
    },
    audit: async (entry) => {
      if (state.failAudit) throw new NootropicError('AUDIT_UNAVAILABLE', 'expected to write the log, found a full disk')
      entries.push(entry)
    },
    onError: (error) => errors.push(error),
    clock,
  }
  const remaining = async () =>
    Object.fromEntries((await store.states({ type: 'user', id: 'ada' }, model)).map((one) => [one.id, one.remaining]))
  return { options, entries, errors, state, remaining, clock, store }
}

export const operation: GuardedOperation = {
  action: { name: 'execute' },
  resource: { type: 'model', id: model },
  cost: { tokens: 10 },
}
export const outcomes = (entries: readonly AuditEntry[]): string[] =>
  entries.map(({ category, actor, action, outcome }) => `${category} ${actor} ${action} ${outcome}`)
