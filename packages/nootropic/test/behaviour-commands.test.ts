import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, createOnnxModel, createTensor, createValueInfo, writeOnnx } from '@nootropic/core/formats'
import { behaviourReportSchema } from '@nootropic/validation/behaviour'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runIn } from './support/run-command.ts'

let directory = ''
/** Two classes on either side of x + y = 1. */
const model = createOnnxModel({
  operatorSets: { '': 17 },
  graph: {
    name: 'sides',
    node: [
      createNode('Gemm', ['x', 'w1', 'b1'], ['hidden']),
      createNode('Relu', ['hidden'], ['active']),
      createNode('MatMul', ['active', 'w2'], ['y']),
    ],
    initializer: [
      createTensor({ name: 'w1', type: 'float32', dims: [2, 2], data: Float32Array.of(1, -1, 1, -1) }),
      createTensor({ name: 'b1', type: 'float32', dims: [2], data: Float32Array.of(-1, 1) }),
      createTensor({ name: 'w2', type: 'float32', dims: [2, 2], data: Float32Array.of(-4, 4, 4, -4) }),
    ],
    input: [createValueInfo({ name: 'x', type: 'float32', dims: ['batch', 2] })],
    output: [createValueInfo({ name: 'y', type: 'float32', dims: ['batch', 2] })],
  },
})
const points = Array.from({ length: 20 }, (_, place) => {
  const offset = 0.05 + (place % 5) / 50
  return place % 2 === 0 ? [0.5 - offset, 0.4 - offset] : [0.5 + offset, 0.6 + offset]
})

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-behaviour-'))
  writeFileSync(join(directory, 'model.onnx'), writeOnnx(model))
  const lines = points.map((input, place) => JSON.stringify({ input, label: place % 2 }))
  writeFileSync(join(directory, 'data.jsonl'), `${lines.join('\n')}\n`)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

// The sandbox is runtime's to test; here any host will do.
const nootropic = (verb: string, ...words: string[]) => runIn(directory, [verb, 'model.onnx', '--in-process', ...words])
const data = ['--data', 'data.jsonl', '--domain', '0,1']

