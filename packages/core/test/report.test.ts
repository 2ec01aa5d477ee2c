import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  combineVerdicts,
  countBySeverity,
  createManualClock,
  createSeededRandom,
  type Finding,
  findingSchema,
  isAtLeast,
  isEqualConstantTime,
  modelDigest,
  modelVersionSchema,
  sha256,
  systemClock,
} from '../src/index.ts'

test('a verdict of nothing is incomplete: what was not checked never passes', () => {
  expect(combineVerdicts([])).toBe('incomplete')
  expect(combineVerdicts(['pass', 'incomplete'])).toBe('incomplete')
  expect(combineVerdicts(['incomplete', 'fail'])).toBe('fail')
  expect(combineVerdicts(['pass', 'pass'])).toBe('pass')
})

const finding: Finding = {
  rule: 'onnx/external-data-escapes',
  severity: 'high',
  title: 'External data leaves the model',
  message: 'expected a path inside the model, got "../secret"',
  location: { path: 'model.onnx', offset: 12, inside: 'graph.initializer[0]' },
  remediation: 'Refuse the model.',
  references: [],
  tags: ['CWE-22'],
}

test('findings are counted by severity and refuse fields that nobody defined', () => {
  expect(countBySeverity([finding, finding])).toEqual({ critical: 0, high: 2, medium: 0, low: 0, info: 0 })
  expect(findingSchema.parse(finding)).toEqual(finding)
  expect(findingSchema.safeParse({ ...finding, extra: 1 }).success).toBe(false)
  expect(isAtLeast('critical', 'high')).toBe(true)
  expect(isAtLeast('medium', 'high')).toBe(false)
})

test('the digest of a model is the root of OpenSSF Model Signing: raw digests in code-point order of the paths', () => {
  const digest = (text: string) => sha256(text)
  const files = [
    { path: 'a/b', digest: digest('2') },
    { path: 'a-b', digest: digest('1') },
    { path: '\u{1F600}', digest: digest('4') },
    { path: '\uFB33', digest: digest('3') },
  ]
  const expected = createHash('sha256')
  for (const text of ['1', '2', '3', '4']) expected.update(createHash('sha256').update(text).digest())
  expect(modelDigest(files)).toBe(`sha256:${expected.digest('hex')}`)
})

test('versions are semantic versions', () => {
  for (const version of ['1.0.0', '0.0.1', '10.20.30-rc.1'])
    expect(modelVersionSchema.safeParse(version).success).toBe(true)
  for (const version of ['1.0', '01.0.0', '1.0.0/..', 'v1.0.0', ''])
    expect(modelVersionSchema.safeParse(version).success).toBe(false)
})

test('the seeded generator repeats itself and looks uniform and normal', () => {
  const first = createSeededRandom(7)
  const second = createSeededRandom(7)
  expect(Array.from({ length: 5 }, () => first.uniform())).toEqual(Array.from({ length: 5 }, () => second.uniform()))
  expect(createSeededRandom(8).uniform()).not.toBe(createSeededRandom(7).uniform())
  const normals = Array.from({ length: 20_000 }, () => first.normal())
  const mean = normals.reduce((sum, value) => sum + value, 0) / normals.length
  const variance = normals.reduce((sum, value) => sum + value * value, 0) / normals.length - mean ** 2
  expect(Math.abs(mean)).toBeLessThan(0.03)
  expect(Math.abs(variance - 1)).toBeLessThan(0.05)
  for (let draw = 0; draw < 1000; draw += 1) expect(first.integer(3)).toBeLessThan(3)
})

test('clocks: the manual one moves when told, the system one never backwards', () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  clock.advance(1500)
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:01.500Z')
  expect(clock.monotonicMs()).toBe(1500)
  const before = systemClock.monotonicMs()
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before)
})

test('bytes of different length are unequal, not an exception', () => {
  expect(isEqualConstantTime(Buffer.from('ab'), Buffer.from('ab'))).toBe(true)
  expect(isEqualConstantTime(Buffer.from('ab'), Buffer.from('abc'))).toBe(false)
})
