import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, NootropicError, systemClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { openDataControl } from '../src/people/data-control.ts'
import { ada, grace, holdEverything } from './support/hold-everything.ts'
import { allOn, collect, filesWith, openHome, temporaryHome } from './support/people-home.ts'

type Home = Awaited<ReturnType<typeof openHome>>

test('an export holds everything that is kept of a person, no secret, and nobody else', async () => {
  const home = await openHome(temporaryHome())
  await holdEverything(home)
  await home.audit.append({
    category: 'operation',
    actor: `user:${grace.id}`,
    action: 'api-key.revoke',
    resource: `user:${ada.id}`,
    outcome: 'succeeded',
    reason: `user:${grace.id} has seen it`,
  })
  const held = await home.data.export(ada)
  expect(held).toMatchObject({
    schemaVersion: 1,
    subject: ada,
    isAnythingHeld: true,
    apiKeys: [{ subject: ada, roles: ['caller'] }],
    sessions: [{ subject: ada, isBound: true }],
    factors: { totp: [{}], passkeys: [], recoveryCodes: { unused: 10, used: 0 } },
    quotas: [{ used: 1 }],
    policy: { version: 2, groups: [], roles: [], rules: [] },
    policyVersions: { published: [1], namedIn: [1] },
  })
  expect(held.auditEntries.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['session.create', 'mfa.enrol', 'execute', 'api-key.revoke']),
  )
  expect(held.mentions.map(({ table }) => table)).toContain('incident_entry')
  const text = JSON.stringify(held)
  expect(text).toContain(`no rule permits user \\"${ada.id}\\"`)
  expect(text).not.toContain(grace.id)
  expect(text).not.toMatch(/"(mac|token_hash|sealed_seed|code_hash|sealed)"|nsk_|nss_/)
  // The export itself is on record, and is in the next one.
  expect((await home.data.export(ada)).auditEntries.at(-1)).toMatchObject({
    actor: 'system:nootropic',
    action: 'data.export',
    resource: `user:${ada.id}`,
  })
})

test('after an erasure nothing is found: not by an export, and not by reading every byte of the home', async () => {
  const place = temporaryHome()
  const home = await openHome(place)
  await holdEverything(home)
  await holdEverything(home, grace)
  const [person] = await home.people.find(ada)
  if (person === undefined) throw new Error('expected a pseudonym')
  const name = { purpose: 'personal-data', id: person.pseudonym }
  const personalKeys = [(await home.keys.dataKey(person.keyId, name)).export(), await home.people.key(person.keyId)]
  const secrets = personalKeys.map((key) => (Buffer.isBuffer(key) ? key : (key?.export() ?? Buffer.alloc(0))))

  const ring = JSON.parse(readFileSync(join(place, 'keys', 'keys.json'), 'utf8'))
  const { wrappedKey } = ring.ring.keys.find(({ keyId }: { keyId: string }) => keyId === person.keyId)

  const { statement, proof } = await home.data.erase(ada)
  expect(statement).toMatchObject({
    pseudonyms: [person.pseudonym],
    keyIds: [person.keyId],
    removed: { apiKeys: 1, sessions: 1, factors: 1, recoveryCodes: 10, quotaCounters: 1, policyVersions: 1 },
    entriesInClear: 0,
    tracesErased: true,
  })
  expect(statement.removed.mentions).toBeGreaterThan(0)
  expect(statement.sealedEntries).toBeGreaterThan(3)
  expect(await home.data.verifyErasure(JSON.parse(JSON.stringify(proof)))).toEqual(statement)

  const left = await home.data.export(ada)
  expect(left).toMatchObject({ isAnythingHeld: false, auditEntries: [], mentions: [], pseudonyms: [] })
  expect(await home.people.find(ada)).toEqual([])
  await home.log.verify()
  const entries = await collect(home.audit.entries())
  expect(entries.some(({ details }) => details?.personal === 'erased')).toBe(true)
  expect((await home.data.export(grace)).auditEntries.length).toBeGreaterThan(3)
  for (const { id } of await home.incidents.list()) await home.incidents.report(id)
  await home.close()

  expect(filesWith(place, grace.id).length).toBeGreaterThan(0)
  for (const bytes of [ada.id, wrappedKey, ...secrets, ...secrets.map((secret) => secret.toString('base64'))]) {
    expect(bytes.length).toBeGreaterThan(8)
    expect(filesWith(place, bytes)).toEqual([])
  }
  expect(readdirSync(place).sort()).toEqual(expect.arrayContaining(['audit', 'keys', 'state.db']))
})

