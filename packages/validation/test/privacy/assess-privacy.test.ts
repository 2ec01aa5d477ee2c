import { createManualClock } from '@nootropic/core'
import { createNode, createValueInfo } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { assessPrivacy } from '../../src/privacy/index.ts'
import { modelOf } from '../support/models.ts'
import { fullCard, packageOf } from '../support/package.ts'
import { smallDigits } from './small-digits.ts'
import { fixtureBytes, parsedFixture } from './support.ts'

const sessions = createInProcessSessions()
const sound = packageOf(fixtureBytes('sound'), fullCard)
const sets = { members: smallDigits(6000, 300), nonMembers: smallDigits(7000, 300) }
const memorised = { secrets: () => [], personalData: () => [] }
const quick = { shadows: 0, student: { hidden: 8, epochs: 2 } }

test('without data the attacks are incomplete with the reason, and the model is never private', async () => {
  const assessment = await assessPrivacy(sound, { sessions, memorised })
  expect(assessment.verdict).toBe('incomplete')
  expect(assessment.attacks.map(({ attack, verdict }) => [attack, verdict])).toEqual([['memorised-strings', 'pass']])
  expect(assessment.incomplete.map(({ attack }) => attack)).toEqual([
    'membership-inference',
    'model-inversion',
    'model-extraction',
  ])
  for (const { reason } of assessment.incomplete) {
    expect(reason).toContain('no members (examples that it was trained on)')
    expect(reason).toContain('no non-members')
  }
  expect(assessment.skipped).toEqual([{ attack: 'attribute-inference', reason: 'it was not asked for' }])
})

test('a memorising model fails with one finding that says how surely members are told', async () => {
  const assessment = await assessPrivacy(packageOf(fixtureBytes('memorising'), fullCard), {
    sessions,
    members: smallDigits(0, 300, 'noise'),
    nonMembers: smallDigits(7000, 300, 'noise'),
    attacks: ['membership-inference'],
    membership: quick,
  })
  expect(assessment.verdict).toBe('fail')
  expect(assessment.findings.map(({ rule }) => rule)).toEqual(['privacy/membership-leak'])
  expect(assessment.findings[0]?.message).toMatch(/found them told apart by \d of \d signals, best by/)
})

test('the whole assessment is plain data and tells of its progress', async () => {
  const told: string[] = []
  const assessment = await assessPrivacy(sound, {
    sessions,
    ...sets,
    memorised,
    membership: quick,
    extraction: { budgets: [20], student: { hidden: 8, epochs: 2 } },
    inversion: { steps: 5 },
    attribute: { element: 24, values: [0, 0.5, 1] },
    progress: (attack) => told.push(attack),
  })
  expect(JSON.parse(JSON.stringify(assessment))).toEqual(assessment)
  expect(new Set(told).size).toBe(4)
  expect(assessment.attacks).toHaveLength(5)
})

test('a budget that is used up keeps what stands and leaves the rest incomplete', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const assessment = await assessPrivacy(sound, {
    sessions,
    ...sets,
    membership: quick,
    attacks: ['membership-inference', 'model-inversion', 'model-extraction'],
    budgetMs: 1000,
    clock,
    progress: (_, done) => {
      if (done === 2) clock.advance(2000)
    },
  })
  expect(assessment.verdict).toBe('incomplete')
  expect(assessment.attacks[0]).toMatchObject({ attack: 'membership-inference', verdict: 'incomplete' })
  expect(assessment.incomplete).toHaveLength(3)
  for (const { reason } of assessment.incomplete) expect(reason).toContain('DEADLINE_EXCEEDED')
  const nothing = await assessPrivacy(sound, { sessions, ...sets, memorised, budgetMs: 0 })
  expect(nothing.incomplete).toHaveLength(4)
  expect(nothing.findings).toEqual([])
})

