import { type AccessRequest, createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { decide } from '../../src/authorisation/decide.ts'
import type { Directory } from '../../src/authorisation/directory.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { indexRules } from '../../src/authorisation/rule-index.ts'
import { pick } from './oracle.ts'
import { instants, randomPolicy, randomRequest, roleNames } from './random-policy.ts'

const ada = { type: 'user', id: 'ada' }
const rolesOf = (directory: Directory, properties: Record<string, never> = {}): readonly string[] | undefined =>
  indexRules([], directory)
    .rolesOf({ ...ada, properties })
    ?.toSorted()
const names = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, index) => prefix + index)

test('a subject has a role exactly when a rule for that role decides its requests', () => {
  const random = createSeededRandom(31)
  const now = pick(random, instants)
  const counts = { held: 0, other: 0, ofOwner: 0 }
  for (let policy = 0; policy < 400; policy += 1) {
    const { rules, directory } = randomPolicy(random)
    const asked = { ...randomRequest(random, now), resource: { type: 'model', id: 'm0' } }
    const { subject } = asked
    const owned = roleNames.filter(() => random.uniform() < 0.2)
    const credential = { ...asked, subject: { ...subject, properties: { ...subject.properties, ownerRoles: owned } } }
    const index = indexRules(rules, directory)
    const own = index.rolesOf(subject)
    const all = index.rolesOf(credential.subject)
    expect(new Set(own).size).toBe(own?.length)
    for (const role of [...roleNames, 'unheard-of']) {
      const permit: Rule = {
        id: 'p',
        effect: 'permit',
        principal: { role },
        actions: 'any',
        resource: { type: 'model' },
      }
      const everybody: Rule = { ...permit, id: 'e', principal: 'any' }
      const decides = (request: AccessRequest, ...these: Rule[]): boolean =>
        decide(request, indexRules(these, directory), now).decision
      expect(own?.includes(role), `policy ${policy}, ${role}`).toBe(decides(asked, permit))
      // What an owner has and its credential has not permits nothing, and forbids.
      const isForbidden = !decides(credential, everybody, { ...permit, effect: 'forbid' })
      expect(all?.includes(role), `policy ${policy}, ${role}`).toBe(isForbidden)
      if (own?.includes(role)) counts.held += 1
      else if (isForbidden) counts.ofOwner += 1
      else counts.other += 1
    }
  }
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100)
})

test('roles that no rule names are told too, and nobody is given those of others', () => {
  const directory: Directory = {
    roles: [{ name: 'nurse', inherits: ['reader'] }],
    groups: [
      { name: 'night-shift', in: ['ward'], members: [ada] },
      { name: 'ward', roles: ['nurse'] },
      { name: 'office', roles: ['clerk'], members: [{ type: 'service', id: 'ada' }] },
    ],
  }
  expect(rolesOf(directory)).toEqual(['nurse', 'reader'])
  expect(rolesOf(directory, { roles: ['x'], groups: ['office', 'unknown'], ownerRoles: ['y'] } as never)).toEqual([
    'clerk',
    'nurse',
    'reader',
    'x',
    'y',
  ])
  expect(rolesOf({})).toEqual([])
})

test('roles that cannot be read or are too many are not told in part', () => {
  for (const wrong of [{ roles: 'nurse' }, { groups: [1] }, { ownerRoles: null }, { roles: names(65, 'r') }]) {
    expect(rolesOf({}, wrong as never), JSON.stringify(wrong).slice(0, 40)).toBeUndefined()
  }
  // Each of 64 groups brings so many.
  const groups = (each: number) =>
    names(64, 'g').map((name) => ({ name, roles: names(each, `${name}-`), members: [ada] }))
  expect(rolesOf({ groups: groups(64) })).toHaveLength(4096)
  expect(rolesOf({ groups: groups(64) }, { roles: ['one-more'] } as never)).toBeUndefined()
})