test('whoever is erased may come back, as somebody else', async () => {
  const home = await openHome(temporaryHome())
  await holdEverything(home)
  const [before] = await home.people.find(ada)
  await home.data.erase(ada)
  await home.sessions.create({ subject: ada, roles: [] })
  const [after, ...others] = await home.people.find(ada)
  expect(others).toEqual([])
  expect(after?.pseudonym).not.toBe(before?.pseudonym)
  expect((await home.data.export(ada)).auditEntries.map(({ action }) => action)).toEqual(['session.create'])
})

test('whoever has a name that is a word of ours is erased like anybody else', async () => {
  for (const id of ['person', 'erased', 'user', 'closed', 'execute', 'a']) {
    const home = await openHome(temporaryHome())
    await holdEverything(home, { type: 'user', id })
    await home.data.erase({ type: 'user', id })
    expect((await home.data.export({ type: 'user', id })).isAnythingHeld, id).toBe(false)
    for (const incident of await home.incidents.list()) await home.incidents.report(incident.id)
    await home.log.verify()
    await home.close()
  }
})

test('an erasure that was cut short anywhere is completed by doing it again', async () => {
  const fail = () => Promise.reject(new NootropicError('STORAGE_FAILED', 'the disk is full'))
  const parts = ['find', 'allowed', 'destroyKey', 'statement', 'forget'] as const
  for (const part of parts) {
    const home = await openHome(temporaryHome())
    await holdEverything(home)
    const { people, log, audit, database, keys } = home
    const broken = await openDataControl({
      database,
      keys,
      settings: allOn,
      clock: systemClock,
      people: {
        ...people,
        ...(part === 'find' ? { find: fail } : {}),
        ...(part === 'destroyKey' ? { destroyKey: fail } : {}),
        ...(part === 'forget' ? { forget: fail } : {}),
      },
      log: { ...log, ...(part === 'statement' ? { append: fail } : {}) },
      audit: part === 'allowed' ? { append: fail } : audit,
    })
    await expect(broken.erase(ada), part).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    const isBegun = part !== 'find' && part !== 'allowed'
    // Nothing is touched before it is on record.
    expect((await home.apiKeys.list()).length, part).toBe(isBegun ? 0 : 1)
    const { proof } = await home.data.erase(ada)
    expect((await home.data.export(ada)).isAnythingHeld, part).toBe(false)
    await home.data.verifyErasure(proof)
    await home.close()
  }
})

test('to erase somebody of whom nothing is held says so, and names nobody', async () => {
  const home = await openHome(temporaryHome())
  const { statement } = await home.data.erase(ada)
  expect(statement).toMatchObject({ pseudonyms: [], keyIds: [], sealedEntries: 0, removed: { apiKeys: 0 } })
  expect(await home.people.find(ada)).toEqual([])
  expect((await collect(home.log.entries())).map(({ resource }) => resource)).toEqual([
    'person:unknown',
    'person:unknown',
  ])
})

test('whom the policy that counts names is not erased before a person has changed it', async () => {
  const home = await openHome(temporaryHome())
  await holdEverything(home)
  const groups = [{ name: 'readers', members: [ada] }]
  await home.policies.publish({ rules: [], directory: { groups }, expectedVersion: 2, author: 'operator' })
  await expect(home.data.erase(ada)).rejects.toMatchObject({
    code: 'USAGE',
    message:
      'expected a policy that does not name whom to erase, found readers of version 3; publish one without them, then erase again',
  })
  expect(await home.apiKeys.list()).toHaveLength(1)
  await home.policies.publish({ rules: [], expectedVersion: 3, author: 'operator' })
  await home.data.erase(ada)
  expect((await home.data.export(ada)).isAnythingHeld).toBe(false)
})

