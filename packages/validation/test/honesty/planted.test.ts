import { expect, test } from 'vitest'
import { checkHonesty, defaultHonestyOptions, type HonestyOptions } from '../../src/behaviour/honesty/index.ts'
import { openModel, planted, trainedModel } from './planted.ts'

/** What shows most planted failures; the others need the default effort. planted.conformance.ts tries them all with it. */
const quick: HonestyOptions = {
  ...defaultHonestyOptions,
  examples: 20,
  effort: { radii: [0.3], steps: 3, queries: 10 },
}

for (const [name, { rule, plant, isSubtle }] of Object.entries(planted)) {
  test(`${name}: ${rule}`, async () => {
    const subject = await openModel(plant(trainedModel('sound')), 60)
    const outcome = await checkHonesty(subject, isSubtle ? { ...defaultHonestyOptions, examples: 12 } : quick)
    await subject.session.close()
    expect(outcome.findings.map((finding) => finding.rule)).toContain(rule)
    expect(outcome.verdict === 'fail').toBe(outcome.findings.some(({ severity }) => severity !== 'low'))
  })
}
