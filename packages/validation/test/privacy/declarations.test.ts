import type { DataPrivacy, UserPrivacy } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { assessDeclarations, type PrivacyManifests, privacyStatements, privacyTopics } from '../../src/privacy/index.ts'
import { fullCard, packageOf } from '../support/package.ts'

const head = { apiVersion: 'security.nootropic.ai/v1', metadata: { name: 'test' } } as const
const userPrivacy: UserPrivacy = {
  ...head,
  kind: 'UserPrivacy',
  spec: { privacy: [{ type: 'control' }], data: [{ type: 'local' }], retention: 86_400_000 },
}
const dataPrivacy: DataPrivacy = {
  ...head,
  kind: 'DataPrivacy',
  spec: { privacy: [{ type: 'local' }, { type: 'encryption' }], control: [{ type: 'audit' }] },
}
const model = (card?: string) => packageOf(new Uint8Array([8, 8]), card)
const declaredIds = ({ statements }: ReturnType<typeof assessDeclarations>): string[] =>
  statements.filter(({ isDeclared }) => isDeclared).map(({ id }) => id)

test('a full card declares everything and says where', () => {
  const declared = assessDeclarations(model(fullCard), privacyTopics)
  expect(declared.score).toMatchObject({ value: 1, threshold: 0.85 })
  expect(declared.findings).toEqual([])
  expect(declared.statements[0]).toMatchObject({ id: 'training-data', where: 'section "Training data"' })
})

test('each missing statement is named once, and two of nine are too many for the default score', () => {
  const card = fullCard.replace('## Retention', '## Other').replace('## User control', '## Another')
  const declared = assessDeclarations(model(card), privacyTopics)
  expect(declared.findings.map(({ rule }) => rule)).toEqual([
    'privacy/missing-retention',
    'privacy/missing-user-choices',
  ])
  expect(declared.score?.value).toBeLessThan(declared.score?.threshold ?? 0)
})

test('each switch of the policy asks for its statements and for no others', () => {
  for (const topic of privacyTopics) {
    const own = privacyStatements.filter((statement) => statement.topic === topic)
    const on = assessDeclarations(model(), [topic])
    expect(on.statements.map(({ id }) => id)).toEqual(own.map(({ id }) => id))
    expect(on.findings).toHaveLength(own.length)
    const off = assessDeclarations(
      model(),
      privacyTopics.filter((other) => other !== topic),
    )
    expect(off.statements.some((statement) => statement.topic === topic)).toBe(false)
  }
  expect(assessDeclarations(model(), []).score).toBeUndefined()
})

test('manifests declare what they settle: who may have it erased, and how long it is held where', () => {
  const declared = (manifests: PrivacyManifests) =>
    declaredIds(assessDeclarations(model(), privacyTopics, { manifests }))
  expect(declared({ userPrivacy })).toEqual(['retention', 'user-choices'])
  const { statements } = assessDeclarations(model(), privacyTopics, { manifests: { userPrivacy } })
  expect(statements.find(({ id }) => id === 'retention')?.where).toBe(
    'UserPrivacy: spec.retention; UserPrivacy: spec.data, local',
  )
  const minimal: UserPrivacy = { ...userPrivacy, spec: { ...userPrivacy.spec, data: [{ type: 'minimal' }] } }
  expect(declared({ userPrivacy: minimal })).toEqual(['user-choices'])
  expect(declared({ userPrivacy: minimal, dataPrivacy })).toEqual(['retention', 'user-choices'])
  expect(declared({ dataPrivacy })).toEqual([])
})

test('a card beside the README counts together with it', () => {
  const beside = model('---\ndatasets: mnist\n---\n')
  const bytes = new TextEncoder().encode('## Contact\n\nThe maintainers of this model.\n')
  const files = [...beside.files, { ...beside.files[0], path: 'MODEL_CARD.md', bytes, digest: beside.digest }]
  const declared = assessDeclarations({ ...beside, files }, privacyTopics)
  expect(declaredIds(declared)).toEqual(['training-data', 'contact'])
  expect(declared.measurements.modelCards).toBe(2)
})
