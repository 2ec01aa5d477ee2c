import { createManualClock, type InferenceSession, isNootropicError, type SessionFactory } from '@nootropic/core'
import { createNode, createValueInfo, type OnnxModel } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import {
  type AttackModelOptions,
  attackModel,
  type BehaviourReport,
  behaviourReportSchema,
} from '../../src/behaviour/index.ts'
import { diagonalClassifier, diagonalDataset, floats, modelOf, numbers, steppedClassifier } from '../support/models.ts'
import { packageOf } from '../support/package.ts'

const sessions = createInProcessSessions()
const dataset = diagonalDataset(24, 0.1)
const sound = diagonalClassifier(4)

const attack = (model: OnnxModel, options: Partial<AttackModelOptions> = {}): Promise<BehaviourReport> =>
  attackModel(packageOf(model), {
    sessions,
    dataset,
    seed: 1,
    attacks: [{ name: 'fgsm' }, { name: 'pgd', effort: { steps: 5 } }],
    ...options,
  })

const withoutTimes = (report: BehaviourReport): unknown =>
  JSON.parse(JSON.stringify(report, (key, value) => (/Ms$|startedAt/.test(key) ? 0 : value)))

test('a report is plain data of its schema, and the same seed gives the same one', async () => {
  const report = await attack(sound)
  expect(behaviourReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
  expect(withoutTimes(await attack(sound))).toEqual(withoutTimes(report))
  expect(report).toMatchObject({
    verdict: 'pass',
    data: { examples: 24, clean: 1, measure: 'accuracy', isMadeUp: false, domain: [0, 1] },
    attacks: { isWhiteBox: true, verdict: 'pass', judgedAt: 0.03 },
    plan: { seed: 1 },
  })
  expect(report.environment.onnxruntime).toMatch(/^1\./)
  expect(report.scores.securityScore?.basis).toContain('0.5 x')
  expect(report.stages.map(({ name }) => name)).toEqual(['vulnerability-scan', 'load', 'attacks', 'honesty', 'scores'])
})

test('a model that falls fails its score, with the finding that says so', async () => {
  const report = await attack(sound, { judgedAt: 0.9 })
  expect(report.verdict).toBe('fail')
  expect(report.findings.map(({ rule }) => rule)).toContain('score/security-below-threshold')
})

test('without a dataset figures are shown, and nothing is judged', async () => {
  const { dataset: _, ...nothing } = { sessions, dataset, attacks: [{ name: 'fgsm' as const }] }
  const report = await attackModel(packageOf(sound), nothing)
  expect(report).toMatchObject({ verdict: 'incomplete', data: { isMadeUp: true, measure: 'consistency' }, scores: {} })
})

test('without a gradient the report is incomplete and names what stands in the way, however much is left', async () => {
  const stepped = steppedClassifier(19)
  const report = await attack(stepped)
  expect(report.verdict).toBe('incomplete')
  expect(report.attacks).toMatchObject({ isWhiteBox: false, verdict: 'incomplete' })
  expect(report.attacks?.notes.join()).toContain('Floor')
})

test('a model that the scan does not pass is never loaded', async () => {
  let opened = 0
  const counting: SessionFactory = {
    open: (bytes, options) => {
      opened += 1
      return sessions.open(bytes, options)
    },
  }
  const hostile = modelOf({
    nodes: [createNode('PyOp', ['x'], ['y'])],
    input: [1, 2],
    output: [1, 2],
  })
  const report = await attackModel(packageOf(hostile), { sessions: counting, dataset })
  expect(report.verdict).not.toBe('pass')
  expect([opened, report.attacks]).toEqual([0, undefined])
  expect(report.skipped.map(({ name }) => name)).toContain('behaviour')
})

test('who stops the work gets what was done by then, marked as incomplete', async () => {
  const abort = new AbortController()
  const report = await attack(sound, {
    signal: abort.signal,
    progress: ({ part }) => {
      if (part.startsWith('pgd')) abort.abort()
    },
  })
  expect(report).toMatchObject({ verdict: 'incomplete', plan: { stopped: 'the caller stopped the work' } })
  expect(report.attacks?.attacks.map(({ attack: name, verdict }) => [name, verdict])).toEqual([
    ['fgsm', 'pass'],
    ['pgd', 'incomplete'],
  ])
})

test('what cannot be asked is refused in one sentence', async () => {
  const refusalOf = async (options: Partial<AttackModelOptions>): Promise<string> => {
    const error = await attack(sound, options).catch((thrown: unknown) => thrown)
    return isNootropicError(error, 'USAGE') ? error.message : `no refusal: ${String(error)}`
  }
  const unknown = [{ name: 'pdg' as 'pgd' }]
  expect(await refusalOf({ budgetMs: 0 })).toContain('expected a time budget above 0')
  expect(await refusalOf({ seed: -1 })).toContain('expected a seed')
  expect(await refusalOf({ attacks: [] })).toContain('expected one attack or more')
  expect(await refusalOf({ attacks: unknown })).toContain('did you mean "pgd"?')
  expect(await refusalOf({ attacks: [{ name: 'boundary', norm: 'l0' }] })).toContain('expected a norm out of l2')
  expect(await refusalOf({ attacks: [{ name: 'pgd', epsilons: [0] }] })).toContain('expected epsilons above 0')
  expect(await refusalOf({ examples: 0 })).toContain('expected 1 example or more')
  expect(await refusalOf({ fixed: { z: { type: 'float32', dims: [1], data: new Float32Array(1) } } })).toContain('"z"')
})

test('a batch of one is opened, so that examples go through together, and the figures stay the same', async () => {
  const rows: number[] = []
  const watching: SessionFactory = {
    open: async (bytes, options): Promise<InferenceSession> => {
      const session = await sessions.open(bytes, options)
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        run: (feeds, run) => {
          rows.push(feeds.x?.dims[0] ?? 0)
          return session.run(feeds, run)
        },
        close: () => session.close(),
      }
    },
  }
  const { node, initializer } = sound.graph
  const single = modelOf({ nodes: node, initializer, input: [1, 2], output: [1, 2] })
  const report = await attack(single, { sessions: watching })
  expect(report.attacks?.worstCase).toEqual((await attack(sound)).attacks?.worstCase)
  expect(Math.max(...rows)).toBe(24)
})

