import { type AccessRequest, createManualClock } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import { createGate } from '../../src/guard/gate.ts'
import { createAuthorizer, openSessions, type Rule } from '../../src/index.ts'
import { ada } from '../support/factors.ts'

const model = { type: 'model', id: 'digits' }
const execute: Rule = {
  id: 'analysts-execute',
  effect: 'permit',
  principal: { role: 'analyst' },
  actions: ['execute'],
  resource: { type: 'model', id: 'digits' },
}

test('a grant holds for the action, the resource and the principal that it names, and for nothing beside them', async () => {
  const authorizer = createAuthorizer([execute])
  const ask = async (over: Partial<AccessRequest>) => {
    const subject = { ...ada, properties: { roles: ['analyst'] } }
    const { decision } = await authorizer.authorize({ subject, action: { name: 'execute' }, resource: model, ...over })
    return decision
  }
  expect(await ask({})).toBe(true)
  for (const name of ['Execute', 'execute ', 'exec', 'any', 'export', '*']) {
    expect(await ask({ action: { name } }), name).toBe(false)
  }
  for (const resource of [
    { type: 'model', id: 'faces' },
    { type: 'model', id: 'digits/../faces' },
    { type: 'model', id: '*' },
    { type: 'report', id: 'digits' },
  ]) {
    expect(await ask({ resource }), JSON.stringify(resource)).toBe(false)
  }
  expect(await ask({ subject: { ...ada, properties: { roles: ['viewer'] } } })).toBe(false)
  expect(await ask({ subject: ada })).toBe(false)
})

test('a field is readable or writable only where a rule names it, whoever owns the rest of the object', async () => {
  const fieldRule = (id: string, action: string, fields: string[]): Rule => ({
    id,
    effect: 'permit',
    principal: { role: 'analyst' },
    actions: [action],
    resource: { type: 'model' },
    conditions: [{ kind: 'attribute', of: 'action', name: 'field', test: { in: fields } }],
  })
  const authorizer = createAuthorizer([
    fieldRule('read', 'read-field', ['name', 'version', 'license']),
    fieldRule('write', 'write-field', ['license']),
  ])
  const may = async (name: string, properties?: Record<string, string>) => {
    const subject = { ...ada, properties: { roles: ['analyst'] } }
    const action = { name, ...(properties === undefined ? {} : { properties }) }
    return (await authorizer.authorize({ subject, action, resource: model })).decision
  }
  expect(await may('read-field', { field: 'version' })).toBe(true)
  expect(await may('write-field', { field: 'license' })).toBe(true)
  expect(await may('write-field', { field: 'version' })).toBe(false)
  for (const field of ['owner', 'NAME', '', 'constructor', '__proto__']) {
    expect(await may('read-field', { field }), field).toBe(false)
  }
  // Whoever names no field asks for the whole object, which no rule grants.
  expect(await may('read-field')).toBe(false)
})

test('hours, network and device are asked at each decision, so that a session that goes on is held to them too', async () => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const clock = createManualClock('2026-01-01T16:50:00Z')
  const sessions = await openSessions({ database, clock })
  const authorizer = createAuthorizer(
    [
      {
        ...execute,
        conditions: [
          { kind: 'time', daily: { from: '08:00', until: '17:00' } },
          { kind: 'network', ranges: ['10.0.0.0/8'] },
          { kind: 'attribute', of: 'context', name: 'device', test: { in: ['laptop-7'] } },
        ],
      },
    ],
    { clock },
  )
  const { token } = await sessions.create({ subject: ada, roles: ['analyst'] })
  const ask = async (context: Record<string, string>) => {
    const subject = await sessions.authenticate(token)
    return (await authorizer.authorize({ subject, action: { name: 'execute' }, resource: model, context })).decision
  }
  const office = { ip: '10.1.2.3', device: 'laptop-7' }
  expect(await ask(office)).toBe(true)
  expect(await ask({ ...office, ip: '203.0.113.9' })).toBe(false)
  expect(await ask({ ...office, device: 'phone' })).toBe(false)
  // What is not known is not assumed.
  expect(await ask({ ip: '10.1.2.3' })).toBe(false)
  expect(await ask(office)).toBe(true)
  clock.advance(10 * 60_000)
  expect(await ask(office)).toBe(false)
})

test('the guard decides about whoever authenticated: what a caller says of itself changes nothing', async () => {
  const asked: AccessRequest[] = []
  const { authorize } = createAuthorizer([execute])
  const gate = createGate({
    authenticator: { authenticate: async () => ({ ...ada, properties: { roles: [] } }) },
    authorizer: {
      authorize: (request) => {
        asked.push(request)
        return authorize(request)
      },
    },
    audit: async () => {},
  })
  const claims = { roles: ['analyst'], subject: { type: 'user', id: 'root' } }
  const answer = await gate.admit('a credential', () => ({
    action: { name: 'execute', properties: claims },
    resource: { ...model, properties: claims },
    context: claims,
  }))
  expect(answer).toMatchObject({ admitted: false, status: 403 })
  expect(asked.map(({ subject }) => subject)).toEqual([{ ...ada, properties: { roles: [] } }])
})

test('an administrative act asks for role, network and a fresh factor together: none of them is enough by itself', async () => {
  const clock = createManualClock('2026-01-01T12:00:00Z')
  const authorizer = createAuthorizer(
    [
      {
        id: 'administrators-publish',
        effect: 'permit',
        principal: { role: 'administrator' },
        actions: ['publish'],
        resource: { type: 'policy' },
        conditions: [
          { kind: 'network', ranges: ['10.0.0.0/8'] },
          { kind: 'authentication', factors: ['passkey'], maximumAgeSeconds: 300 },
        ],
      },
    ],
    { clock },
  )
  const proved = { factor: 'passkey', factorProvedAt: clock.now().toISOString() }
  const all = { roles: ['administrator'], ...proved }
  const ask = async (properties: Record<string, string | string[]>, ip: string) =>
    authorizer.authorize({
      subject: { ...ada, properties },
      action: { name: 'publish' },
      resource: { type: 'policy', id: 'this' },
      context: { ip },
    })
  expect((await ask(all, '10.0.0.1')).decision).toBe(true)
  expect((await ask({ ...all, roles: ['analyst'] }, '10.0.0.1')).decision).toBe(false)
  expect((await ask(all, '203.0.113.9')).decision).toBe(false)
  const withoutFactor = await ask({ roles: ['administrator'] }, '10.0.0.1')
  expect(withoutFactor).toMatchObject({ decision: false, context: { stepUp: { factors: ['passkey'] } } })
  clock.advance(301_000)
  expect((await ask(all, '10.0.0.1')).decision).toBe(false)
})
