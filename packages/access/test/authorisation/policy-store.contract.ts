import { type AccessRequest, createManualClock } from '@nootropic/core'
import { type Database, openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import { createStoredAuthorizer } from '../../src/authorisation/authorizer.ts'
import { openPolicyStore } from '../../src/authorisation/policy-store.ts'
import type { PolicyTables } from '../../src/authorisation/policy-table.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { ended, nextMessage, runScript } from '../support/run-script.ts'

const rule: Rule = { id: 'r', effect: 'permit', principal: 'any', actions: ['execute'], resource: { type: 'model' } }
const asked: AccessRequest = {
  subject: { type: 'user', id: 'ada' },
  action: { name: 'execute' },
  resource: { type: 'model', id: 'digits' },
}
const clock = createManualClock('2026-01-01T12:00:00Z')

const open = async (location: string): Promise<Database> => {
  const database = await openDatabase(location)
  onTestFinished(() => database.close().catch(() => {}))
  return database
}

/** What holds of stored policies on whichever engine; `createLocation` makes an empty database. */
export const describePolicyStore = (engine: string, createLocation: () => Promise<string>): void => {
  test(`${engine}: nothing is permitted before a policy is published, and then by the last one`, async () => {
    const store = await openPolicyStore({ database: await open(await createLocation()), clock })
    const authorizer = createStoredAuthorizer(store, { clock })
    expect((await authorizer.authorize(asked)).decision).toBe(false)
    await store.publish({ rules: [rule], expectedVersion: 0, author: 'ada' })
    expect((await authorizer.authorize(asked)).decision).toBe(true)
    await store.publish({ rules: [], expectedVersion: 1, author: 'bob' })
    expect((await authorizer.authorize(asked)).decision).toBe(false)
    expect(await store.history()).toEqual([
      { version: 2, author: 'bob', publishedAt: '2026-01-01T12:00:00.000Z' },
      { version: 1, author: 'ada', publishedAt: '2026-01-01T12:00:00.000Z' },
    ])
    const { rules, directory } = await store.readVersion(1)
    await store.publish({ rules, directory, expectedVersion: 2, author: 'ada' })
    expect((await authorizer.authorize(asked)).decision).toBe(true)
    await expect(store.readVersion(9)).rejects.toMatchObject({ code: 'USAGE' })
  })

  test(`${engine}: what counts while nothing is published is replaced by the first policy, for good`, async () => {
    const database = await open(await createLocation())
    const initial = { rules: [rule] }
    const store = await openPolicyStore({ database, initial, clock })
    const authorizer = createStoredAuthorizer(store, { clock })
    expect(await store.read()).toEqual({ version: 0, rules: [rule], directory: {} })
    expect((await authorizer.authorize(asked)).context.rules).toEqual(['r'])
    await store.publish({ rules: [], expectedVersion: 0, author: 'ada' })
    expect((await authorizer.authorize(asked)).decision).toBe(false)
    const reopened = createStoredAuthorizer(await openPolicyStore({ database, initial, clock }), { clock })
    expect((await reopened.authorize(asked)).decision).toBe(false)
    const wrong = openPolicyStore({ database, initial: { rules: [rule, rule] }, clock })
    await expect(wrong).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  })

  test(`${engine}: permits that are switched off do not count, and are kept as they were published`, async () => {
    const database = await open(await createLocation())
    const switchedOff = ({ principal }: Rule) => (principal === 'any' ? 'permits for anybody are off' : undefined)
    const store = await openPolicyStore({ database, switchedOff, clock })
    await store.publish({ rules: [rule], expectedVersion: 0, author: 'ada' })
    const { decision, context } = await createStoredAuthorizer(store, { clock }).authorize(asked)
    expect([decision, context.nearest]).toEqual([
      false,
      [{ rule: 'r', lacks: [{ part: 'switch', why: 'permits for anybody are off' }] }],
    ])
    expect((await store.read()).rules).toEqual([rule])
  })

  test(`${engine}: of many who change the same version, one succeeds`, async () => {
    const location = await createLocation()
    const store = await openPolicyStore({ database: await open(location), clock })
    const attempts = Array.from({ length: 8 }, (_, index) =>
      store.publish({ rules: [{ ...rule, id: `r${index}` }], expectedVersion: 0, author: 'ada' }),
    )
    const settled = await Promise.allSettled(attempts)
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'USAGE' })
    }
    expect((await store.read()).version).toBe(1)
  })

  test(`${engine}: a wrong policy is refused and the one before stays`, async () => {
    const store = await openPolicyStore({ database: await open(await createLocation()), clock })
    await store.publish({ rules: [rule], expectedVersion: 0, author: 'ada' })
    for (const rules of [[rule, rule], [{ ...rule, actions: [] }], [{ ...rule, resource: { group: 'unknown' } }]]) {
      const change = store.publish({ rules, expectedVersion: 1, author: 'ada' })
      await expect(change).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
    }
    await expect(store.publish({ rules: [], expectedVersion: 1, author: '' })).rejects.toMatchObject({ code: 'USAGE' })
    for (const expectedVersion of [0, 2, 7, -1, 0.5]) {
      await expect(store.publish({ rules: [], expectedVersion, author: 'ada' })).rejects.toMatchObject({
        code: 'USAGE',
      })
    }
    expect((await store.read()).version).toBe(1)
  })

  test(`${engine}: a spoilt document, an older database and a closed one decide nothing`, async () => {
    const database = await open(await createLocation())
    const store = await openPolicyStore({ database, clock })
    const authorizer = createStoredAuthorizer(store, { clock })
    await store.publish({ rules: [rule], expectedVersion: 0, author: 'ada' })
    await store.publish({ rules: [], expectedVersion: 1, author: 'ada' })
    const tables = database.tables<PolicyTables>()
    const row = { version: 3, document: '{"rules":[{"id":"x"}]}', author: 'x', published_at: 'x' }
    await tables.insertInto('accessrules_policies').values(row).execute()
    await expect(authorizer.authorize(asked)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await tables.updateTable('accessrules_policies').set({ document: 'nothing' }).where('version', '=', 3).execute()
    await expect(authorizer.authorize(asked)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await tables.deleteFrom('accessrules_policies').where('version', '>', 1).execute()
    await expect(authorizer.authorize(asked)).rejects.toThrow('was an older database put back?')
    await database.close()
    await expect(authorizer.authorize(asked)).rejects.toThrow()
  })
}

/** What holds of them between processes. */
export const describePolicyProcesses = (engine: string, createLocation: () => Promise<string>): void => {
  test(`${engine}: a change counts from the next decision on, in another process too`, async () => {
    const location = await createLocation()
    const store = await openPolicyStore({ database: await open(location), clock })
    const child = runScript('../authorisation/deciding-process.ts', location)
    expect(await nextMessage(child)).toBe('ready')
    for (let version = 0; version < 10; version += 1) {
      const isPermitted = version % 2 === 0
      await store.publish({ rules: isPermitted ? [rule] : [], expectedVersion: version, author: 'ada' })
      const answer = nextMessage<boolean[]>(child)
      child.send('decide')
      expect(await answer).toEqual(Array.from({ length: 5 }, () => isPermitted))
    }
  })

  test(`${engine}: a publisher that is killed leaves whole policies, and every one it was told of`, async () => {
    const location = await createLocation()
    const store = await openPolicyStore({ database: await open(location), clock })
    for (let round = 0; round < 2; round += 1) {
      const child = runScript('../authorisation/publishing-process.ts', location)
      const { version: before } = await store.read()
      let told = before
      child.on('message', (version) => {
        told = Number(version)
      })
      while (told < before + 3) await nextMessage(child)
      child.kill('SIGKILL')
      await ended(child)
      const { version, rules } = await store.read()
      expect(version).toBeGreaterThanOrEqual(told)
      expect(rules.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => `v${version}-${index}`))
    }
  })
}