test('a proof of another log, of another entry, or that was changed proves nothing', async () => {
  const home = await openHome(temporaryHome())
  await holdEverything(home)
  const { proof } = await home.data.erase(ada)
  const other = await openHome(temporaryHome())
  await other.data.erase(ada)
  const refused = expect.objectContaining({ code: 'AUDIT_CORRUPT' })
  await expect(other.data.verifyErasure(proof)).rejects.toEqual(refused)
  const record = JSON.parse(proof.record)
  const withRecord = (changed: object) => ({ ...proof, record: canonicalJson({ ...record, ...changed }) })
  const forgeries: unknown[] = [
    withRecord({ details: { ...record.details, sealedEntries: 0 } }),
    withRecord({ action: 'execute' }),
    { ...proof, index: proof.index - 1 },
    // An entry of this log, and no erasure.
    await home.log.prove(0),
    { ...proof, checkpoint: home.log.checkpoint().replace(/\n\d+\n/, '\n1\n') },
    { ...proof, checkpoint: other.log.checkpoint() },
    { ...proof, more: 1 },
    'text',
    null,
  ]
  for (const forged of forgeries) await expect(home.data.verifyErasure(forged)).rejects.toEqual(refused)
  await expect(home.data.verifyErasure(proof)).resolves.toMatchObject({ entriesInClear: 0 })
})

test('a proof does not hold while a key that it names is there, as after a recovery', async () => {
  const home = await openHome(temporaryHome())
  await holdEverything(home)
  const [person] = await home.people.find(ada)
  const { proof } = await home.data.erase(ada)
  const { database, log, audit, people } = home
  const keys = {
    list: async () => [...(await home.keys.list()), { ...(await home.keys.list())[0], keyId: person?.keyId }],
  }
  const recovered = await openDataControl({
    ...{ database, log, audit, people, settings: allOn, clock: systemClock },
    keys: keys as Pick<Home['keys'], 'list'>,
  })
  await expect(recovered.verifyErasure(proof)).rejects.toMatchObject({
    message: expect.stringContaining('a key store without the destroyed keys'),
  })
})

test('without the setting that lets a person ask, nothing is given out and nothing is erased', async () => {
  const home = await openHome(temporaryHome(), { settings: { isControllable: false, isListable: false } })
  await holdEverything(home)
  const denied = (setting: string) =>
    expect.objectContaining({ code: 'ACCESS_DENIED', message: expect.stringContaining(setting) })
  await expect(home.data.export(ada)).rejects.toEqual(denied('UserPrivacy with `privacy: control`'))
  await expect(home.data.erase(ada)).rejects.toEqual(denied('UserPrivacy with `privacy: control`'))
  await expect(home.data.kept()).rejects.toEqual(denied('DataPrivacy with `control: local`'))
  expect(await home.apiKeys.list()).toHaveLength(1)
})

test('lists, exports and erasures are on record where that is asked for; the statement always is', async () => {
  for (const isAudited of [true, false]) {
    const home = await openHome(temporaryHome(), { settings: { isAudited } })
    await home.data.kept()
    await home.data.export(ada)
    await home.data.erase(ada)
    const actions = (await collect(home.log.entries())).map(({ action, outcome }) => `${action} ${outcome}`)
    const asked = ['data.list allowed', 'data.export succeeded', 'data.erase allowed', 'data.erase succeeded']
    expect(actions).toEqual(isAudited ? asked : ['data.erase succeeded'])
  }
})

test('where names are not sealed the log keeps them, and the statement says so', async () => {
  const home = await openHome(temporaryHome(), { settings: { isSealed: false } })
  await holdEverything(home)
  const held = await home.data.export(ada)
  const { statement, proof } = await home.data.erase(ada)
  // The export itself is one more.
  expect(statement.entriesInClear).toBe(held.auditEntries.length + 1)
  expect(statement.sealedEntries).toBe(0)
  await home.data.verifyErasure(proof)
})