test('attack says what is left at each epsilon, and writes the same as a page and as a document', async () => {
  const words = [...data, '--attack', 'fgsm', '--attack', 'deepfool', '--epsilon', '0.01', '--epsilon', '0.02']
  const { exit, output, diagnostics } = await nootropic('attack', ...words, '--html', 'attack.html')
  expect([exit, diagnostics]).toEqual([0, ''])
  expect(output).toMatch(/^model\.onnx: pass\n {2}20 examples, 100 % answered as labelled\n/)
  expect(output).toContain('worst of all linf  0: 100 %  0.01: ')
  expect(output).toContain('the page: attack.html')
  expect(readFileSync(join(directory, 'attack.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*DeepFool/)
  const json = JSON.parse((await nootropic('attack', ...words, '--json')).output)
  expect(behaviourReportSchema.parse(json)).toMatchObject({
    subject: { path: 'model.onnx' },
    attacks: { judgedAt: 0.02 },
  })
})

test('a model that falls ends with 1, one that could not be judged with 4', async () => {
  const fallen = await nootropic('attack', ...data, '--attack', 'fgsm', '--epsilon', '0.5')
  expect([fallen.exit, fallen.output]).toEqual([1, expect.stringContaining('score/security-below-threshold')])
  const blind = await nootropic('attack', '--attack', 'fgsm')
  expect([blind.exit, blind.output]).toEqual([4, expect.stringContaining('made up')])
})

test('robustness disturbs the examples, and privacy asks what is declared', async () => {
  const robust = await nootropic('robustness', ...data, '--corruption', 'outliers')
  expect([robust.exit, robust.output]).toEqual([expect.any(Number), expect.stringMatching(/outliers {2}\d/)])
  const privacy = await nootropic('privacy', '--attack', 'memorised-strings', '--json')
  expect(privacy.exit).toBe(1)
  expect(JSON.parse(privacy.output)).toMatchObject({
    verdict: 'fail',
    scores: { privacyScore: { value: 0 } },
    privacy: { attacks: [{ attack: 'memorised-strings', verdict: 'pass' }] },
  })
})

test('the manifests say what is done, for how long, and at which epsilon', async () => {
  const manifest = (kind: string, spec: string): string =>
    `apiVersion: security.nootropic.ai/v1\nkind: ${kind}\nmetadata: { name: x }\nspec: ${spec}\n`
  const schedule = 'schedule: { frequency: weekly, duration: 30s }'
  writeFileSync(
    join(directory, 'settings.yaml'),
    [
      manifest('AdversarialTesting', `{ attacks: [{ type: bim, steps: 3, epsilon: 0.04 }], ${schedule} }`),
      manifest('RobustnessTesting', `{ tests: [{ type: noise, level: 0.05 }, { type: outliers }], ${schedule} }`),
    ].join('---\n'),
  )
  const settings = [...data, '--manifests', 'settings.yaml', '--json']
  const attack = behaviourReportSchema.parse(JSON.parse((await nootropic('attack', ...settings)).output))
  expect(attack).toMatchObject({
    plan: { budgetMs: 30_000 },
    attacks: { judgedAt: 0.04, attacks: [{ attack: 'bim', effort: { steps: 3 } }] },
  })
  expect(attack.attacks?.attacks[0]?.curve.map(({ epsilon }) => epsilon)).toContain(0.04)
  const robust = behaviourReportSchema.parse(JSON.parse((await nootropic('robustness', ...settings)).output))
  expect(robust.corruptions?.rows.map(({ name }) => name)).toEqual(['outliers'])
  expect(robust.stages.find(({ name }) => name === 'robustness')?.measurements).toHaveProperty(
    'accuracyUnderNoise=0.05',
  )
  expect(robust.plan.budgetMs).toBe(30_000)
  const check = await runIn(directory, ['manifest', 'check', 'settings.yaml'])
  expect(check.output).not.toMatch(/(Adversarial|Robustness)Testing: not yet enforced.*(attacks|tests|duration)/)
})

test('Ctrl-C ends the attack, and what was done by then is told', async () => {
  let interrupt: (() => void) | undefined
  const answer = runIn(directory, ['attack', 'model.onnx', '--in-process', ...data], undefined, (stop) => {
    interrupt = stop
    stop()
  })
  const { exit, output } = await answer
  expect(interrupt).toBeDefined()
  expect([exit, output]).toEqual([4, expect.stringContaining('the caller stopped')])
})

test('what cannot be asked is told in one sentence', async () => {
  writeFileSync(join(directory, 'other.jsonl'), '{"input":[1,2,3],"label":0}\n')
  for (const [words, message] of [
    [['attack', '--budget', '0'], 'expected --budget to be a time above zero'],
    [['attack', '--attack', 'pdg'], 'expected --attack to be one of fgsm'],
    [['attack', '--epsilon', '0'], 'expected --epsilon to be above 0'],
    [['attack', '--norm', 'l7'], 'expected --norm to be one of linf'],
    [['attack', '--attack', 'boundary', '--norm', 'l0'], 'expected a norm out of l2'],
    [['attack', '--seed', '1.5'], 'expected --seed to be a whole number'],
    [['attack', '--examples', '0'], 'expected --examples to be a whole number'],
    [['attack', '--isolation', 'none'], 'expected --isolation or --in-process'],
    [['attack', '--fixed', 'x.json'], 'expected --fixed together with --data'],
    [['attack', '--data', 'missing.npy'], 'missing.npy'],
    [['attack', '--data', 'other.jsonl', '--domain', '0,4'], 'of the shape [2]'],
    [['attack', '--data', 'data.jsonl', '--domain', '1,0'], 'expected --domain to be LEAST,GREATEST'],
    [['robustness', '--corruption', 'fgo'], 'expected --corruption to be one of gaussian-noise'],
    [['privacy', '--members', 'data.jsonl'], 'expected --members together with --non-members'],
  ] as const) {
    const [verb, ...others] = words
    const { exit, diagnostics } = await nootropic(verb, ...others)
    expect([words.join(' '), exit > 0 ? diagnostics : 'it went through']).toEqual([
      words.join(' '),
      expect.stringContaining(message),
    ])
    expect(diagnostics.trimEnd().split('\n')).toHaveLength(1)
  }
})
