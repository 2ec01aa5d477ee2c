import { createManualClock, NootropicError, type Report, reportSchema, type SessionFactory } from '@nootropic/core'
import { createNode, createValueInfo } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { defaultPolicy, type ModelSecurityPolicy } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { accuracyCurve, consistencyCurve, validate } from '../src/index.ts'
import { fixtures as graphFixtures } from './rules/onnx-backdoors.fixtures.ts'
import { diagonalClassifier, diagonalDataset, floats, modelOf, steppedClassifier } from './support/models.ts'
import { fullCard, packageOf, statementCount } from './support/package.ts'

const sessions = createInProcessSessions()
const dataset = diagonalDataset(200, 0.1)
const model = diagonalClassifier(4)

const stageNames = (report: Report): string[] => report.stages.map(({ name }) => name)
const stage = (report: Report, name: string) => report.stages.find((candidate) => candidate.name === name)

type Validation = ModelSecurityPolicy['spec']['validation']
const policyWith = (change: (validation: Validation) => Validation): ModelSecurityPolicy['spec'] => ({
  ...defaultPolicy.spec,
  validation: change(structuredClone(defaultPolicy.spec.validation)),
})

test('a sound model with a full card passes every stage and every threshold', async () => {
  const report = await validate(packageOf(model, fullCard), { sessions, dataset, seed: 1 })
  expect(reportSchema.parse(report)).toEqual(report)
  expect(stageNames(report)).toEqual([
    'vulnerability-scan',
    'backdoor-detection',
    'load',
    'input-validation',
    'output-stability',
    'robustness',
    'adversarial',
    'honesty',
    'resource-usage',
    'performance',
    'privacy',
    'scores',
  ])
  expect(report.findings).toEqual([])
  expect(report.verdict).toBe('pass')
  expect(report.scores.privacyScore?.value).toBe(1)
  expect(report.scores.securityScore?.value).toBeGreaterThan(0.9)
  expect(report.skipped.map(({ name }) => name)).toEqual([
    'validation.securityChecks.codeAnalysis.codeSigningVerification',
    'validation.securityChecks.codeAnalysis.dependencyCheck',
    'robustness/blur',
  ])
})

test('accuracy against epsilon is what geometry says: a point falls when the ball crosses the line', async () => {
  const report = await validate(packageOf(model, fullCard), {
    sessions,
    dataset,
    adversarial: {
      attacks: [
        { type: 'fgsm', epsilon: 0.03 },
        { type: 'pgd', epsilon: 0.03, steps: 10 },
      ],
      epsilons: [0, 0.06, 0.2],
      examples: 200,
      budgetMs: 60_000,
    },
  })
  // In the L-infinity ball of radius r, x + y moves by 2 r.
  const standing = (radius: number): number =>
    dataset.labels.filter((_, row) => {
      const [first = 0, second = 0] = dataset.inputs.data.subarray(2 * row, 2 * row + 2)
      return Math.abs(first + second - 1) > 2 * radius
    }).length / 200
  const curve = accuracyCurve(report)
  expect(curve.map(({ epsilon }) => epsilon)).toEqual([0, 0.03, 0.06, 0.2])
  for (const { epsilon, accuracy } of curve) expect(accuracy).toBeCloseTo(standing(epsilon), 2)
  expect(consistencyCurve(report)).toEqual([])
  expect(stage(report, 'adversarial')?.measurements.whiteBox).toBe(1)
})

test('a saturated softmax does not hide the slope', async () => {
  const saturated = diagonalClassifier(1e4, [createNode('Softmax', ['logits'], ['y'], { axis: 1n })])
  const report = await validate(packageOf(saturated, fullCard), { sessions, dataset })
  expect(accuracyCurve(report).at(-1)?.accuracy).toBeLessThan(0.7)
})

test('a model without slope is attacked as a black box, and the report says so', async () => {
  const stepped = steppedClassifier(9.5)
  const report = await validate(packageOf(stepped, fullCard), { sessions, dataset, seed: 3 })
  expect(stage(report, 'adversarial')?.note).toContain('Floor')
  expect(stage(report, 'adversarial')?.note).toContain('SPSA')
  expect(stage(report, 'adversarial')?.note).toContain('proves little')
  expect(report.verdict).not.toBe('pass')
  expect(accuracyCurve(report).at(-1)?.accuracy).toBeLessThan(accuracyCurve(report)[0]?.accuracy ?? 0)
})

