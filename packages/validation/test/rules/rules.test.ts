import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scan, scanRules } from '../../src/scan/index.ts'
import type { RoomFixtures } from './fixture.ts'

const fixtures = new Map<string, RoomFixtures[string]>()
for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.fixtures.ts'))) {
  const room = (await import(/* @vite-ignore */ `./${file}`)) as { fixtures: RoomFixtures }
  for (const [rule, cases] of Object.entries(room.fixtures)) fixtures.set(rule, cases)
}

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-rules-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('every rule has at least two cases that it reports and two that it leaves alone', () => {
  const thin = scanRules
    .map(({ id }) => ({ id, cases: fixtures.get(id) ?? { positive: {}, negative: {} } }))
    .filter(({ cases }) => Object.keys(cases.positive).length < 2 || Object.keys(cases.negative).length < 2)
    .map(({ id }) => id)
  expect(thin).toEqual([])
})

test('every case belongs to a rule', () => {
  const known = new Set(scanRules.map(({ id }) => id))
  expect([...fixtures.keys()].filter((rule) => !known.has(rule))).toEqual([])
})

for (const [rule, { positive, negative }] of fixtures) {
  test(`${rule} reports its cases and no near miss`, async () => {
    for (const [name, fixture] of [...Object.entries(positive), ...Object.entries(negative)]) {
      const { findings } = await scan(fixture(mkdtempSync(join(directory, 'case-'))))
      const isReported = findings.some((finding) => finding.rule === rule)
      expect([name, isReported], JSON.stringify(findings, undefined, 1)).toEqual([name, name in positive])
    }
  })
}
