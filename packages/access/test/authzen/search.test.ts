import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import { createCatalogue, type KnownEntity } from '../../src/authzen/catalogue.ts'
import { type SearchPage, search } from '../../src/authzen/search.ts'
import { pick } from '../authorisation/oracle.ts'
import { instants, randomPolicy, randomRequest } from '../authorisation/random-policy.ts'

const [now = new Date(0)] = instants
const clock = { now: () => now, monotonicMs: () => 0 }

test('searches, page by page, find what is permitted one by one and nothing else: 300 random ones', async () => {
  const random = createSeededRandom(9)
  let found = 0
  for (let round = 0; round < 100; round += 1) {
    const { rules, directory } = randomPolicy(random)
    const authorizer = createAuthorizer(rules, { clock, directory })
    const samples = Array.from({ length: 12 }, () => randomRequest(random, now))
    const unique = (entities: readonly KnownEntity[]): KnownEntity[] => [
      ...new Map(entities.map((entity) => [`${entity.type} ${entity.id}`, entity])).values(),
    ]
    const subjects = unique(samples.map(({ subject }) => subject))
    const resources = unique(samples.map(({ resource }) => resource))
    const actions = ['read', 'execute', 'delete', 'unheard-of']
    const catalogue = createCatalogue({ subjects, resources, actions })
    const isPermitted = async (request: Parameters<typeof authorizer.authorize>[0]): Promise<boolean> =>
      (await authorizer.authorize(catalogue.enrich(request))).decision
    const asked = randomRequest(random, now)
    const { subject, action, resource, context } = asked
    const bodies = {
      subject: { subject: { type: subject.type }, action, resource, context },
      resource: { subject, action, resource: { type: resource.type }, context },
      action: { subject, resource, context },
    }
    for (const kind of ['subject', 'resource', 'action'] as const) {
      const candidates =
        kind === 'subject'
          ? subjects
              .filter(({ type }) => type === subject.type)
              .map((one) => ({ key: one.id, request: { ...asked, subject: one } }))
          : kind === 'resource'
            ? resources
                .filter(({ type }) => type === resource.type)
                .map((one) => ({ key: one.id, request: { ...asked, resource: one } }))
            : actions.map((name) => ({ key: name, request: { ...asked, action: { name } } }))
      const expected: string[] = []
      for (const { key, request } of candidates) if (await isPermitted(request)) expected.push(key)
      const results: string[] = []
      const limit = pick(random, [1, 2, 100])
      let token: string | undefined
      do {
        const page: SearchPage = await search(kind, { ...bodies[kind], page: { limit, token } }, catalogue, isPermitted)
        expect(page.results.length).toBeLessThanOrEqual(limit)
        for (const result of page.results) results.push('id' in result ? result.id : result.name)
        token = page.page.next_token
        if (token !== '') expect(page.results).toHaveLength(limit)
      } while (token !== '')
      expect(results).toEqual(expected.sort())
      found += results.length
    }
  }
  expect(found).toBeGreaterThan(50)
})

test('a search that finds little ends after 10,000 decisions, and the next page goes on from there', async () => {
  const subjects = Array.from({ length: 25_000 }, (_, index) => ({
    type: 'user',
    id: `u${String(index).padStart(5, '0')}`,
  }))
  const catalogue = createCatalogue({ subjects })
  const body = { subject: { type: 'user' }, action: { name: 'read' }, resource: { type: 'model', id: 'm' } }
  let decisions = 0
  const isPermitted = async ({ subject }: { subject: KnownEntity }): Promise<boolean> => {
    decisions += 1
    return subject.id === 'u24999'
  }
  const sizes: number[] = []
  let token: string | undefined
  for (let pages = 0; pages < 3; pages += 1) {
    decisions = 0
    const { results, page } = await search('subject', { ...body, page: { token } }, catalogue, isPermitted)
    expect(decisions).toBeLessThanOrEqual(10_000)
    sizes.push(results.length)
    token = page.next_token
  }
  expect([sizes, token]).toEqual([[0, 0, 1], ''])
})
