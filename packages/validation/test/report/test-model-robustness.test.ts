import { createNode } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { behaviourReportSchema, behaviourText, testModelRobustness } from '../../src/behaviour/index.ts'
import { diagonalClassifier, diagonalDataset, floats, modelOf } from '../support/models.ts'
import { packageOf } from '../support/package.ts'

const model = packageOf(diagonalClassifier(4))
const given = { sessions: createInProcessSessions(), dataset: diagonalDataset(40, 0.1), seed: 1 }

test('a table is disturbed as tables are, and every severity has its share', async () => {
  const report = await testModelRobustness(model, given)
  expect(behaviourReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
  expect(report.corruptions).toMatchObject({ modality: 'tabular', examples: 40, clean: 1, severities: [1, 2, 3, 4, 5] })
  expect(report.corruptions?.rows.map(({ name }) => name)).toContain('missing-values')
  for (const { shares } of report.corruptions?.rows ?? []) expect(shares).toHaveLength(5)
  expect(report.stages.map(({ name }) => name)).toEqual([
    'vulnerability-scan',
    'load',
    'output-stability',
    'robustness',
    'scores',
  ])
  expect(behaviourText(report)).toContain('missing-values')
})

test('none, some and unknown corruptions: nothing, those, and a refusal', async () => {
  expect((await testModelRobustness(model, { ...given, corruptions: [] })).corruptions).toBeUndefined()
  const some = await testModelRobustness(model, { ...given, corruptions: ['outliers'], severities: [5] })
  expect(some.corruptions?.rows).toMatchObject([{ name: 'outliers', shares: [{ severity: 5 }] }])
  const wrong = testModelRobustness(model, { ...given, corruptions: ['fog'] })
  await expect(wrong).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('found "fog"') })
  await expect(testModelRobustness(model, { ...given, examples: 0 })).rejects.toMatchObject({ code: 'USAGE' })
})

test('without data, or stopped at once, it is incomplete and no score is given', async () => {
  const { dataset: _, ...nothing } = given
  const blind = await testModelRobustness(model, nothing)
  expect(blind).toMatchObject({ verdict: 'incomplete', scores: {} })
  const stopped = await testModelRobustness(model, { ...given, signal: AbortSignal.abort() })
  expect(stopped).toMatchObject({ verdict: 'incomplete', plan: { stopped: 'the caller stopped the work' } })
})

test('a model that ignores its input, and a test that changes none, prove nothing', async () => {
  const constant = modelOf({
    nodes: [createNode('Gemm', ['x', 'w', 'b'], ['y'])],
    initializer: [floats('float32', 'w', [2, 2], [0, 0, 0, 0]), floats('float32', 'b', [2], [1, 0])],
    input: ['batch', 2],
    output: ['batch', 2],
  })
  const { inputs, domain, labels } = given.dataset
  for (const dataset of [
    { inputs, domain },
    { inputs, domain, labels: labels.map(() => 0) },
  ]) {
    const report = await testModelRobustness(packageOf(constant), { ...given, dataset, corruptions: [] })
    expect(report).toMatchObject({ verdict: 'incomplete', scores: {} })
    expect(behaviourText(report)).toContain('ignores its input')
  }
  for (const test of [
    { type: 'noise', level: 0 },
    { type: 'noise', level: Number.NaN },
    { type: 'blur', kernel: { width: 1, height: 1 } },
  ] as const)
    expect(await testModelRobustness(model, { ...given, corruptions: [], tests: [test] })).toMatchObject({
      verdict: 'incomplete',
      scores: {},
    })
})