test('examples that do not fit each other or the model are refused', async () => {
  const { inputs, domain } = sets.members
  const wide = { ...sets.members, inputs: { ...inputs, dims: [300, 49] } }
  await expect(assessPrivacy(sound, { sessions, ...sets, members: wide })).rejects.toMatchObject({ code: 'USAGE' })
  const labels = sets.members.labels.map(() => 10)
  await expect(assessPrivacy(sound, { sessions, ...sets, members: { inputs, labels, domain } })).rejects.toMatchObject({
    code: 'USAGE',
  })
  const data = inputs.data.map((value, index) => (index === 7 ? Number.NaN : value))
  const holed = { ...sets.members, inputs: { ...inputs, data } }
  await expect(assessPrivacy(sound, { sessions, ...sets, members: holed })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(assessPrivacy(sound, { attacks: ['guessing' as 'model-inversion'] })).rejects.toMatchObject({
    code: 'USAGE',
  })
})

test('a model that is no classifier, and one whose answers are no numbers, are incomplete', async () => {
  const field = modelOf({
    nodes: [createNode('Identity', ['x'], ['y'])],
    input: ['n', 1, 7, 7],
    output: ['n', 1, 7, 7],
  })
  const noClassifier = await assessPrivacy(packageOf(field), { sessions, ...sets, memorised })
  expect(noClassifier.incomplete[0]?.reason).toContain('no row of class scores')
  const broken = modelOf({
    nodes: [
      createNode('Flatten', ['x'], ['flat']),
      createNode('Sub', ['flat', 'flat'], ['zero']),
      createNode('Div', ['zero', 'zero'], ['y']),
    ],
    input: ['n', 1, 7, 7],
    output: ['n', 49],
  })
  const answers = await assessPrivacy(packageOf(broken, fullCard), { sessions, ...sets, memorised, membership: quick })
  expect(answers.verdict).toBe('incomplete')
  for (const { reason } of answers.incomplete) expect(reason).toContain('OUTPUT_INVALID')
  expect(answers.incomplete).toHaveLength(3)
})

test('a model that takes one example at a time is attacked as one that takes many', async () => {
  const model = parsedFixture('overfitted')
  const input = [createValueInfo({ name: 'image', type: 'float32', dims: [1, 1, 7, 7] })]
  const output = [createValueInfo({ name: 'logits', type: 'float32', dims: [1, 10] })]
  const single = { ...model, ...(model.graph === undefined ? {} : { graph: { ...model.graph, input, output } }) }
  const options = {
    sessions,
    members: smallDigits(0, 120),
    nonMembers: smallDigits(7000, 120),
    attacks: ['membership-inference' as const, 'model-inversion' as const],
    membership: quick,
    inversion: { steps: 3 },
  }
  const one = await assessPrivacy(packageOf(single), options)
  const many = await assessPrivacy(packageOf(model), options)
  const areas = (assessment: typeof one) =>
    assessment.attacks.flatMap((figures) =>
      figures.attack === 'membership-inference' ? figures.signals.map(({ area }) => area.value.toFixed(3)) : [],
    )
  expect(areas(one)).toEqual(areas(many))
  expect(one.attacks.map(({ attack }) => attack)).toEqual(['membership-inference', 'model-inversion'])
})

test('two classes behind one sigmoid are attacked as two', async () => {
  const sigmoid = modelOf({
    nodes: [
      createNode('Flatten', ['x'], ['flat']),
      createNode('ReduceMean', ['flat'], ['mean'], { axes: [1n] }),
      createNode('Sigmoid', ['mean'], ['y']),
    ],
    input: ['n', 1, 7, 7],
    output: ['n', 1],
  })
  const two = (digits: ReturnType<typeof smallDigits>) => ({
    ...digits,
    labels: digits.labels.map((label) => label % 2),
  })
  const assessment = await assessPrivacy(packageOf(sigmoid), {
    sessions,
    members: two(sets.members),
    nonMembers: two(sets.nonMembers),
    attacks: ['membership-inference'],
    membership: quick,
  })
  expect(assessment.attacks[0]).toMatchObject({ attack: 'membership-inference', verdict: 'incomplete' })
  expect(assessment.incomplete[0]?.reason).toContain('check labels, domain and scaling')
})