test('a dead ReLU is named and attacked without its gradient as well', async () => {
  const dead = modelOf({
    nodes: [createNode('Gemm', ['x', 'w', 'b'], ['hidden']), createNode('Relu', ['hidden'], ['y'])],
    initializer: [floats('float32', 'w', [2, 2], [0, 1, 0, 1]), floats('float32', 'b', [2], [-1, -5])],
    input: ['batch', 2],
    output: ['batch', 2],
  })
  const report = await validate(packageOf(dead, fullCard), { sessions })
  expect(report.findings.map(({ rule }) => rule)).toContain('behaviour/masked-gradient')
})

test('without labels consistency is measured and called so', async () => {
  const { inputs, domain } = dataset
  const report = await validate(packageOf(model, fullCard), { sessions, dataset: { inputs, domain } })
  expect(report.verdict).toBe('pass')
  expect(accuracyCurve(report)).toEqual([])
  expect(consistencyCurve(report)[0]).toEqual({ epsilon: 0, consistency: 1 })
  expect(stage(report, 'adversarial')?.note).toContain('not accuracy')
})

test('without a dataset nothing is judged: what is measured is shown, and the answer is incomplete', async () => {
  const report = await validate(packageOf(model, fullCard), { sessions })
  expect(report.verdict).toBe('incomplete')
  expect(consistencyCurve(report)).toHaveLength(5)
  expect(stage(report, 'adversarial')).toMatchObject({ verdict: 'incomplete' })
  expect(stage(report, 'robustness')).toMatchObject({ verdict: 'incomplete' })
  expect(report.scores.securityScore?.basis).toContain('no attack or corruption counted')
})

test('the same seed gives the same figures', async () => {
  const figures = async () => {
    const { stages } = await validate(packageOf(model, fullCard), { sessions, dataset, seed: 9 })
    return stages.filter(({ name }) => name === 'adversarial' || name === 'robustness').map((s) => s.measurements)
  }
  expect(await figures()).toEqual(await figures())
})

test('a model without a card fails privacy and nothing else', async () => {
  const report = await validate(packageOf(model), { sessions, dataset })
  expect(report.verdict).toBe('fail')
  expect(report.scores.privacyScore).toEqual({
    value: 0,
    threshold: 0.85,
    basis: `0 of ${statementCount} required statements are in the model card`,
  })
  expect(report.findings.filter(({ rule }) => rule.startsWith('privacy/'))).toHaveLength(statementCount)
  expect(report.findings.filter(({ severity }) => severity === 'high').map(({ rule }) => rule)).toEqual([
    'score/privacy-below-threshold',
  ])
})

test('a fragile model fails the security score', async () => {
  const close = diagonalDataset(200, 0)
  const narrow = {
    ...close,
    inputs: { ...close.inputs, data: close.inputs.data.map((value) => 0.5 + (value - 0.5) / 20) },
  }
  const report = await validate(packageOf(model, fullCard), { sessions, dataset: narrow })
  expect(report.scores.securityScore?.value).toBeLessThan(0.8)
  expect(report.verdict).toBe('fail')
})

test('a slow model fails the performance score', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const slow: SessionFactory = {
    open: async (bytes, options) => {
      const session = await sessions.open(bytes, options)
      return {
        ...session,
        run: (feeds, runOptions) => {
          clock.advance(600)
          return session.run(feeds, runOptions)
        },
      }
    },
  }
  const report = await validate(packageOf(model, fullCard), { sessions: slow, dataset, clock })
  expect(report.scores.performanceScore?.value).toBeCloseTo(0.7, 6)
  expect(report.findings.map(({ rule }) => rule)).toContain('score/performance-below-threshold')
})

test('a switch that is off removes its stage, and the report names it', async () => {
  const removed: readonly [keyof Validation['securityChecks']['behavioralAnalysis'], string[]][] = [
    ['inputValidation', ['input-validation']],
    ['outputStability', ['output-stability', 'robustness', 'adversarial', 'honesty']],
    ['resourceUsage', ['resource-usage']],
    ['performanceProfiling', ['performance']],
  ]
  for (const [name, names] of removed) {
    const policy = policyWith((validation) => {
      validation.securityChecks.behavioralAnalysis[name] = false
      return validation
    })
    const report = await validate(packageOf(model, fullCard), { sessions, dataset, policy })
    for (const gone of names) expect(stageNames(report)).not.toContain(gone)
    expect(report.skipped).toContainEqual({
      name: `validation.securityChecks.behavioralAnalysis.${name}`,
      reason: 'switched off by the policy',
    })
  }
})

