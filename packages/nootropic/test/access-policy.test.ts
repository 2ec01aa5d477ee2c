import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Rule } from '@nootropic/access'
import { type AccessRequest, type AuditEntry, createManualClock, NootropicError } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import { type AccessSwitches, openAccessPolicy } from '../src/access/access-policy.ts'

const allOn: AccessSwitches = { roleBasedAccess: true, modelSpecificPermissions: true, mfaForSensitiveOps: true }
const clock = createManualClock('2026-01-01T12:00:00Z')
const permit: Rule = {
  id: 'ada-runs-digits',
  effect: 'permit',
  principal: { subject: { type: 'user', id: 'ada' } },
  actions: ['execute'],
  resource: { type: 'model', id: 'digits' },
}
const analysts: Rule = { ...permit, id: 'analysts', principal: { role: 'analyst' }, resource: { type: 'model' } }
const groupRule: Rule = { ...permit, id: 'vision', principal: 'any', resource: { group: 'vision' } }
const vision = { resourceGroups: [{ name: 'vision', resources: [{ type: 'model', id: 'digits' }] }] }
const asking = (id: string, roles: string[] = [], action = 'execute', model = 'digits'): AccessRequest => ({
  subject: { type: 'user', id, properties: { roles } },
  action: { name: action },
  resource: { type: 'model', id: model },
})

const setUp = async (over: Partial<Parameters<typeof openAccessPolicy>[0]> = {}) => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-access-policy-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const location = join(directory, 'state.db')
  const entries: AuditEntry[] = []
  const audit = {
    append: async (entry: AuditEntry) => {
      entries.push(entry)
      return undefined
    },
  }
  const open = async (more: typeof over = {}) => {
    const database = await openDatabase(location)
    onTestFinished(() => database.close())
    return openAccessPolicy({ database, audit, switches: allOn, clock, ...over, ...more })
  }
  const policy = await open()
  const may = async (request: AccessRequest) => (await policy.authorizer.authorize(request)).decision
  const publish = (rules: Rule[], expectedVersion = 0, of = policy) =>
    of.store.publish({ rules, directory: vision, expectedVersion, author: 'user:eve' })
  return { open, policy, may, publish, entries }
}

test('the default rules count until a policy is published, and then that one, in every process that has it open', async () => {
  const { open, policy, may, publish } = await setUp()
  const other = await open()
  expect(await may(asking('bob', ['caller']))).toBe(true)
  expect(await may(asking('ada'))).toBe(false)
  await publish([permit], 0, other)
  expect([await may(asking('bob', ['caller'])), await may(asking('ada'))]).toEqual([false, true])
  await publish([], 1)
  expect((await other.authorizer.authorize(asking('ada'))).decision).toBe(false)
  expect((await policy.store.history()).map(({ version }) => version)).toEqual([2, 1])
})

test('rules that the host gives are not changed by what is published', async () => {
  const { may, publish } = await setUp({ rules: [permit] })
  await publish([])
  expect([await may(asking('ada')), await may(asking('bob', ['caller']))]).toEqual([true, false])
})

test('roleBasedAccess off: what roles permit does not count, however a role is held; what they forbid does', async () => {
  const directory = { groups: [{ name: 'lab', roles: ['analyst'], members: [{ type: 'user', id: 'bob' }] }] }
  const forbid: Rule = { ...permit, id: 'no-guests', effect: 'forbid', principal: { role: 'guest' } }
  for (const roleBasedAccess of [true, false]) {
    const { policy, may } = await setUp({ switches: { ...allOn, roleBasedAccess } })
    const rules = [permit, analysts, forbid]
    await policy.store.publish({ rules, directory, expectedVersion: 0, author: 'user:eve' })
    expect(await may(asking('carol', ['analyst']))).toBe(roleBasedAccess)
    expect(await may(asking('bob'))).toBe(roleBasedAccess)
    expect(await may(asking('ada'))).toBe(true)
    expect(await may(asking('ada', ['guest']))).toBe(false)
  }
  const { policy } = await setUp({ switches: { ...allOn, roleBasedAccess: false } })
  const { context } = await policy.authorizer.authorize(asking('bob', ['caller']))
  expect(context.reason).toMatch(/"callers-execute", but .*roleBasedAccess is switched off$/)
})

test('modelSpecificPermissions off: permits for single models and groups of them do not count; forbids do', async () => {
  const forbid: Rule = {
    ...permit,
    id: 'not-faces',
    effect: 'forbid',
    principal: 'any',
    resource: { type: 'model', id: 'faces' },
  }
  for (const modelSpecificPermissions of [true, false]) {
    const { may, publish } = await setUp({ switches: { ...allOn, modelSpecificPermissions } })
    await publish([permit, analysts, groupRule, forbid])
    expect(await may(asking('ada'))).toBe(modelSpecificPermissions)
    // By the group of the model.
    expect(await may(asking('dan'))).toBe(modelSpecificPermissions)
    expect(await may(asking('carol', ['analyst'], 'execute', 'letters'))).toBe(true)
    expect(await may(asking('carol', ['analyst'], 'execute', 'faces'))).toBe(false)
  }
})

test('mfaForSensitiveOps: a sensitive operation needs a second factor where it is on, and none where it is off', async () => {
  const operator = asking('ada', ['operator'], 'export')
  const on = await setUp()
  const { decision, context } = await on.policy.authorizer.authorize(operator)
  expect([decision, context.stepUp]).toEqual([false, { factors: ['passkey', 'totp'], maximumAgeSeconds: 300 }])
  const off = await setUp({ switches: { ...allOn, mfaForSensitiveOps: false } })
  expect(await off.may(operator)).toBe(true)
  const own = await setUp({ sensitiveOperations: [{ actions: ['execute'], factors: ['totp'], freshForMs: 1000 }] })
  expect([await own.may(operator), await own.may(asking('ada', ['operator']))]).toEqual([true, false])
})

test('a change is on record before it is made, with how it went', async () => {
  const { publish, entries } = await setUp()
  await publish([permit])
  const change = { category: 'security', actor: 'user:eve', action: 'grant', resource: 'policy:access' }
  const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/)
  expect(entries).toEqual([
    { ...change, outcome: 'allowed', details: { from: 0, rules: 1, digest } },
    { ...change, outcome: 'succeeded', details: { from: 0, rules: 1, digest, version: 1 } },
  ])
  await expect(publish([], 0)).rejects.toMatchObject({ code: 'USAGE' })
  for (const wrong of [[permit, permit], undefined, [{ ...permit, id: 1n }]]) {
    await expect(publish(wrong as Rule[], 1)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  }
  expect(entries.slice(2).map(({ outcome }) => outcome)).toEqual(['allowed', 'failed'])
  expect(entries.at(3)?.reason).toMatch(/expected policy version 0 to be the last/)
})

test('where the record cannot be written nothing is published', async () => {
  const full = async () => {
    throw new NootropicError('AUDIT_UNAVAILABLE', 'expected room on the disk, found none')
  }
  const { policy, publish, may } = await setUp({ audit: { append: full } })
  await expect(publish([permit])).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  expect((await policy.store.read()).version).toBe(0)
  expect(await may(asking('ada'))).toBe(false)
})

test('what would be decided at another time is told without deciding by it', async () => {
  const { policy, publish, may } = await setUp()
  await publish([{ ...permit, conditions: [{ kind: 'time', notBefore: '2026-06-01T00:00:00Z' }] }])
  const later = await policy.decideAt(new Date('2026-06-01T00:00:00Z'), asking('ada'))
  expect([later.decision, await may(asking('ada'))]).toEqual([true, false])
})