test('of several inputs one is attacked, and what the others hold is given', async () => {
  const plain = diagonalClassifier(4)
  const two: OnnxModel = {
    ...plain,
    graph: {
      ...plain.graph,
      node: [createNode('Mul', ['raw', 'gain'], ['x']), ...plain.graph.node],
      input: [
        createValueInfo({ name: 'gain', type: 'float32', dims: [1] }),
        createValueInfo({ name: 'raw', type: 'float32', dims: ['batch', 2] }),
      ],
    },
  }
  const without = await attack(two)
  expect(without.stages.find(({ name }) => name === 'attacks')).toMatchObject({
    verdict: 'incomplete',
    note: expect.stringContaining('give what'),
  })
  const gain = { type: 'float32', dims: [1], data: Float32Array.of(1) } as const
  const report = await attack(two, { fixed: { gain } })
  expect(report.attacks?.worstCase).toEqual((await attack(sound)).attacks?.worstCase)
})

test('what is proved is never more than attacks left, and both are asked for by name', async () => {
  const report = await attack(sound, { certify: ['intervals', 'smoothing'], examples: 6 })
  const proved = report.certified?.find(({ method }) => method === 'intervals')
  const left = new Map(report.attacks?.worstCase[0]?.curve.map(({ epsilon, share }) => [epsilon, share]))
  for (const { epsilon, share } of proved?.curve ?? []) expect(share).toBeLessThanOrEqual(left.get(epsilon) ?? 1)
  expect(proved?.curve[0]).toMatchObject({ epsilon: 0, share: 1 })
  expect(report.certified?.map(({ method, norm }) => [method, norm])).toEqual([
    ['intervals', 'linf'],
    ['smoothing', 'l2'],
  ])
  expect((await attack(sound)).certified).toBeUndefined()
})

test('whatever epsilons are asked for, the one that is judged is tried', async () => {
  for (const epsilon of [0.001, 0.9]) {
    const report = await attack(sound, { judgedAt: 0.3, attacks: [{ name: 'pgd', epsilons: [epsilon] }] })
    expect(report.attacks?.worstCase[0]?.curve.map((point) => point.epsilon)).toContain(0.3)
    expect(report.verdict).toBe('fail')
  }
  for (const judgedAt of [0, Number.NaN]) {
    const wrong = attack(sound, { judgedAt, attacks: [{ name: 'pgd', epsilons: [0.1] }] })
    await expect(wrong).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(`found ${judgedAt}`) })
  }
})

test('of attacks that stay in no ball nothing is judged, and where all was left undecided there is no score', async () => {
  const pictures = modelOf({
    nodes: [createNode('Flatten', ['x'], ['flat']), createNode('Gemm', ['flat', 'w'], ['y'])],
    initializer: [floats('float32', 'w', [16, 2], numbers(32, 1))],
    input: ['batch', 1, 4, 4],
    output: ['batch', 2],
  })
  const data = Float32Array.from(numbers(128, 2), Math.abs)
  const given = { inputs: { type: 'float32' as const, dims: [8, 1, 4, 4], data }, domain: [0, 1] as const }
  const moved = await attack(pictures, { dataset: given, attacks: [{ name: 'spatial', epsilons: [0.5] }] })
  expect(moved.attacks).toMatchObject({ verdict: 'incomplete' })
  expect(moved).toMatchObject({ verdict: 'incomplete', scores: {} })

  const clock = createManualClock('2026-01-01T00:00:00Z')
  const progress = () => clock.advance(2000)
  const late = await attack(sound, { clock, progress, budgetMs: 3000, attacks: [{ name: 'fgsm' }] })
  expect(late.attacks?.worstCase[0]?.curve.at(-1)).toMatchObject({ undecided: 24 })
  expect(late).toMatchObject({ verdict: 'incomplete', scores: {} })
})

test('a label that the model has no class for is no wrong answer', async () => {
  const labels = dataset.labels.map((label, row) => (row === 3 ? 2 : label))
  const report = await attack(sound, { dataset: { ...dataset, labels } })
  expect(report).toMatchObject({ verdict: 'incomplete', scores: {} })
  expect(report.stages.find(({ name }) => name === 'attacks')?.note).toContain('expected labels from 0 to 1, found 2')
  const domain = [0, Number.POSITIVE_INFINITY] as const
  await expect(attack(sound, { dataset: { ...dataset, domain } })).rejects.toMatchObject({ code: 'USAGE' })
})
