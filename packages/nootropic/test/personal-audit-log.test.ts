import { createAuthorizer, type Rule } from '@nootropic/access'
import { type AuditEntry, canonicalJson, type Json, NootropicError, systemRandom } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { createMonitor } from '@nootropic/monitoring'
import { createExecutor } from '@nootropic/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPersonalAuditLog } from '../src/people/personal-audit-log.ts'
import { createPersonalAuditReader } from '../src/people/personal-audit-reader.ts'
import { ada, grace } from './support/hold-everything.ts'
import { collect, filesWith, openHome, temporaryHome } from './support/people-home.ts'

const entry = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  category: 'access',
  actor: `user:${ada.id}`,
  action: 'execute',
  resource: 'model:digits',
  outcome: 'allowed',
  ...over,
})
const withoutPlace = ({ index: _, time: __, ...rest }: AuditEntry & { index: number; time: string }): AuditEntry => rest

test('entries read back as they were written, and on disk nobody is named', async () => {
  const home = temporaryHome()
  const { audit, close } = await openHome(home)
  const written = [
    entry(),
    entry({ outcome: 'denied', reason: `no rule permits user "${ada.id}" to "execute" model "digits"` }),
    entry({ actor: 'system:nootropic', action: 'api-key.create', resource: `user:${ada.id}`, outcome: 'succeeded' }),
    entry({ actor: 'system:nootropic', details: { subject: ada, keyId: 'k1' } }),
    entry({ details: { [ada.id]: ['1', { by: `for ${ada.id}, twice: ${ada.id}` }], version: '1.0.0' } }),
    entry({ actor: `user:${grace.id}`, resource: `user:${ada.id}`, reason: `user:${grace.id} asked user:${ada.id}` }),
    entry({ actor: 'system:nootropic', resource: 'host:this', reason: 'checked' }),
  ]
  for (const one of written) await audit.append(one)
  expect((await collect(audit.entries())).map(withoutPlace)).toEqual(written)
  expect((await audit.tail(2)).map(withoutPlace)).toEqual(written.slice(-2))
  await audit.verify()
  await close()
  for (const { id } of [ada, grace]) expect(filesWith(home, id)).toEqual([])
})

test('what the real writers record names nobody on disk', async () => {
  const home = temporaryHome()
  const { audit, apiKeys, bus, close, registry, sessions, mfa } = await openHome(home)
  const rules: Rule[] = [
    {
      id: `only-${grace.id}`,
      effect: 'permit',
      principal: { subject: grace },
      actions: ['execute'],
      resource: { type: 'model', id: 'digits' },
    },
  ]
  const { token, id } = await sessions.create({ subject: ada, roles: [] })
  await sessions.authenticate(token)
  await sessions.revoke(id)
  await expect(sessions.authenticate(token)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
  await mfa.totp.enrol(ada, { issuer: 'Models', account: ada.id })
  await mfa.recoveryCodes.replace(ada)
  const { secret } = await apiKeys.create({ subject: ada, roles: [], expiresAt: new Date(Date.now() + 60_000) })
  const executor = createExecutor({
    registry,
    vault: { lend: () => Promise.reject(new NootropicError('INTERNAL', 'nothing is lent')) },
    sessions: createInProcessSessions(),
    authenticator: apiKeys,
    authorizer: createAuthorizer(rules),
    audit,
    bus,
    meter: createMonitor({ clock: { now: () => new Date(), monotonicMs: () => 0 }, bus, rules: [] }),
  })
  await expect(executor.execute({ model: 'digits', inputs: {}, credential: secret })).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining(grace.id),
  })
  await executor.close()
  const opened = JSON.stringify(await collect(audit.entries()))
  expect(opened).toContain(`no rule permits user \\"${ada.id}\\"`)
  // Of her nothing is kept, so that nothing of her can stay behind in another person's entry.
  expect(opened).not.toContain(grace.id)
  await close()
  const audited = filesWith(`${home}/audit`, 'digits')
  expect(audited.length).toBeGreaterThan(0)
  for (const name of [ada.id, grace.id]) expect(filesWith(`${home}/audit`, name)).toEqual([])
})

