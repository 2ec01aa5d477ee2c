import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { assessPrivacy } from '../../src/privacy/index.ts'
import { modelFile } from '../attacks/digits.ts'
import { packageOf } from '../support/package.ts'

const collections: { get(index: number): number[] }[] = createRequire(
  new URL('../../../../examples/guard-a-model/package.json', import.meta.url),
)('mnist')

/** The pictures `from` to `to - 1` of each digit. */
const digits = (from: number, to: number) => {
  const count = 10 * (to - from)
  const data = new Float32Array(count * 784)
  const labels = Array.from({ length: count }, (_, row) => row % 10)
  labels.forEach((label, row) => {
    data.set(collections[label]?.get(from + Math.floor(row / 10)) ?? [], row * 784)
  })
  return { inputs: { type: 'float32' as const, dims: [count, 1, 28, 28], data }, labels, domain: [0, 1] as const }
}

test('the demo model does not tell the digits that it was trained on', { timeout: 300_000 }, async () => {
  const assessment = await assessPrivacy(packageOf(new Uint8Array(readFileSync(modelFile))), {
    sessions: createInProcessSessions(),
    members: digits(500, 700),
    nonMembers: digits(700, 850),
    attacks: ['membership-inference', 'model-inversion', 'model-extraction'],
    membership: { shadows: 4, student: { hidden: 32, epochs: 10 } },
    extraction: { budgets: [50, 400] },
    seed: 1,
  })
  const [membership, inversion, extraction] = assessment.attacks
  expect(membership).toMatchObject({ attack: 'membership-inference', verdict: 'pass' })
  expect(inversion).toMatchObject({ attack: 'model-inversion', verdict: 'pass', isEstimated: false })
  expect(extraction).toMatchObject({ attack: 'model-extraction', verdict: 'pass' })
  expect(assessment.findings.every(({ rule }) => rule.startsWith('privacy/missing-'))).toBe(true)
})
