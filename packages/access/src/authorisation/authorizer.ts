import {
  type AccessRequest,
  type Authorizer,
  accessRequestSchema,
  type Clock,
  NootropicError,
  systemClock,
} from '@nootropic/core'
import { z } from 'zod'
import { narrowToScopes } from '../scope.ts'
import { decide } from './decide.ts'
import type { Directory } from './directory.ts'
import type { PolicyStore } from './policy-store.ts'
import type { Rule } from './rule.ts'
import { indexRules, type PermitSwitch, type RuleIndex } from './rule-index.ts'

/** @throws NootropicError `USAGE` for a request that is not one. */
export const parseAccessRequest = (input: unknown): AccessRequest => {
  const parsed = accessRequestSchema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new NootropicError('USAGE', `expected an access request, found: ${z.prettifyError(parsed.error)}`)
}

const authorizerOver = (current: () => RuleIndex | Promise<RuleIndex>, clock: Clock): Authorizer => ({
  async authorize(input) {
    const request = parseAccessRequest(input)
    return narrowToScopes(request, decide(request, await current(), clock.now()))
  },
})

/**
 * Decides requests by rules that stay as they are, and within the scopes of the credential they came with.
 *
 * @param options.switchedOff says which permits do not count.
 * @throws NootropicError `CONFIGURATION_INVALID` for wrong rules; a call throws `USAGE` for a request that is not one.
 */
export const createAuthorizer = (
  rules: readonly Rule[],
  options: { clock?: Clock; directory?: Directory; switchedOff?: PermitSwitch } = {},
): Authorizer => {
  const { clock = systemClock, directory, switchedOff } = options
  const index = indexRules(rules, directory, switchedOff)
  return authorizerOver(() => index, clock)
}

/**
 * Decides requests by the policy that was published last: a change counts from the next decision on, in every process
 * (ASVS 5.0, 8.3.2). Each decision asks the store for the version; where the store does not answer, nothing is decided.
 *
 * @throws NootropicError a call throws `STORAGE_FAILED` where the store cannot be read, `USAGE` for a request that is not
 * one.
 */
export const createStoredAuthorizer = (store: PolicyStore, options: { clock?: Clock } = {}): Authorizer =>
  authorizerOver(() => store.currentIndex(), options.clock ?? systemClock)
