import { expect, test } from 'vitest'
import { checkHonesty } from '../../src/behaviour/honesty/index.ts'
import { openModel, planted, type Trained, trainedModel } from './planted.ts'

const trained = ['sound', 'hardened', 'square', 'chequers', 'demo'] as const satisfies readonly Trained[]

/** A hardened model takes more ripples than these to mislead an attack; those that did not see them would be no failure. */
const grounds = ['sound', 'demo'] as const

for (const name of trained) {
  test(`of the sound model "${name}" nothing is said at any seed, and every check looked`, async () => {
    const subject = await openModel(trainedModel(name), 400)
    for (let seed = 1; seed <= 5; seed += 1) {
      expect(await checkHonesty({ ...subject, seed })).toMatchObject({ verdict: 'pass', findings: [], skipped: [] })
    }
    await subject.session.close()
  }, 120_000)
}

for (const ground of grounds) {
  for (const [name, { rule, plant }] of Object.entries(planted)) {
    test(`${name}, in the model "${ground}": ${rule} at every seed`, async () => {
      const subject = await openModel(plant(trainedModel(ground)), 400)
      for (let seed = 1; seed <= 3; seed += 1) {
        const { findings } = await checkHonesty({ ...subject, seed })
        expect(findings.map((finding) => finding.rule)).toContain(rule)
      }
      await subject.session.close()
    }, 120_000)
  }
}
