import type { Report } from '@nootropic/core'
import { parseManifestSet } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { dueTests } from '../src/due-tests.ts'
import { nextOccurrence } from '../src/next-occurrence.ts'

const next = (cron: string, after: string): string =>
  nextOccurrence({ name: 'cron', cron }, new Date(after)).toISOString().slice(0, 16)

test.each([
  ['0 0 * * 0', '2026-11-22T00:00:00Z', '2026-11-29T00:00'],
  ['0 0 * * 7', '2026-11-21T23:59:30Z', '2026-11-22T00:00'],
  ['*/20 * * * *', '2026-01-01T10:59:00Z', '2026-01-01T11:00'],
  ['30 3 * * MON', '2026-11-22T12:00:00Z', '2026-11-23T03:30'],
  ['0 12 13 * FRI', '2026-11-01T00:00:00Z', '2026-11-06T12:00'],
  ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00'],
  ['15,45 8-10 1 JAN,JUL *', '2026-01-01T10:45:00Z', '2026-07-01T08:15'],
  ['0 0 1 * *', '2026-12-15T00:00:00Z', '2027-01-01T00:00'],
])('%s after %s is %s, as crontab(5) has it', (cron, after, expected) => {
  expect(next(cron, after)).toBe(expected)
})

const settings = parseManifestSet([
  {
    path: 'a.yaml',
    text: 'apiVersion: security.nootropic.ai/v1\nkind: AdversarialTesting\nmetadata: { name: x }\nspec: { attacks: [{ type: fgsm, epsilon: 0.1 }], schedule: { frequency: weekly } }\n',
  },
])
const report = (verdict: 'pass' | 'incomplete'): Report =>
  ({ startedAt: '2026-11-20T10:00:00.000Z', stages: [{ name: 'adversarial', verdict }] }) as unknown as Report
const digits = { name: 'digits', version: '1.0.0' }

test('a test is due from the next time of its schedule on, and at once where it never came to its end', () => {
  expect(dueTests(settings, digits, report('pass'), new Date('2026-11-21T00:00:00Z'))).toEqual([])
  expect(dueTests(settings, digits, report('pass'), new Date('2026-11-22T00:00:00Z'))).toEqual([
    {
      model: 'digits',
      version: '1.0.0',
      kind: 'AdversarialTesting',
      lastRun: '2026-11-20T10:00:00.000Z',
      since: '2026-11-22T00:00:00.000Z',
    },
  ])
  expect(dueTests(settings, digits, report('incomplete'), new Date('2026-11-20T11:00:00Z'))).toMatchObject([
    { since: '2026-11-20T10:00:00.000Z' },
  ])
})