test('whoever is erased is a pseudonym from then on, also in the entries of others, and the others stay', async () => {
  const { audit, people, log } = await openHome(temporaryHome())
  await audit.append(entry({ actor: `user:${grace.id}`, resource: `user:${ada.id}`, reason: `for user:${ada.id}` }))
  await audit.append(entry({ reason: `asked by user "${grace.id}"` }))
  const [person] = await people.find(ada)
  if (person === undefined) throw new Error('expected a pseudonym')
  await people.forget(person)
  const [first, second] = await collect(audit.entries())
  const pseudonym = `person:${person.pseudonym}`
  expect(first).toMatchObject({ actor: `user:${grace.id}`, resource: pseudonym, reason: `for ${pseudonym}` })
  expect(second).toMatchObject({ actor: pseudonym, details: { personal: 'erased' } })
  expect(JSON.stringify([first, second])).not.toContain(ada.id)
  await log.verify()
})

test('a caller cannot fill the key store with people whom a text names', async () => {
  const { audit, keys } = await openHome(temporaryHome())
  const crowd = Array.from({ length: 100 }, (_, index) => `user:x${index}`)
  await audit.append(entry({ reason: crowd.join(' '), details: { rules: crowd } }))
  expect((await keys.list()).filter(({ purpose }) => purpose === 'personal-data').length).toBeLessThanOrEqual(4)
  const [record] = await collect(audit.entries())
  expect(record?.reason).toBe(crowd.map((_, index) => (index < 3 ? `user:x${index}` : 'somebody')).join(' '))
  expect(record?.actor).toBe(`user:${ada.id}`)
})

test('an entry with half a character is written all the same', async () => {
  const { audit } = await openHome(temporaryHome())
  await audit.append(entry({ reason: `for ${ada.id} \ud800`, details: { text: `${ada.id} \udfff` } }))
  expect(await audit.tail(1)).toMatchObject([{ reason: `for ${ada.id} \ufffd`, details: { text: `${ada.id} \ufffd` } }])
})

test('an entry that cannot be sealed is not written', async () => {
  const { audit, log, people } = await openHome(temporaryHome())
  await expect(audit.append(entry({ details: { personal: 'x' } }))).rejects.toMatchObject({ code: 'USAGE' })
  const broken = { ...people, of: () => Promise.reject(new NootropicError('KEY_UNAVAILABLE', 'no key')) }
  const unable = createPersonalAuditLog(log, broken, systemRandom)
  await expect(unable.append(entry())).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  expect(await collect(log.entries())).toEqual([])
})

test('whatever an entry holds, it reads back the same, and its person is not in what is stored', async () => {
  const { people, log } = await openHome(temporaryHome())
  const stored: AuditEntry[] = []
  const store = {
    append: async (one: AuditEntry) => {
      stored.push(one)
      return undefined
    },
  }
  const audit = createPersonalAuditLog(store, people, systemRandom)
  const word = fc.constantFrom('ada', `user:${ada.id}`, ada.id, `user "${ada.id}"`, 'x', '"', 'of', '1.0.0', ':', 'é')
  const text = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '))
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      text,
      fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(text, tie('value'), { maxKeys: 3 }),
    ),
  })).value
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), json, { maxKeys: 4 }),
      async (reason, details) => {
        fc.pre(!('personal' in details) && !('__proto__' in details))
        const one = entry({ reason, ...(Object.keys(details).length === 0 ? {} : { details }) } as Partial<AuditEntry>)
        stored.length = 0
        await audit.append(one)
        expect(JSON.stringify(stored)).not.toContain(ada.id)
        const placed = stored.map((found, index) => ({ ...found, index, time: '2026-01-01T00:00:00.000Z' }))
        const reader = createPersonalAuditReader({ ...log, tail: async () => placed }, people)
        expect((await reader.tail(1)).map(withoutPlace).map(canonicalJson)).toEqual([canonicalJson(one)])
      },
    ),
    { seed: 8, numRuns: 150 },
  )
})
