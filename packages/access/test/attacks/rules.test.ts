import { type AccessRequest, createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { decide } from '../../src/authorisation/decide.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { indexRules } from '../../src/authorisation/rule-index.ts'
import { randomPolicy, randomRequest } from '../authorisation/random-policy.ts'

const now = new Date('2026-01-01T12:00:00Z')
const all: Rule = { id: 'all', effect: 'permit', principal: 'any', actions: 'any', resource: { type: 'model' } }
const ask = (rules: readonly Rule[], over: Partial<AccessRequest> = {}): boolean => {
  const request = {
    subject: { type: 'user', id: 'ada' },
    action: { name: 'execute' },
    resource: { type: 'model', id: 'digits' },
    ...over,
  }
  return decide(request, indexRules(rules), now).decision
}

test('a forbidden network stays forbidden however its address is written', () => {
  const forbid: Rule = {
    ...all,
    id: 'forbid',
    effect: 'forbid',
    conditions: [{ kind: 'network', ranges: ['10.0.0.0/8', 'fe80::/10', '::ffff:172.16.0.0/108'] }],
  }
  const written = [
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '::ffff:a01:203',
    '0:0:0:0:0:ffff:a01:203',
    'fe80::1',
    'FE80::1',
    'fe80::1%eth0',
    '172.16.0.1',
    '::ffff:172.16.0.1',
  ]
  for (const ip of written) expect([ip, ask([all, forbid], { context: { ip } })]).toEqual([ip, false])
  expect(ask([all, forbid], { context: { ip: '11.1.2.3' } })).toBe(true)
})

test('names of the language itself are names like others: no role, group, type or action is there before a rule names it', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'any', '']
  const rule: Rule = { ...all, principal: { role: 'analyst' }, actions: ['execute'] }
  for (const name of names) {
    const subject = { type: name, id: name, properties: { roles: [name], groups: [name] } }
    const request = { subject, action: { name }, resource: { type: name, id: name } }
    expect([name, ask([rule], request)]).toEqual([name, false])
  }
  for (const name of names.slice(0, 4)) {
    const own: Rule = { ...all, principal: { role: name }, actions: [name], resource: { type: name, id: name } }
    const subject = { type: 'user', id: 'ada', properties: { roles: [name] } }
    const request = { subject, action: { name }, resource: { type: name, id: name } }
    expect([name, ask([own], request)]).toEqual([name, true])
    expect([name, ask([own, { ...own, id: 'forbid', effect: 'forbid' }], request)]).toEqual([name, false])
  }
})

test('a name that no store keeps as it is, with half of a character, is refused in a rule', () => {
  const half = 'eve\ud800'
  const forbid: Rule = { ...all, id: 'forbid', effect: 'forbid', principal: { subject: { type: 'user', id: half } } }
  expect(() => indexRules([all, forbid])).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
})

test('a credential with fewer roles than its owner has no more rights: what a role forbids it forbids to both', () => {
  const forbid: Rule = { ...all, id: 'forbid', effect: 'forbid', principal: { role: 'suspended' } }
  const analysts: Rule = { ...all, id: 'analysts', principal: { role: 'analyst' } }
  const admins: Rule = { ...all, id: 'admins', principal: { role: 'admin' } }
  const as = (rules: readonly Rule[], properties: Record<string, string[] | string>) =>
    ask(rules, { subject: { type: 'user', id: 'ada', properties } })
  expect(as([analysts, forbid], { roles: ['analyst'] })).toBe(true)
  expect(as([analysts, forbid], { roles: ['analyst'], ownerRoles: ['analyst', 'author'] })).toBe(true)
  expect(as([analysts, forbid], { roles: ['analyst'], ownerRoles: ['analyst', 'suspended'] })).toBe(false)
  expect(as([admins], { roles: ['analyst'], ownerRoles: ['analyst', 'admin'] })).toBe(false)
  expect(as([analysts], { roles: ['analyst'], ownerRoles: 'suspended' })).toBe(false)
  expect(as([analysts], { roles: ['analyst'], ownerRoles: Array.from({ length: 1000 }, (_, n) => `unit-${n}`) })).toBe(
    true,
  )
})

test('whatever the rules, roles of the owner that a credential has not forbid as they forbid the owner, and permit nothing', () => {
  const random = createSeededRandom(7)
  let held = 0
  for (let policy = 0; policy < 60; policy += 1) {
    const { rules, directory } = randomPolicy(random)
    const index = indexRules(rules, directory)
    const forbids = indexRules([...rules.filter(({ effect }) => effect === 'forbid'), all], directory)
    for (let round = 0; round < 40; round += 1) {
      const asked = randomRequest(random, now)
      const { subject } = asked
      const given = subject.properties?.roles
      if (!Array.isArray(given) || !given.every((role) => typeof role === 'string')) continue
      const as = (properties: object): AccessRequest => ({
        ...asked,
        resource: { ...asked.resource, type: 'model' },
        subject: { ...subject, properties: { ...subject.properties, ...properties } },
      })
      const few = as({ roles: given.slice(1) })
      const expected = decide(few, index, now).decision && decide(as({ roles: given }), forbids, now).decision
      expect(decide(as({ roles: given.slice(1), ownerRoles: given }), index, now).decision).toBe(expected)
      if (decide(few, index, now).decision && !expected) held += 1
    }
  }
  expect(held).toBeGreaterThan(5)
})
