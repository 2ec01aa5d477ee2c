import type { AccessRequest } from '@nootropic/core'
import { expect, test } from 'vitest'
import { decide } from '../../src/authorisation/decide.ts'
import type { Directory } from '../../src/authorisation/directory.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { indexRules } from '../../src/authorisation/rule-index.ts'

const now = new Date('2026-01-01T12:00:00Z')
const request = (id: string, model: string, properties: object = {}): AccessRequest =>
  ({
    subject: { type: 'user', id, properties },
    action: { name: 'execute' },
    resource: { type: 'model', id: model },
  }) as AccessRequest
const rule: Rule = {
  id: 'radiology',
  effect: 'permit',
  principal: { group: 'hospital' },
  actions: ['execute'],
  resource: { group: 'imaging' },
}
const directory: Directory = {
  groups: [
    { name: 'night-shift', in: ['ward'], members: [{ type: 'user', id: 'ada' }] },
    { name: 'ward', in: ['hospital'], roles: ['nurse'] },
    { name: 'hospital' },
  ],
  roles: [{ name: 'nurse', inherits: ['reader'] }],
  resourceGroups: [
    { name: 'scans', in: ['imaging'], resources: [{ type: 'model', id: 'digits' }] },
    { name: 'imaging', resources: [] },
  ],
}
const permits = (rules: Rule[], asked: AccessRequest): boolean =>
  decide(asked, indexRules(rules, directory), now).decision

test('nested groups and resource groups are looked through, and only upwards', () => {
  expect(permits([rule], request('ada', 'digits'))).toBe(true)
  expect(permits([rule], request('bob', 'digits'))).toBe(false)
  expect(permits([rule], request('bob', 'digits', { groups: ['ward'] }))).toBe(true)
  expect(permits([rule], request('ada', 'faces'))).toBe(false)
  expect(
    permits([{ ...rule, principal: { group: 'night-shift' } }], request('bob', 'digits', { groups: ['ward'] })),
  ).toBe(false)
  expect(permits([{ ...rule, resource: { group: 'scans' } }], request('ada', 'digits'))).toBe(true)
  const other = { ...request('ada', 'digits'), resource: { type: 'data', id: 'digits' } }
  expect(permits([rule], other)).toBe(false)
})

test('a group gives its roles, and a role those that it inherits', () => {
  expect(permits([{ ...rule, principal: { role: 'reader' } }], request('ada', 'digits'))).toBe(true)
  expect(permits([{ ...rule, principal: { role: 'reader' } }], request('bob', 'digits', { roles: ['nurse'] }))).toBe(
    true,
  )
  expect(permits([{ ...rule, principal: { role: 'nurse' } }], request('bob', 'digits', { roles: ['reader'] }))).toBe(
    false,
  )
})

test('a forbid for a group holds for whoever is below it', () => {
  const forbid: Rule = { ...rule, id: 'stop', effect: 'forbid', principal: { group: 'ward' }, actions: 'any' }
  const answer = decide(request('ada', 'digits'), indexRules([rule, forbid], directory), now)
  expect(answer).toEqual({ decision: false, context: { reason: 'forbidden by "stop"', rules: ['stop'] } })
})

test('circles, double names, deep nesting and unknown resource groups are refused', () => {
  const chain = (length: number): Directory => ({
    groups: Array.from({ length }, (_, index) => ({ name: `g${index}`, in: [`g${index + 1}`] })),
  })
  // One role that leads to 64 and each of them to 5 more.
  const wide: Directory = {
    roles: [
      { name: 'top', inherits: Array.from({ length: 64 }, (_, index) => `r${index}`) },
      ...Array.from({ length: 64 }, (_, index) => ({
        name: `r${index}`,
        inherits: Array.from({ length: 5 }, (_, below) => `r${index}-${below}`),
      })),
    ],
  }
  for (const wrong of [
    { groups: [{ name: 'a', in: ['a'] }] },
    {
      groups: [
        { name: 'a', in: ['b'] },
        { name: 'b', in: ['c'] },
        { name: 'c', in: ['a'] },
      ],
    },
    {
      roles: [
        { name: 'a', inherits: ['b'] },
        { name: 'b', inherits: ['a'] },
      ],
    },
    {
      resourceGroups: [
        { name: 'imaging', in: ['x'] },
        { name: 'x', in: ['imaging'] },
      ],
    },
    { groups: [{ name: 'a' }, { name: 'a' }] },
    { groups: [{ name: 'a', extra: 1 }] },
    chain(40),
    { groups: chain(40).groups?.toReversed() ?? [] },
    wide,
  ]) {
    expect(() => indexRules([], wrong as Directory), JSON.stringify(wrong).slice(0, 60)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    )
  }
  expect(() => indexRules([rule], { resourceGroups: [] })).toThrow('add the group or correct its name')
  expect(() => indexRules([], chain(31))).not.toThrow()
})

test('a subject with more roles than a decision looks at is denied, not cut short', () => {
  const roles = Array.from({ length: 250 }, (_, index) => `r${index}`)
  const wide: Directory = {
    groups: Array.from({ length: 5 }, (_, index) => ({
      name: `g${index}`,
      roles: roles.slice(index * 60, index * 60 + 60),
      members: [{ type: 'user', id: 'ada' }],
    })),
  }
  const rules = roles.map((role): Rule => ({ ...rule, id: role, principal: { role }, resource: { type: 'model' } }))
  const more = Array.from({ length: 20 }, (_, index) => `x${index}`)
  const others = more.map(
    (role): Rule => ({ ...rule, id: role, effect: 'forbid', principal: { role }, resource: { type: 'model' } }),
  )
  const answer = decide(request('ada', 'digits', { roles: more }), indexRules([...rules, ...others], wide), now)
  expect(answer.decision).toBe(false)
  expect(answer.context.reason).toMatch(/fewer roles and groups, found too many/)
})
