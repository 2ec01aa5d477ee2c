import {
  type AccessDecision,
  type AccessRequest,
  type Authorizer,
  type Clock,
  type Digest,
  NootropicError,
  sha256,
  systemClock,
} from '@nootropic/core'
import { z } from 'zod'
import { parseAccessRequest } from '../authorisation/authorizer.ts'
import { createSteadyTime } from '../credentials/steady-time.ts'
import {
  defaultSensitiveOperations,
  type MissingFactor,
  missingFactor,
  type SensitiveOperation,
  type StepUpProof,
  sensitiveOperationSchema,
} from './sensitive-operations.ts'

// Operations of one policy: each is looked at in each decision (CWE-770).
const maximumOperations = 256

/** That the caller has just answered a challenge for one request. */
export interface StepUpEvidence {
  /** From `Mfa.prove`, and never from a caller. */
  readonly proof: StepUpProof
  /** Of the request that will be carried out, as the host computed it for the challenge. */
  readonly requestDigest: Digest
}

/** An authorizer that asks for a second factor where an operation is sensitive. */
export interface StepUpAuthorizer extends Authorizer {
  /**
   * @param evidence what was proved for this very request. It is an argument of its own: nothing in a request counts as
   * a proof.
   */
  authorize(request: AccessRequest, evidence?: StepUpEvidence): Promise<AccessDecision>
}

const reasons: Readonly<Record<MissingFactor['reason'], string>> = {
  'no-factor': 'none was proved for it',
  'other-factor': 'another one was proved',
  stale: 'the one that was proved is too old',
  'not-for-this-request': 'the proof is for another request, or late',
}

// Without a proof there is nothing that a digest could be compared with.
const noRequest = sha256('')

/**
 * Adds to an authorizer that sensitive operations need a second factor (ASVS 5.0, 7.5.3): who may do something may do it
 * once the factor is there. The denial before that says in `context.stepUp` which factors will do, and how fresh. Whoever
 * may not do it at all is only told that.
 *
 * The session's factor is read from `subject.properties`, as `Sessions.authenticate` sets it: take the subject from an
 * authenticator, never from a caller.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for wrong operations; a call throws what the other authorizer throws.
 * @example
 * ```ts
 * const authorizer = createStepUpAuthorizer({ authorizer: createAuthorizer(rules) })
 * const { context } = await authorizer.authorize(request)
 * // context.stepUp: { factors: ['passkey', 'totp'], maximumAgeSeconds: 0 }
 * const proof = await mfa.prove({ challenge, operation, source, answer })
 * await authorizer.authorize(request, { proof, requestDigest: operation.requestDigest })
 * ```
 */
export const createStepUpAuthorizer = (options: {
  authorizer: Authorizer
  operations?: readonly SensitiveOperation[]
  clock?: Clock
}): StepUpAuthorizer => {
  const { authorizer, operations = defaultSensitiveOperations, clock = systemClock } = options
  const policy = z.array(sensitiveOperationSchema).max(maximumOperations).safeParse(operations)
  if (!policy.success) {
    const found = z.prettifyError(policy.error)
    throw new NootropicError('CONFIGURATION_INVALID', `expected sensitive operations, found: ${found}`)
  }
  const time = createSteadyTime(clock)
  return {
    async authorize(input, evidence) {
      const request = parseAccessRequest(input)
      const answer = await authorizer.authorize(request)
      // Not "if not": whatever an authorizer returns, only true permits.
      if (answer.decision !== true) return { ...answer, decision: false }
      const { proof, requestDigest = noRequest } = evidence ?? {}
      const missing = missingFactor({ request, requestDigest, now: new Date(time()), proof }, policy.data)
      if (missing === undefined) return answer
      const { factors, freshForMs, reason } = missing
      const maximumAgeSeconds = freshForMs / 1000
      const when = freshForMs === 0 ? 'for this request' : `within ${maximumAgeSeconds} s`
      const needs = `but ${JSON.stringify(request.action.name)} needs ${factors.join(' or ')} proved ${when}, and ${reasons[reason]}`
      const { rules, reason: permitted } = answer.context
      return {
        decision: false,
        context: { reason: `${permitted}, ${needs}`, rules, stepUp: { factors, maximumAgeSeconds } },
      }
    },
  }
}