test('a policy that asks who signed the model is not passed by a caller who did not ask', async () => {
  const asked = await validate(packageOf(model, fullCard), { sessions, dataset, seed: 1, policy: defaultPolicy.spec })
  expect(stage(asked, 'code-signing')).toMatchObject({
    verdict: 'incomplete',
    note: expect.stringContaining('pass what verifyModel says as `verification`'),
  })
  expect(asked.verdict).toBe('incomplete')

  const policy = policyWith((validation) => {
    validation.securityChecks.codeAnalysis.codeSigningVerification = false
    return validation
  })
  const unasked = await validate(packageOf(model, fullCard), { sessions, dataset, seed: 1, policy })
  expect([unasked.verdict, stage(unasked, 'code-signing')]).toEqual(['pass', undefined])

  const verification = { verdict: 'pass', subject: { path: 'model' }, findings: [], resources: [] } as const
  const options = { sessions, dataset, seed: 1, policy: defaultPolicy.spec, verification }
  expect((await validate(packageOf(model, fullCard), options)).verdict).toBe('pass')
})

test('without the scan there is no security score, and without all analysis no verdict', async () => {
  const unscanned = await validate(packageOf(model, fullCard), {
    sessions,
    dataset,
    policy: policyWith((validation) => {
      validation.securityChecks.codeAnalysis.vulnerabilityScan = false
      return validation
    }),
  })
  expect(unscanned.scores.securityScore).toBeUndefined()
  expect(unscanned.skipped.map(({ name }) => name)).toContain('score/securityScore')

  const off = <Group extends Record<string, boolean>>(group: Group): Group =>
    Object.fromEntries(Object.keys(group).map((name) => [name, false])) as Group
  const nothing = await validate(packageOf(model, fullCard), {
    sessions,
    policy: policyWith((validation) => ({
      ...validation,
      securityChecks: {
        codeAnalysis: off(validation.securityChecks.codeAnalysis),
        behavioralAnalysis: off(validation.securityChecks.behavioralAnalysis),
        privacyAssessment: off(validation.securityChecks.privacyAssessment),
      },
    })),
  })
  expect(nothing.verdict).toBe('incomplete')
})

test('a trigger in the graph is the finding of backdoor detection, and of nothing when that is off', async () => {
  const fixture = graphFixtures['onnx/exact-trigger']?.positive['a pattern that replaces the logits']
  const triggered = fixture?.('') as Uint8Array
  const report = await validate(packageOf(triggered, fullCard), { sessions })
  expect(stage(report, 'vulnerability-scan')?.verdict).toBe('pass')
  expect(stage(report, 'backdoor-detection')?.verdict).toBe('incomplete')
  expect(report.findings.map(({ rule }) => rule)).toContain('onnx/exact-trigger')
  expect(stageNames(report)).not.toContain('load')

  const policy = policyWith((validation) => {
    validation.securityChecks.codeAnalysis.backdoorDetection = false
    return validation
  })
  const unseen = await validate(packageOf(triggered, fullCard), { sessions, policy })
  expect(unseen.findings.map(({ rule }) => rule)).not.toContain('onnx/exact-trigger')
  expect(stageNames(unseen)).not.toContain('backdoor-detection')
})

test('a privacy topic that is off asks for fewer statements', async () => {
  const policy = policyWith((validation) => {
    validation.securityChecks.privacyAssessment.userControl = false
    return validation
  })
  const report = await validate(packageOf(model, fullCard), { sessions, dataset, policy })
  expect(stage(report, 'privacy')?.measurements.requiredStatements).toBe(6)
})

test('a model that the scan refuses is never opened', async () => {
  let opened = 0
  const counting: SessionFactory = {
    open: (bytes, options) => {
      opened += 1
      return sessions.open(bytes, options)
    },
  }
  const hostile = modelOf({
    nodes: [createNode('PyOp', ['x'], ['y'])],
    input: ['batch', 2],
    output: ['batch', 2],
  })
  const report = await validate(packageOf(hostile, fullCard), { sessions: counting })
  expect(report.verdict).toBe('fail')
  expect(opened).toBe(0)
  expect(report.skipped.map(({ name }) => name)).toContain('validation.securityChecks.behavioralAnalysis')

  const truncated = await validate(
    packageOf(packageOf(model).files[0]?.bytes.subarray(0, 60) ?? new Uint8Array(), fullCard),
    {
      sessions: counting,
    },
  )
  expect(truncated.verdict).not.toBe('pass')
  expect(truncated.findings.map(({ rule }) => rule)).toContain('onnx/malformed')
  expect(opened).toBe(0)
})

