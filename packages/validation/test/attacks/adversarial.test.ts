import { createManualClock, systemClock } from '@nootropic/core'
import { afterAll, expect, test } from 'vitest'
import { type AdversarialOptions, strongerAttacks, testAdversarial } from '../../src/behaviour/adversarial.ts'
import { digitsDataset, openDigits } from './digits.ts'

const digits = await openDigits(12)
afterAll(digits.close)
const options: AdversarialOptions = {
  attacks: [{ type: 'fgsm', epsilon: 0.1 }],
  epsilons: [0.05],
  examples: 12,
  budgetMs: 60_000,
}

test('every stronger attack can be asked for, and together they leave no more standing than FGSM alone', async () => {
  const alone = await testAdversarial(digits.subject, options, systemClock)
  const attacks = [...options.attacks, ...strongerAttacks.map((type) => ({ type, epsilon: 0.1, steps: 4 }))]
  const together = await testAdversarial(digits.subject, { ...options, attacks, examples: 2 }, systemClock)
  expect(together.verdict).toBe('pass')
  expect(Object.keys(together.measurements)).toContain('accuracyAtEpsilon=0.05')
  const kept = (outcome: typeof alone): number => outcome.measurements['accuracyAtEpsilon=0.1'] ?? Number.NaN
  expect(kept(together)).toBeLessThanOrEqual(kept(alone))
})

test('a stage that is stopped keeps its measurements and is incomplete', async () => {
  const abort = new AbortController()
  abort.abort()
  const stopped = await testAdversarial(digits.subject, { ...options, signal: abort.signal }, systemClock)
  expect(stopped).toMatchObject({ verdict: 'incomplete', measurements: { 'accuracyAtEpsilon=0': 1 } })
  expect(stopped.note).toContain('the caller stopped the attack')
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const late = await testAdversarial(digits.subject, { ...options, budgetMs: -1 }, clock)
  expect(late).toMatchObject({ verdict: 'incomplete' })
  expect(late.note).toContain('the time budget of the attack is used up')
})

test('examples outside their declared domain leave the stage incomplete, because no ball around them lies in it', async () => {
  const dataset = { ...digitsDataset(12), domain: [0, 0.5] as const }
  const outcome = await testAdversarial({ ...digits.subject, dataset }, options, systemClock)
  expect(outcome).toMatchObject({ verdict: 'incomplete', note: expect.stringContaining('check domain and scaling') })
})

test('an attack without a radius or a step leaves the stage incomplete: it would call any model robust', async () => {
  for (const attack of [
    { type: 'fgsm', epsilon: 0 },
    { type: 'pgd', epsilon: 0.1, steps: 0 },
  ] as const) {
    const outcome = await testAdversarial(digits.subject, { ...options, attacks: [attack] }, systemClock)
    expect(outcome).toMatchObject({ verdict: 'incomplete', note: expect.stringContaining('it proves nothing') })
  }
})

test('an attack of another norm is carried out beside the curve, and the worst of all counts', async () => {
  const attacks = [...options.attacks, { type: 'carlini-wagner', epsilon: 0.1, steps: 4 }] as const
  const outcome = await testAdversarial(digits.subject, { ...options, attacks, examples: 3 }, systemClock)
  expect(outcome.verdict).toBe('pass')
  const beside = outcome.measurements['carlini-wagner/accuracyAtEpsilon=0.1'] ?? Number.NaN
  expect(beside).toBeLessThanOrEqual(1)
  expect(outcome.kept?.kept).toBeLessThanOrEqual(beside)
  const only = await testAdversarial(
    digits.subject,
    { ...options, attacks: [{ type: 'patch', epsilon: 0.1, steps: 2 }], examples: 2 },
    systemClock,
  )
  expect(Object.keys(only.measurements).filter((name) => name.includes('AtEpsilon'))).toEqual([
    'patch/accuracyAtEpsilon=0.1',
  ])
})
