// The scenario of "AuthZEN Authorization API 1.0 - Certification Scenario" (OpenID AuthZEN working group, 2026): its
// fixture as rules, and what each of its sections expects.
import { expect, test } from 'vitest'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import type { Condition } from '../../src/authorisation/condition.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { createCatalogue } from '../../src/authzen/catalogue.ts'
import { createAuthzenEndpoint } from '../../src/authzen/endpoint.ts'

const attribute = (of: 'subject' | 'action' | 'resource', name: string, equals: string | boolean): Condition => ({
  kind: 'attribute',
  of,
  name,
  test: { equals },
  whenAbsent: 'unmet',
})
const record = { type: 'record' }
const person = (id: string) => ({ subject: { type: 'user', id } })
const rules: Rule[] = [
  {
    id: 'alice-reads',
    effect: 'permit',
    principal: person('alice'),
    actions: ['read', 'write'],
    resource: record,
    conditions: [
      { kind: 'not', condition: attribute('resource', 'status', 'archived') as Exclude<Condition, { kind: 'not' }> },
    ],
  },
  { id: 'bob-reads', effect: 'permit', principal: person('bob'), actions: ['read'], resource: record },
  {
    id: 'admins-write-archived',
    effect: 'permit',
    principal: 'any',
    actions: ['write'],
    resource: record,
    conditions: [attribute('subject', 'role', 'admin'), attribute('resource', 'status', 'archived')],
  },
  {
    id: 'soft-delete',
    effect: 'permit',
    principal: person('alice'),
    actions: ['delete'],
    resource: record,
    conditions: [attribute('action', 'soft', true)],
  },
]
const endpoint = createAuthzenEndpoint({
  authorizer: createAuthorizer(rules),
  policyDecisionPoint: 'https://pdp.example.com',
  authenticateCaller: () => {},
  catalogue: createCatalogue({
    subjects: [
      { type: 'user', id: 'bob', properties: { role: 'admin' } },
      { type: 'user', id: 'alice' },
    ],
    resources: [
      { type: 'record', id: 'record-1', properties: { status: 'active' } },
      { type: 'record', id: 'record-2', properties: { status: 'archived' } },
    ],
    actions: ['write', 'read', 'delete'],
  }),
})
const send = async (
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> => {
  const response = await endpoint(
    new Request(`https://pdp.example.com/access/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  )
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  return { status: response.status, body: isJson ? JSON.parse(text) : { text }, headers: response.headers }
}
const alice = { type: 'user', id: 'alice' }
const bob = { type: 'user', id: 'bob' }
const admin = { ...bob, properties: { role: 'admin' } }
const one = { type: 'record', id: 'record-1' }
const active = { ...one, properties: { status: 'active' } }
const archived = { type: 'record', id: 'record-2', properties: { status: 'archived' } }
const named = (name: string) => ({ name })
const decision = async (body: object): Promise<unknown> => (await send('evaluation', body)).body.decision

test('section 2.2: evaluations by ids and by properties', async () => {
  const read = { subject: alice, action: named('read'), resource: one }
  expect(await decision(read)).toBe(true)
  expect(await decision({ ...read, action: named('write') })).toBe(true)
  expect(await decision({ ...read, subject: bob })).toBe(true)
  expect(await decision({ subject: bob, action: named('write'), resource: one })).toBe(false)
  expect(await decision({ ...read, context: { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' } })).toBe(true)
  expect(await decision({ subject: alice, action: named('write'), resource: archived })).toBe(false)
  expect(await decision({ subject: admin, action: named('write'), resource: archived })).toBe(true)
  for (const soft of [true, false]) {
    expect(await decision({ ...read, action: { name: 'delete', properties: { soft } } })).toBe(soft)
  }
  const more = {
    subject: { ...alice, properties: { department: 'Sales', role: 'manager' } },
    action: { name: 'read', properties: { method: 'GET' } },
    resource: { ...one, properties: { status: 'active', owner: 'bob' } },
  }
  expect(await decision(more)).toBe(true)
  expect(await decision({ ...read, foo: 'bar', futureField: { nested: true } })).toBe(true)
})

test('section 2.4: what cannot be asked is 400, typed, and never a decision', async () => {
  const whole = { subject: alice, action: named('read'), resource: one }
  const { subject: _s, ...noSubject } = whole
  const { action: _a, ...noAction } = whole
  const { resource: _r, ...noResource } = whole
  const wrong: unknown[] = [
    noSubject,
    noAction,
    noResource,
    { ...whole, subject: { id: 'alice' } },
    { ...whole, subject: { type: 'user' } },
    { ...whole, action: {} },
    { ...whole, resource: { id: 'record-1' } },
    { ...whole, resource: { type: 'record' } },
    { ...whole, subject: 'alice' },
    { ...whole, action: { name: 123 } },
    { ...whole, context: [] },
    { ...whole, subject: { ...alice, properties: 'x' } },
    { ...whole, subject: { type: 'user', id: '' } },
    '{"subject":',
    '',
    'null',
    '[]',
    '"x"',
  ]
  for (const body of wrong) {
    const answer = await send('evaluation', body)
    expect([answer.status, body]).toEqual([400, body])
    expect(answer.body.text).toMatch(/^USAGE: expected .*, found/s)
  }
  for (const type of ['text/plain', 'application/jsonp', '']) {
    expect((await send('evaluation', whole, { 'content-type': type })).status).toBe(400)
  }
  expect((await send('evaluation', whole, { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200)
})

test('section 2.5: the id of a request comes back, also with an error', async () => {
  const whole = { subject: alice, action: named('read'), resource: one }
  for (const body of [whole, {}]) {
    expect((await send('evaluation', body, { 'x-request-id': 'bfe9eb29' })).headers.get('x-request-id')).toBe(
      'bfe9eb29',
    )
  }
  expect((await send('evaluation', whole)).headers.get('x-request-id')).toBeNull()
})

const decisions = async (body: object): Promise<unknown[]> =>
  ((await send('evaluations', body)).body.evaluations as { decision: unknown }[]).map((item) => item.decision)

test('section 3: batches, their defaults and their errors', async () => {
  const read = { subject: alice, action: named('read') }
  expect(
    await decisions({ ...read, evaluations: [{ resource: one }, { resource: { type: 'record', id: 'record-2' } }] }),
  ).toHaveLength(2)
  expect(
    await decisions({
      subject: bob,
      resource: one,
      evaluations: [{ action: named('read') }, { action: named('write') }],
    }),
  ).toEqual([true, false])
  expect(
    await decisions({
      subject: alice,
      action: named('write'),
      evaluations: [{ resource: active }, { resource: archived }],
    }),
  ).toEqual([true, false])
  expect(
    await decisions({
      action: named('write'),
      resource: archived,
      evaluations: [{ subject: alice }, { subject: admin }],
    }),
  ).toEqual([false, true])
  expect(
    await decisions({
      evaluations: [
        { ...read, resource: one },
        { subject: bob, action: named('write'), resource: one },
      ],
    }),
  ).toEqual([true, false])
  expect(
    await decisions({
      subject: alice,
      action: named('write'),
      resource: { type: 'record' },
      evaluations: [{ resource: { id: 'record-1', properties: { status: 'active' } } }, { resource: archived }],
    }),
  ).toEqual([true, false])
  const failed = await send('evaluations', {
    ...read,
    evaluations: [{ resource: one }, {}, 'x', { resource: { type: null, id: 'record-1' } }],
  })
  expect(failed.status).toBe(200)
  expect(failed.body.evaluations).toMatchObject([
    { decision: true },
    { decision: false, context: { error: { status: 400 } } },
    { decision: false, context: { error: { status: 400 } } },
    { decision: false, context: { error: { status: 400 } } },
  ])
  expect((await send('evaluations', { ...read, resource: one })).body).toEqual({ decision: true })
  expect((await send('evaluations', { ...read, resource: one, evaluations: [] })).body).toEqual({ decision: true })
})

test('the default of a whole entity does not lend its properties', async () => {
  const body = {
    action: named('write'),
    subject: admin,
    resource: archived,
    evaluations: [{ subject: { id: 'alice' } }],
  }
  expect(await decisions(body)).toEqual([false])
})

test('semantics: a batch ends where they say, an error counts as a denial', async () => {
  const items = [{ action: named('read') }, { action: named('write') }, { action: named('read') }]
  const run = (semantic: string, evaluations: object[] = items) =>
    decisions({ subject: bob, resource: one, evaluations, options: { evaluations_semantic: semantic, other: 1 } })
  expect(await run('execute_all')).toEqual([true, false, true])
  expect(await run('deny_on_first_deny')).toEqual([true, false])
  expect(await run('permit_on_first_permit', items.slice(1))).toEqual([false, true])
  expect(await run('deny_on_first_deny', [{ action: {} }, { action: named('read') }])).toEqual([false])
  expect((await send('evaluations', { evaluations: items, options: { evaluations_semantic: 'any' } })).status).toBe(400)
  expect((await send('evaluations', { evaluations: Array.from({ length: 257 }, () => ({})) })).status).toBe(400)
  expect((await send('evaluations', { evaluations: {} })).status).toBe(400)
})

test('section 4: searches, pages, nothing found, and what cannot be searched', async () => {
  const results = async (kind: string, body: object): Promise<unknown> =>
    (await send(`search/${kind}`, body)).body.results
  const user = { type: 'user' }
  expect(await results('subject', { subject: user, action: named('read'), resource: one })).toEqual([alice, bob])
  expect(await results('subject', { subject: user, action: named('write'), resource: archived })).toEqual([bob])
  expect(await results('resource', { subject: alice, action: named('read'), resource: record })).toEqual([one])
  expect(await results('resource', { subject: admin, action: named('write'), resource: record })).toEqual([
    { type: 'record', id: 'record-2' },
  ])
  expect(await results('action', { subject: alice, resource: one, context: {} })).toEqual([
    { name: 'read' },
    { name: 'write' },
  ])
  expect(await results('action', { subject: admin, resource: archived })).toEqual([{ name: 'read' }, { name: 'write' }])
  expect(await results('action', { subject: { type: 'user', id: 'nobody' }, resource: one })).toEqual([])
  expect(await results('subject', { subject: { type: 'spaceship' }, action: named('read'), resource: one })).toEqual([])

  const asked = { subject: user, action: named('read'), resource: one }
  const first = await send('search/subject', { ...asked, page: { limit: 1 } })
  expect(first.body).toMatchObject({ results: [alice], page: { count: 1 } })
  const { next_token: token } = first.body.page as { next_token: string }
  expect(token).not.toBe('')
  const second = await send('search/subject', { ...asked, page: { limit: 1, token } })
  expect(second.body).toEqual({ results: [bob], page: { count: 1, next_token: '' } })
  const otherSearch = { ...asked, action: named('write'), page: { token } }
  expect((await send('search/subject', otherSearch)).status).toBe(400)
  for (const page of [{ token: 'x' }, { limit: 0 }, { limit: 1e9 }, { limit: '1' }, 'x']) {
    expect((await send('search/subject', { ...asked, page })).status).toBe(400)
  }
  for (const [kind, wrong] of [
    ['subject', { subject: user, resource: one }],
    ['resource', { action: named('read'), resource: record }],
    ['action', { subject: alice }],
    ['subject', { subject: user, action: named('read'), resource: record }],
    ['resource', { subject: user, action: named('read'), resource: record }],
  ] as const) {
    expect((await send(`search/${kind}`, wrong)).status).toBe(400)
  }
})

test('section 6: metadata', async () => {
  const get = async (at: typeof endpoint, url: string) => at(new Request(url))
  const response = await get(endpoint, 'https://pdp.example.com/.well-known/authzen-configuration')
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toEqual({
    policy_decision_point: 'https://pdp.example.com',
    access_evaluation_endpoint: 'https://pdp.example.com/access/v1/evaluation',
    access_evaluations_endpoint: 'https://pdp.example.com/access/v1/evaluations',
    search_subject_endpoint: 'https://pdp.example.com/access/v1/search/subject',
    search_resource_endpoint: 'https://pdp.example.com/access/v1/search/resource',
    search_action_endpoint: 'https://pdp.example.com/access/v1/search/action',
  })
  const scoped = createAuthzenEndpoint({
    authorizer: createAuthorizer([]),
    policyDecisionPoint: 'https://pdp.example.com/tenant1/',
    authenticateCaller: () => {},
  })
  const other = await get(scoped, 'https://pdp.example.com/.well-known/authzen-configuration/tenant1')
  expect(await other.json()).toEqual({
    policy_decision_point: 'https://pdp.example.com/tenant1',
    access_evaluation_endpoint: 'https://pdp.example.com/tenant1/access/v1/evaluation',
    access_evaluations_endpoint: 'https://pdp.example.com/tenant1/access/v1/evaluations',
  })
})
