import type { Finding, Severity } from '@nootropic/core'
import { parseManifests } from '@nootropic/core/manifest'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adversarialOptions, enforcedSettings, robustnessOptions, severityReactions } from '../src/index.ts'
import { parseModelCard } from '../src/privacy/model-card.ts'
import { declaredStatements, privacyTopics } from '../src/privacy/statements.ts'
import { defaultReactions, verdictOfReactions } from '../src/reactions.ts'
import { judgeScores, scorePerformance, scorePrivacy, scoreSecurity } from '../src/scores.ts'
import { fullCard } from './support/package.ts'

const finding = (severity: Severity): Finding => ({
  rule: 'onnx/test',
  severity,
  title: '',
  message: '',
  location: { path: 'model' },
  remediation: '',
  references: [],
  tags: [],
})

test('the security score falls with every finding and every answer lost, and never rises', () => {
  const severity = fc.constantFrom<Severity>('critical', 'high', 'medium', 'low', 'info')
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(severity, { maxLength: 8 }), severity, share, share, (found, one, first, second) => {
      const [less = 0, more = 0] = [first, second].sort((left, right) => left - right)
      const score = (severities: Severity[], kept: number) =>
        scoreSecurity(severities.map(finding), [{ test: 'attack', kept }], 0.8).value
      expect(score([...found, one], more)).toBeLessThanOrEqual(score(found, more))
      expect(score(found, less)).toBeLessThanOrEqual(score(found, more))
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('a score says how it came about', () => {
  const score = scoreSecurity([finding('low'), finding('medium')], [{ test: 'noise=0.1', kept: 0.9 }], 0.8)
  expect(score.value).toBeCloseTo(0.84, 12)
  expect(score.basis).toBe(
    '1 - 1 medium finding(s) x 0.1 - 1 low finding(s) x 0.01 - 0.5 x 0.1 of the clean answers lost under noise=0.1',
  )
  expect(scoreSecurity([], [], 0.8).basis).toContain('no attack or corruption counted')
})

test('the performance score is 0.75 at the greatest latency allowed and 0 at four times it', () => {
  expect(scorePerformance(0, 500, 0.75).value).toBe(1)
  expect(scorePerformance(500, 500, 0.75).value).toBe(0.75)
  expect(scorePerformance(2000, 500, 0.75).value).toBe(0)
})

test('a score below its threshold is a finding and fails; no score at all is incomplete', () => {
  const outcome = judgeScores({ privacyScore: scorePrivacy(7, 9, 0.85) }, 'model')
  expect(outcome.verdict).toBe('fail')
  expect(outcome.findings.map(({ rule }) => rule)).toEqual(['score/privacy-below-threshold'])
  expect(judgeScores({ privacyScore: scorePrivacy(8, 9, 0.85) }, 'model').verdict).toBe('pass')
  expect(judgeScores({}, 'model').verdict).toBe('incomplete')
})

test('a score that is no number fails', () => {
  const score = { value: Number.NaN, threshold: 0.8, basis: '' }
  expect(judgeScores({ securityScore: score }, 'model').verdict).toBe('fail')
  expect(judgeScores({ securityScore: { ...score, value: 1, threshold: Number.NaN } }, 'model').verdict).toBe('fail')
})

test('block fails, review waits for a person, warn and ignore pass', () => {
  const verdict = (severity: Severity) => verdictOfReactions([finding(severity)], defaultReactions)
  expect([verdict('critical'), verdict('high'), verdict('medium'), verdict('info')]).toEqual([
    'fail',
    'incomplete',
    'pass',
    'pass',
  ])
})

const declaredIn = (markdown: string): string[] =>
  declaredStatements(parseModelCard(markdown), privacyTopics)
    .filter(({ isDeclared }) => isDeclared)
    .map(({ statement }) => statement.id)

test('a statement counts only when its section says something', () => {
  expect(declaredIn(fullCard)).toHaveLength(9)
  expect(declaredIn('## Training data\n\n[More Information Needed]\n')).toEqual([])
  expect(declaredIn('## Training data\n\n<!-- ten thousand digits -->\nTODO TBD N/A\n')).toEqual([])
  expect(declaredIn('```\n## Training data\nfive words stand in code\n```\n')).toEqual([])
  expect(declaredIn('## Training data\n\nTen thousand handwritten digits.\n')).toEqual(['training-data'])
})

test('a key of the front matter counts when it has a value', () => {
  expect(declaredIn('---\ndatasets:\n  - mnist\ncontact:\n---\n# Model\n')).toEqual(['training-data'])
  expect(declaredIn('---\ndatasets: TODO\n---\n')).toEqual([])
  expect(declaredIn('datasets: mnist\n')).toEqual([])
})

test('a card of comments that never end is read in linear time', () => {
  expect(declaredIn(`## Training data\n${'<!--'.repeat(2 ** 18)}`)).toEqual([])
})

test('reading a model card never fails', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (text) => {
      expect(declaredIn(`---\n${text}\n---\n# ${text}`).length).toBeLessThanOrEqual(9)
    }),
    { seed: 2, numRuns: 200 },
  )
})

const manifest = (kind: string, spec: string): string =>
  `apiVersion: security.nootropic.ai/v1\nkind: ${kind}\nmetadata:\n  name: test\nspec:\n${spec}`

test('manifests become options', () => {
  const text = [
    manifest(
      'AdversarialTesting',
      '  attacks:\n    - type: fgsm\n      epsilon: 0.05\n    - type: pgd\n      steps: 7\n  schedule:\n    frequency: weekly\n    duration: 2h\n',
    ),
    manifest(
      'RobustnessTesting',
      '  tests:\n    - type: noise\n      level: 0.2\n    - type: blur\n      kernel: 5x3\n  schedule:\n    frequency: daily\n',
    ),
    manifest(
      'ModelVulnerabilityScanning',
      '  scanner: local\n  schedule: daily\n  severity:\n    high: block\n  reports:\n    format: json\n    location: ./reports\n',
    ),
  ].join('---\n')
  for (const parsed of parseManifests(text, { path: 'test.yaml' })) {
    if (parsed.kind === 'AdversarialTesting') {
      expect(adversarialOptions(parsed)).toMatchObject({
        attacks: [
          { type: 'fgsm', epsilon: 0.05 },
          { type: 'pgd', steps: 7, epsilon: 0.03 },
        ],
        budgetMs: 7_200_000,
      })
    } else if (parsed.kind === 'RobustnessTesting') {
      expect(robustnessOptions(parsed).tests).toEqual([
        { type: 'noise', level: 0.2 },
        { type: 'blur', kernel: { width: 5, height: 3 } },
      ])
    } else if (parsed.kind === 'ModelVulnerabilityScanning') {
      expect(severityReactions(parsed)).toEqual({ ...defaultReactions, high: 'block' })
    } else throw new Error(parsed.kind)
  }
})

test('no setting is claimed to be enforced twice', () => {
  expect(new Set(enforcedSettings).size).toBe(enforcedSettings.length)
})
