import { createSecretKey, randomBytes } from 'node:crypto'
import { createManualClock } from '@nootropic/core'
import { type Database, openDatabase } from '@nootropic/core/storage'
import { afterEach, expect, test } from 'vitest'
import { openPolicyStore } from '../../src/authorisation/policy-store.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { openApiKeys } from '../../src/credentials/api-keys.ts'
import { openMfa } from '../../src/mfa/mfa.ts'
import { openSubjectRecords } from '../../src/privacy/subject-records.ts'
import { openQuotas } from '../../src/quotas/quotas.ts'
import { openSessions } from '../../src/sessions/sessions.ts'
import { createSecretStore } from '../support/factors.ts'

const ada = { type: 'user', id: 'ada' }
const others = [
  { type: 'user', id: 'adam' },
  { type: 'service', id: 'ada' },
]
const day = 86_400_000

/** What access holds of people and how it lets go of it, alike on every engine. `newLocation` names an empty database. */
export const subjectRecordsContract = (newLocation: () => Promise<string>): void => {
  let database: Database | undefined
  afterEach(() => database?.close())

  const openAll = async () => {
    database = await openDatabase(await newLocation())
    const clock = createManualClock('2026-01-01T00:00:00Z')
    const keys = await openApiKeys({ database, clock, pepper: createSecretKey(randomBytes(32)) })
    const sessions = await openSessions({ database, clock })
    const mfa = await openMfa({ database, clock, keys: createSecretStore() })
    const policies = await openPolicyStore({ database, clock })
    const quotas = await openQuotas({
      database,
      clock,
      quotas: [{ id: 'a', measure: 'requests', kind: 'window', limit: 9, windowSeconds: 60, per: ['subject'] }],
    })
    quotas.close()
    const records = await openSubjectRecords({ database, clock })
    return { clock, keys, mfa, policies, quotas, records, sessions }
  }

  const hold = async (all: Awaited<ReturnType<typeof openAll>>, subject: typeof ada): Promise<void> => {
    const { clock, keys, mfa, quotas, sessions } = all
    await keys.create({ subject, roles: ['reader'], expiresAt: new Date(clock.now().getTime() + 10 * day) })
    await sessions.create({ subject, roles: ['reader'] })
    await mfa.totp.enrol(subject, { issuer: 'Models', account: subject.id })
    await mfa.recoveryCodes.replace(subject)
    await quotas.reserve({ subject, model: 'digits', cost: {} })
  }

  test('what is held of one is found and erased whole, and of others nothing', async () => {
    const all = await openAll()
    for (const subject of [ada, ...others]) await hold(all, subject)
    const groups = [
      { name: 'readers', roles: ['reader'], in: ['staff'], members: [ada] },
      { name: 'staff', roles: ['guest'] },
    ]
    const rules: Rule[] = [
      { id: 'own', effect: 'permit', principal: { subject: ada }, actions: ['execute'], resource: { type: 'model' } },
    ]
    await all.policies.publish({ rules, directory: { groups }, expectedVersion: 0, author: 'user:ada' })
    expect(await all.records.find(ada)).toMatchObject({
      apiKeys: [{ subject: ada }],
      sessions: [{ subject: ada }],
      factors: { totp: [{}], passkeys: [], recoveryCodes: { unused: 10, used: 0 } },
      quotas: [{ used: 1 }],
      policy: { version: 1, groups: ['readers', 'staff'], roles: ['reader', 'guest'], rules: ['own'] },
      policyVersions: { published: [1], namedIn: [] },
    })
    await expect(all.records.erase(ada)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('found rule "own", readers, staff of version 1'),
    })
    await all.policies.publish({ rules: [], expectedVersion: 1, author: 'user:ada' })
    expect(await all.records.erase(ada)).toEqual({
      apiKeys: 1,
      sessions: 1,
      factors: 1,
      recoveryCodes: 10,
      quotaCounters: 1,
      policyVersions: 1,
    })
    expect(await all.records.find(ada)).toEqual({
      apiKeys: [],
      sessions: [],
      factors: { totp: [], passkeys: [], recoveryCodes: { unused: 0, used: 0 } },
      quotas: [],
      policy: { version: 2, groups: [], roles: [], rules: [] },
      policyVersions: { published: [], namedIn: [] },
    })
    expect(await all.policies.history()).toMatchObject([{ version: 2, author: 'erased' }])
    await all.policies.currentIndex()
    for (const subject of others) {
      expect(await all.records.find(subject)).toMatchObject({
        apiKeys: [{ subject }],
        sessions: [{ subject }],
        quotas: [{}],
      })
    }
    expect(await all.records.erase(ada)).toMatchObject({ apiKeys: 0, sessions: 0, quotaCounters: 0 })
  })

  test('what ended before an instant is removed, and what may still be used stays', async () => {
    const all = await openAll()
    await hold(all, ada)
    const now = () => all.clock.now()
    expect(await all.records.removeEnded(now())).toBe(0)
    all.clock.advance(5 * day)
    // The session ended after twelve hours, the generator was never confirmed, the count's window is over.
    expect(await all.records.removeEnded(now())).toBe(4)
    expect(await all.records.find(ada)).toMatchObject({
      apiKeys: [{}],
      sessions: [],
      factors: { totp: [], recoveryCodes: { unused: 10 } },
      quotas: [],
    })
    all.clock.advance(6 * day)
    expect(await all.records.removeEnded(new Date(now().getTime() - 2 * day))).toBe(0)
    expect(await all.records.removeEnded(now())).toBe(1)
    expect((await all.records.find(ada)).apiKeys).toEqual([])
  })

  test('however short the retention is, failed attempts and counts are remembered for a day', async () => {
    const all = await openAll()
    await hold(all, ada)
    await expect(all.mfa.totp.confirm(ada, 'none', '000000', 'home')).rejects.toMatchObject({
      code: 'CREDENTIAL_INVALID',
    })
    all.clock.advance(day / 2)
    expect(await all.records.removeEnded(now(all.clock))).toBe(2)
    expect((await all.records.find(ada)).quotas).toHaveLength(1)
    await expect(
      (async () => {
        for (let attempt = 0; attempt < 6; attempt += 1) {
          await all.mfa.totp.confirm(ada, 'none', '000000', 'home').catch((error: { code: string }) => {
            if (error.code === 'LIMIT_EXCEEDED') throw error
          })
          await all.records.removeEnded(now(all.clock))
        }
      })(),
    ).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })
}

const now = (clock: { now(): Date }): Date => clock.now()
