import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { assessModelPrivacy, behaviourPage, behaviourReportSchema } from '../../src/behaviour/index.ts'
import { diagonalClassifier, diagonalDataset } from '../support/models.ts'
import { fullCard, packageOf } from '../support/package.ts'

const sessions = createInProcessSessions()
const memorised = { personalData: () => [], secrets: () => [] }

test('without members the attacks are incomplete, and what is declared is scored all the same', async () => {
  const report = await assessModelPrivacy(packageOf(diagonalClassifier(4), fullCard), { sessions, memorised })
  expect(report.verdict).toBe('incomplete')
  expect(report.scores.privacyScore).toMatchObject({ value: 1, threshold: 0.85 })
  expect(report.skipped).toContainEqual({
    name: 'privacy/membership-inference',
    reason: expect.stringContaining('members'),
  })
  expect(report.privacy?.declared.every(({ isDeclared }) => isDeclared)).toBe(true)
})

test('a card that says nothing fails the score', async () => {
  const report = await assessModelPrivacy(packageOf(diagonalClassifier(4)), { sessions, attacks: [] })
  expect(report.verdict).toBe('fail')
  expect(report.findings.map(({ rule }) => rule)).toContain('score/privacy-below-threshold')
})

test('what attacks found is plain data, and on the page', async () => {
  const all = diagonalDataset(240, 0.02)
  const part = (from: number, to: number) => ({
    inputs: { ...all.inputs, dims: [to - from, 2], data: all.inputs.data.slice(2 * from, 2 * to) },
    labels: all.labels.slice(from, to),
    domain: all.domain,
  })
  const report = await assessModelPrivacy(packageOf(diagonalClassifier(4), fullCard), {
    sessions,
    members: part(0, 120),
    nonMembers: part(120, 240),
    attacks: ['membership-inference'],
    membership: { shadows: 0 },
    seed: 1,
  })
  expect(behaviourReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
  expect(report.privacy?.attacks).toMatchObject([{ attack: 'membership-inference' }])
  expect(behaviourPage(report)).toContain('Membership inference')
})
