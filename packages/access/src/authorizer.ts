import { type Authorizer, accessRequestSchema, type Clock, NootropicError, systemClock } from '@nootropic/core'
import { z } from 'zod'
import { decide } from './decide.ts'
import type { Rule } from './rule.ts'
import { indexRules } from './rule-index.ts'
import { isWithinScopes } from './scope.ts'

/**
 * Decides requests by rules, and within the scopes of the credential they came with.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for wrong rules; a call throws `USAGE` for a request that is not one.
 */
export const createAuthorizer = (rules: readonly Rule[], options: { clock?: Clock } = {}): Authorizer => {
  const { clock = systemClock } = options
  const index = indexRules(rules)
  return {
    async authorize(input) {
      const parsed = accessRequestSchema.safeParse(input)
      if (!parsed.success) {
        throw new NootropicError('USAGE', `expected an access request, got: ${z.prettifyError(parsed.error)}`)
      }
      const answer = decide(parsed.data, index, clock.now())
      if (!answer.decision || isWithinScopes(parsed.data)) return answer
      const { action, resource } = parsed.data
      const reason = `the credential's scopes do not hold ${JSON.stringify(action.name)} on ${resource.type} ${JSON.stringify(resource.id)}; its owner is ${answer.context.reason}`
      return { decision: false, context: { reason, rules: answer.context.rules } }
    },
  }
}
