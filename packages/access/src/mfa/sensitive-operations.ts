import type { AccessRequest, Digest } from '@nootropic/core'
import { z } from 'zod'
import { isInFuture } from '../credentials/steady-time.ts'
import { nameSchema } from '../name.ts'
import { type Factor, factorSchema } from '../sessions/session-record.ts'
import { bindingOf } from './challenges.ts'

const day = 24 * 60 * 60 * 1000

/** The schema of {@link SensitiveOperation}. */
export const sensitiveOperationSchema = z.strictObject({
  actions: z.union([z.literal('any'), z.array(nameSchema).min(1).max(64)]),
  /** Of one type of resource only. */
  resourceType: nameSchema.optional(),
  /** Which second factors will do. */
  factors: z.array(factorSchema).min(1),
  /**
   * How long a factor that was proved in the session will do, in milliseconds; 0 asks for a proof that is bound to this very
   * request.
   */
  freshForMs: z.int().min(0).max(day),
})
/** What nobody may do by a password or a token alone. */
export type SensitiveOperation = z.infer<typeof sensitiveOperationSchema>

/**
 * What is sensitive where a host says nothing else: what cannot be undone, or gives rights away, each time anew; what lets
 * weights or records leave, with a factor of the last five minutes.
 */
export const defaultSensitiveOperations: readonly SensitiveOperation[] = [
  {
    actions: ['delete', 'erase', 'grant', 'revoke', 'rotate-keys', 'remove-key'],
    factors: ['passkey', 'totp'],
    freshForMs: 0,
  },
  // Whoever has only the recovery codes left must be able to enrol a new factor.
  { actions: ['enrol-factor', 'remove-factor'], factors: [...factorSchema.options], freshForMs: 0 },
  {
    actions: ['unseal', 'export', 'restore', 'suspend', 'resume'],
    factors: ['passkey', 'totp'],
    freshForMs: 5 * 60_000,
  },
]

/** That a second factor was proved for one operation. It comes from `Mfa.prove`, and never from a caller. */
export interface StepUpProof {
  readonly factor: Factor
  /** RFC 3339, UTC. */
  readonly provedAt: string
  /** The digest of the operation that it was proved for. */
  readonly binding: string
}

/** Which factor is missing, for the answer to the caller. */
export interface MissingFactor {
  readonly factors: readonly Factor[]
  readonly freshForMs: number
  readonly reason: 'no-factor' | 'other-factor' | 'stale' | 'not-for-this-request'
}

// A proof of an answer to a challenge is used at once.
const proofLifetimeMs = 60_000

const isFresh = (provedAt: unknown, lifetimeMs: number, now: number): boolean => {
  const time = typeof provedAt === 'string' ? Date.parse(provedAt) : Number.NaN
  return !isInFuture(time, now) && now - time < lifetimeMs
}

/**
 * What is missing for a request: undefined if nothing is. Pure; every operation of the policy that covers the request must be
 * satisfied. The session's factor is read from `subject.properties.factor` and `factorProvedAt`, as `Sessions.authenticate` sets
 * them: take the subject from an authenticator, never from a caller.
 *
 * @example
 * ```ts
 * const missing = missingFactor({ request, requestDigest, now: new Date() }, defaultSensitiveOperations)
 * if (missing !== undefined) return { decision: false, context: { missing } }
 * ```
 */
export const missingFactor = (
  question: { request: AccessRequest; requestDigest: Digest; now: Date; proof?: StepUpProof | undefined },
  policy: readonly SensitiveOperation[],
): MissingFactor | undefined => {
  const { request, requestDigest, proof } = question
  const { subject, action, resource } = request
  const now = question.now.getTime()
  const properties = subject.properties ?? {}
  const session = typeof properties.session === 'string' ? properties.session : ''
  const operation = { subject, session, action: action.name, resource, requestDigest }
  const isForThis =
    proof !== undefined &&
    session !== '' &&
    proof.binding === bindingOf(operation) &&
    isFresh(proof.provedAt, proofLifetimeMs, now)

  for (const { actions, resourceType, factors, freshForMs } of policy) {
    const isCovered = actions === 'any' || actions.includes(action.name)
    if (!isCovered || (resourceType !== undefined && resourceType !== resource.type)) continue
    if (isForThis && factors.includes(proof.factor)) continue
    const missing = (reason: MissingFactor['reason']): MissingFactor => ({ factors, freshForMs, reason })
    if (proof !== undefined && !isForThis) return missing('not-for-this-request')
    if (freshForMs === 0) return missing(proof === undefined ? 'no-factor' : 'other-factor')
    const factor = factorSchema.safeParse(properties.factor)
    if (!factor.success) return missing('no-factor')
    if (!factors.includes(factor.data)) return missing('other-factor')
    if (!isFresh(properties.factorProvedAt, freshForMs, now)) return missing('stale')
  }
  return undefined
}
