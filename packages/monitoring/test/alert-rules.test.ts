import { parseManifestSet } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { alertRuleSchema } from '../src/alert-rule.ts'
import { alertRules } from '../src/alert-rules.ts'

const inference = (name: string, latency: string): string => `apiVersion: security.nootropic.ai/v1
kind: InferenceMonitoring
metadata:
  name: ${name}
spec:
  metrics:
    - latency
  alerts:
    - type: latency
      threshold: ${latency}
      severity: medium
    - type: error_rate
      threshold: 0.01
`

const policy = (text: string): string => `apiVersion: security.nootropic.ai/v1
kind: ModelSecurityPolicy
metadata:
  name: house
spec:
  performanceMonitoring:
${text}
`

const rulesOf = (...texts: string[]): [string, number, string][] => {
  const set = parseManifestSet(texts.map((text, index) => ({ text, path: `${index}.yaml` })))
  const rules = alertRules(set)
  expect(alertRuleSchema.array().safeParse(rules).success).toBe(true)
  return rules.map(({ rule, threshold, severity }) => [rule, threshold, severity])
}

const policyDefaults = { latency: ['policy-latency', 0.5, 'high'], errorRate: ['policy-error-rate', 0.001, 'high'] }

test('without a manifest the thresholds of the default policy hold', () => {
  expect(rulesOf()).toEqual([policyDefaults.latency, policyDefaults.errorRate])
})

test('the strictest manifest counts, in seconds and with its severity', () => {
  expect(rulesOf(inference('one', '250ms'), inference('two', '100ms'))).toEqual([
    ['latency', 0.1, 'medium'],
    policyDefaults.latency,
    ['error-rate', 0.01, 'high'],
    policyDefaults.errorRate,
  ])
})

test('a switch of the policy takes its rules away', () => {
  expect(rulesOf(inference('one', '100ms'), policy('    metrics:\n      latency: false'))).toEqual([
    ['error-rate', 0.01, 'high'],
    policyDefaults.errorRate,
  ])
  expect(rulesOf(inference('one', '100ms'), policy('    alerts:\n      thresholdBreach: false'))).toEqual([])
  expect(rulesOf(policy('    thresholds:\n      maxLatency: 2s\n      errorRate: 5%'))).toEqual([
    ['policy-latency', 2, 'high'],
    ['policy-error-rate', 0.05, 'high'],
  ])
})