test('a model with several inputs is incomplete, never pass', async () => {
  const one = modelOf({ nodes: [createNode('Add', ['x', 'z'], ['y'])], input: [1, 2], output: [1, 2] })
  const second = createValueInfo({ name: 'z', type: 'float32', dims: [1, 2] })
  const two = { ...one, graph: { ...one.graph, input: [...one.graph.input, second] } }
  const report = await validate(packageOf(two, fullCard), { sessions })
  expect(stage(report, 'adversarial')?.verdict).toBe('incomplete')
  expect(stage(report, 'robustness')?.verdict).toBe('incomplete')
  expect(stage(report, 'input-validation')?.verdict).toBe('pass')
  expect(report.verdict).toBe('incomplete')
})

test('a model that fixes a batch of one is attacked one example at a time', async () => {
  const fixed = diagonalClassifier(4)
  const single = modelOf({
    nodes: fixed.graph.node,
    initializer: fixed.graph.initializer,
    input: [1, 2],
    output: [1, 2],
  })
  const report = await validate(packageOf(single, fullCard), { sessions, dataset, seed: 1 })
  const open = await validate(packageOf(fixed, fullCard), { sessions, dataset, seed: 1 })
  expect(accuracyCurve(report)).toEqual(accuracyCurve(open))
})

test('a model that leaves its size open proves nothing on made-up inputs', async () => {
  const pooled = modelOf({
    nodes: [
      createNode('GlobalAveragePool', ['x'], ['p']),
      createNode('Flatten', ['p'], ['f']),
      createNode('Gemm', ['f', 'w'], ['y']),
    ],
    initializer: [floats('float32', 'w', [3, 2], [1, 0, 0, 1, 1, 0])],
    input: ['batch', 3, 'height', 'width'],
    output: ['batch', 2],
  })
  const report = await validate(packageOf(pooled, fullCard), { sessions })
  for (const name of ['robustness', 'adversarial', 'performance'])
    expect(stage(report, name)?.verdict).toBe('incomplete')
  expect(report.scores.performanceScore).toBeUndefined()
  expect(report.verdict).toBe('incomplete')
})

test('a model that refuses every input is incomplete, not valid', async () => {
  const broken: SessionFactory = {
    open: async (bytes, options) => ({
      ...(await sessions.open(bytes, options)),
      run: async () => {
        throw new NootropicError('INPUT_INVALID', 'it refuses everything')
      },
    }),
  }
  const report = await validate(packageOf(model, fullCard), { sessions: broken, dataset })
  expect(stage(report, 'input-validation')?.verdict).toBe('incomplete')
  expect(report.verdict).toBe('incomplete')
})

test('a dataset that contradicts itself is refused', async () => {
  const run = validate(packageOf(model, fullCard), { sessions, dataset: { ...dataset, labels: [0] } })
  await expect(run).rejects.toMatchObject({ code: 'USAGE' })
})

test('a stage that outlives its budget is incomplete', async () => {
  const report = await validate(packageOf(model, fullCard), {
    sessions,
    dataset,
    adversarial: { attacks: [{ type: 'fgsm', epsilon: 0.03 }], epsilons: [0.1], examples: 10, budgetMs: -1 },
  })
  expect(stage(report, 'adversarial')?.verdict).toBe('incomplete')
  expect(stage(report, 'adversarial')?.note).toContain('budget')
})

test('a model that never looks at its input is not called robust', async () => {
  const constant = modelOf({
    nodes: [createNode('MatMul', ['x', 'w'], ['h']), createNode('Add', ['h', 'b'], ['y'])],
    initializer: [floats('float32', 'w', [2, 2], [0, 0, 0, 0]), floats('float32', 'b', [2], [1, 0])],
    input: ['n', 2],
    output: ['n', 2],
  })
  const report = await validate(packageOf(constant, fullCard), { sessions, dataset })
  expect(report.verdict).toBe('fail')
  expect(report.findings.map(({ rule }) => rule)).toContain('behaviour/constant-answers')
  for (const name of ['robustness', 'adversarial']) {
    expect(stage(report, name)).toMatchObject({
      verdict: 'incomplete',
      note: expect.stringContaining('no better than'),
    })
  }
})
