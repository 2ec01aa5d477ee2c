import {
  type AccessDecision,
  type AccessRequest,
  type AuditEntry,
  type Authenticator,
  type Authorizer,
  type Clock,
  type CredentialClient,
  entityText,
  isNootropicError,
  NootropicError,
  systemClock,
} from '@nootropic/core'
import { parseAccessRequest } from '../authorisation/authorizer.ts'
import type { StepUpEvidence } from '../mfa/step-up-authorizer.ts'
import type { QuotaState } from '../quotas/counter.ts'
import { parseQuotaAmounts, type QuotaAmounts } from '../quotas/quota.ts'
import type { Quotas } from '../quotas/quotas.ts'
import { rateLimitFields } from '../quotas/rate-limit-fields.ts'
import type { Reservation } from '../quotas/reservation.ts'
import { type GuardRefusal, refusalOf } from './refusal.ts'
import { stepUpChallenge } from './step-up-challenge.ts'

/** What a request asks for. */
export interface GuardedOperation {
  readonly action: AccessRequest['action']
  readonly resource: AccessRequest['resource']
  readonly context?: AccessRequest['context']
  /** What it costs at most, by measure; without it, one request. */
  readonly cost?: QuotaAmounts
  /** A second factor that was proved for this very request. From the host, and never from the request. */
  readonly evidence?: StepUpEvidence
}

/** What a guard is made of. */
export interface GateOptions {
  readonly authenticator: Authenticator
  readonly authorizer: {
    authorize(request: AccessRequest, evidence?: StepUpEvidence): ReturnType<Authorizer['authorize']>
  }
  readonly quotas?: Quotas
  /**
   * Writes down what was decided, before it is carried out, and how it ended: `(entry) => log.append(entry)`. If it rejects,
   * the request is refused.
   */
  readonly audit: (entry: AuditEntry) => Promise<unknown>
  /**
   * For a denial that a further proof of identity would lift: the value of `WWW-Authenticate` (RFC 9470), sent with status
   * 401. Without it, what the decision says in `context.stepUp`. For undefined a denial is 403.
   */
  readonly challenge?: (decision: AccessDecision) => string | undefined
  /** Is told what the caller is not: why the guard or the handler failed. */
  readonly onError?: (error: unknown) => void
  readonly clock?: Clock
}

/** A request that was let through, until it has ended. */
export interface Admission {
  readonly admitted: true
  readonly subject: AccessRequest['subject']
  readonly decision: AccessDecision
  /** Where the quotas stand: fields of the answer, names in lower case. */
  readonly fields: Readonly<Record<string, string>>
  /** Says what the operation really used; the last word on each measure counts. Without it, what was reserved. @throws NootropicError `USAGE` */
  use(amounts: QuotaAmounts): void
  /**
   * Settles the quotas and writes down how it ended. A second call does nothing.
   *
   * @throws NootropicError what the store or the audit log throws; the result is then to be withheld.
   */
  finish(outcome: 'succeeded' | 'failed', reason?: string): Promise<void>
}

/** Lets requests through or not: authenticate, authorise, reserve, write down. */
export interface Gate {
  /**
   * Never rejects: whatever fails is a refusal.
   *
   * @param credential what the caller sent, if anything.
   * @param operationOf is called once the caller is known, so that strangers learn nothing from it.
   * @param client what a session may be bound to.
   */
  admit(
    credential: string | undefined,
    operationOf: (subject: AccessRequest['subject']) => GuardedOperation | Promise<GuardedOperation>,
    client?: CredentialClient,
  ): Promise<Admission | GuardRefusal>
}

const anonymous = 'anonymous'

// A name may come from an address of the request: a record of it must fit the log, however it is escaped (CWE-770).
const maximumName = 1024

const requestOf = (
  subject: AccessRequest['subject'],
  { action, resource, context }: GuardedOperation,
): AccessRequest => ({ subject, action, resource, ...(context === undefined ? {} : { context }) })

/** @throws NootropicError `USAGE` for an operation that cannot be decided on or counted. */
const verifyOperation = (subject: AccessRequest['subject'], operation: GuardedOperation): void => {
  const { action, resource } = parseAccessRequest(requestOf(subject, operation))
  parseQuotaAmounts(operation.cost ?? {})
  if ([action.name, resource.type, resource.id].some(({ length }) => length > maximumName)) {
    const message = `expected an action and a resource of at most ${maximumName} characters, found a longer one`
    throw new NootropicError('USAGE', `${message}; name them shorter`)
  }
}

/** A caller's own mistake in naming an operation, as opposed to a defect. */
const isMalformed = (error: unknown): boolean =>
  isNootropicError(error, 'USAGE') ||
  isNootropicError(error, 'INPUT_INVALID') ||
  isNootropicError(error, 'LIMIT_EXCEEDED')

/**
 * The steps of a guard without a transport, for hosts whose framework has hooks of its own: call `admit` before the
 * handler and `finish` after it.
 *
 * @example
 * ```ts
 * const gate = createGate({ authenticator: keys, authorizer, quotas, audit: (entry) => log.append(entry) })
 * const answer = await gate.admit(credential, () => ({ action: { name: 'execute' }, resource: { type: 'model', id: 'digits' } }))
 * if (answer.admitted) await answer.finish('succeeded')
 * ```
 */
