import { fileURLToPath } from 'node:url'
import { readManifests } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { alertRules } from '../src/alert-rules.ts'

test('the specification’s own manifest gives 100 ms and 0.01', async () => {
  const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
  const set = await readManifests(`${shared}/spec/manifests/inference.yaml`)
  expect(alertRules(set).map(({ rule, threshold }) => [rule, threshold])).toEqual([
    ['latency', 0.1],
    ['policy-latency', 0.5],
    ['error-rate', 0.01],
    ['policy-error-rate', 0.001],
  ])
})
