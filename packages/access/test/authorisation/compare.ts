import { createSeededRandom } from '@nootropic/core'
import { decide } from '../../src/authorisation/decide.ts'
import { indexRules } from '../../src/authorisation/rule-index.ts'
import { judge, judgedOf, pick } from './oracle.ts'
import { instants, randomPolicy, randomRequest } from './random-policy.ts'

/** Of how many sorts the cases of a comparison were. */
export interface Comparison {
  readonly differences: readonly string[]
  readonly permitted: number
  readonly forbidden: number
  readonly explained: number
  readonly steppedUp: number
}

/** Decides random requests by random policies, and by a look at every rule. */
export const compareWithOracle = (seed: number, policies: number, requestsPerPolicy: number): Comparison => {
  const random = createSeededRandom(seed)
  const differences: string[] = []
  const counts = { permitted: 0, forbidden: 0, explained: 0, steppedUp: 0 }
  for (let policy = 0; policy < policies; policy += 1) {
    const { rules, directory } = randomPolicy(random)
    const index = indexRules(rules, directory)
    for (let round = 0; round < requestsPerPolicy; round += 1) {
      const now = pick(random, instants)
      const asked = randomRequest(random, now)
      const expected = JSON.stringify(judge(rules, directory, asked, now))
      const answer = decide(asked, index, now)
      const found = JSON.stringify(judgedOf(answer))
      if (found !== expected && differences.length < 5) {
        differences.push(`policy ${policy}, request ${round}: expected ${expected}, found ${found}`)
      }
      if (answer.decision) counts.permitted += 1
      else if (answer.context.nearest !== undefined) counts.explained += 1
      else if (answer.context.rules.length > 0) counts.forbidden += 1
      if (answer.context.stepUp !== undefined) counts.steppedUp += 1
    }
  }
  return { differences, ...counts }
}