export const createGate = (options: GateOptions): Gate => {
  const {
    authenticator,
    authorizer,
    quotas,
    audit,
    challenge = stepUpChallenge,
    onError = () => {},
    clock = systemClock,
  } = options

  const deny = async (entry: Omit<AuditEntry, 'outcome'>, refusal: GuardRefusal): Promise<GuardRefusal> => {
    await audit({ ...entry, outcome: 'denied' })
    return refusal
  }

  const createAdmission = (
    request: AccessRequest,
    decision: AccessDecision,
    cost: QuotaAmounts,
    taken: { reservation?: Reservation; states: readonly QuotaState[] },
  ): Admission => {
    const { subject, action, resource } = request
    const startedAt = clock.monotonicMs()
    let used: QuotaAmounts = {}
    let ending: Promise<void> | undefined
    const end = async (outcome: 'succeeded' | 'failed', reason?: string): Promise<void> => {
      // Elapsed, which is what the host's processor was kept busy with at most; the handler may know better.
      const elapsed = cost['compute-seconds'] === undefined ? {} : { 'compute-seconds': secondsSince(startedAt) }
      try {
        await taken.reservation?.settle({ ...elapsed, ...used })
      } finally {
        const entry = { category: 'operation', actor: entityText(subject), action: action.name, outcome } as const
        await audit({ ...entry, resource: entityText(resource), ...(reason === undefined ? {} : { reason }) })
      }
    }
    const secondsSince = (start: number): number => Math.max(0, clock.monotonicMs() - start) / 1000
    return {
      admitted: true,
      subject,
      decision,
      fields: rateLimitFields(taken.states),
      use: (amounts) => {
        used = { ...used, ...parseQuotaAmounts(amounts) }
      },
      finish: (outcome, reason) => {
        ending ??= end(outcome, reason)
        return ending
      },
    }
  }

  const decideOn = async (
    subject: AccessRequest['subject'],
    operation: GuardedOperation,
    entry: Omit<AuditEntry, 'outcome'>,
  ): Promise<Admission | GuardRefusal> => {
    const { resource, cost = {}, evidence } = operation
    const request = requestOf(subject, operation)
    const decision = await authorizer.authorize(request, evidence)
    // Not "if not": an authoriser that answers something else than true denies.
    if (decision.decision !== true) {
      const stepUp = challenge(decision)
      const refusal = stepUp === undefined ? refusalOf(403) : refusalOf(401, { 'www-authenticate': stepUp })
      return deny({ ...entry, reason: decision.context.reason }, refusal)
    }
    const answer = await quotas?.reserve({ subject, model: resource.id, cost })
    if (answer !== undefined && !answer.admitted) {
      const fields = rateLimitFields(answer.states, answer.retryAfterSeconds)
      return deny({ ...entry, reason: `the quota "${answer.quota}" is used up` }, refusalOf(429, fields))
    }
    try {
      await audit({ ...entry, outcome: 'allowed', reason: decision.context.reason })
    } catch (error) {
      await answer?.reservation.release()
      throw error
    }
    const taken = answer === undefined ? { states: [] } : { reservation: answer.reservation, states: answer.states }
    return createAdmission(request, decision, cost, taken)
  }

  const identify = async (
    credential: string | undefined,
    client: CredentialClient | undefined,
  ): Promise<AccessRequest['subject'] | string> => {
    if (credential === undefined) return 'no credential was sent'
    try {
      return await authenticator.authenticate(credential, client)
    } catch (error) {
      if (isNootropicError(error, 'CREDENTIAL_INVALID')) return 'the credential was refused'
      throw error
    }
  }

  return {
    async admit(credential, operationOf, client) {
      // How far it came: what is on record of a request that cannot be checked.
      let entry: Omit<AuditEntry, 'outcome'> = {
        category: 'access',
        actor: anonymous,
        action: 'authenticate',
        resource: 'host:guard',
      }
      try {
        const subject = await identify(credential, client)
        if (typeof subject === 'string') return await deny({ ...entry, reason: subject }, refusalOf(401))
        entry = { ...entry, actor: entityText(subject), action: 'ask' }
        let operation: GuardedOperation
        try {
          operation = await operationOf(subject)
          verifyOperation(subject, operation)
        } catch (error) {
          // The host asks for the proof of a second factor here.
          if (isNootropicError(error, 'CREDENTIAL_INVALID')) {
            return await deny({ ...entry, reason: 'the proof was refused' }, refusalOf(401))
          }
          if (!isMalformed(error)) throw error
          return await deny({ ...entry, reason: 'the request is malformed' }, refusalOf(400))
        }
        entry = { ...entry, action: operation.action.name, resource: entityText(operation.resource) }
        return await decideOn(subject, operation, entry)
      } catch (error) {
        onError(error)
        const reason = isNootropicError(error) ? error.code : 'INTERNAL'
        // A log that fails cannot say that it does.
        if (reason !== 'AUDIT_UNAVAILABLE') await audit({ ...entry, outcome: 'failed', reason }).catch(onError)
        // What cannot be checked is refused: a store or a log that fails, or a defect.
        return refusalOf(isNootropicError(error) ? 503 : 500)
      }
    },
  }
}
