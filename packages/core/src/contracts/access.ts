import { z } from 'zod'
import { jsonSchema } from '../json.ts'

const entitySchema = z.strictObject({
  type: z.string().min(1),
  id: z.string().min(1),
  properties: z.record(z.string(), jsonSchema).optional(),
})

/** The schema of {@link AccessRequest}. */
export const accessRequestSchema = z.strictObject({
  subject: entitySchema,
  action: z.strictObject({ name: z.string().min(1), properties: z.record(z.string(), jsonSchema).optional() }),
  resource: entitySchema,
  context: z.record(z.string(), jsonSchema).optional(),
})
/** May this subject do this to that? The shape of OpenID AuthZEN 1.0. */
export type AccessRequest = z.infer<typeof accessRequestSchema>

/**
 * A subject or a resource as one text, as audit entries name it. A colon in the type is written as in a URI: no two have the
 * same text.
 *
 * @example
 * ```ts
 * entityText({ type: 'user', id: 'ada' }) // 'user:ada'
 * entityText({ type: 'urn:user', id: 'ada' }) // 'urn%3Auser:ada'
 * ```
 */
export const entityText = ({ type, id }: { readonly type: string; readonly id: string }): string =>
  `${type.replaceAll(/[%:]/g, encodeURIComponent)}:${id}`

const stepUpSchema = z.strictObject({
  /** One of them, by the names that sessions use. */
  factors: z.array(z.string()).readonly(),
  /** How long ago it was proved, at most; 0 asks for a proof that is bound to this very request. */
  maximumAgeSeconds: z.number().min(0),
})
/** What a caller must do to be permitted: prove one of these factors, no longer ago than this (RFC 9470). */
export type StepUp = z.infer<typeof stepUpSchema>

const lackSchema = z.strictObject({
  /** A part of its scope, a condition, or that the policy does not let it count. */
  part: z.enum(['principal', 'action', 'resource', 'condition', 'switch']),
  /** A clause such as `its action is "execute"`. */
  why: z.string(),
})
/** One thing that a grant asks for and a request does not have. */
export type Lack = z.infer<typeof lackSchema>

const nearGrantSchema = z.strictObject({ rule: z.string(), lacks: z.array(lackSchema).readonly() })
/** A grant that nearly permits a request, and all that is missing. */
export type NearGrant = z.infer<typeof nearGrantSchema>

/** The schema of {@link AccessDecision}. */
export const accessDecisionSchema = z.strictObject({
  decision: z.boolean(),
  context: z.strictObject({
    /** One sentence: the rule that decided, or the nearest grant and what it lacks. */
    reason: z.string(),
    /** Ids of the rules that decided. */
    rules: z.array(z.string()),
    /** Of a denial by default: the nearest grants, nearest first. */
    nearest: z.array(nearGrantSchema).readonly().optional(),
    /** Authentication is all that is missing: what would do. */
    stepUp: stepUpSchema.optional(),
  }),
})
/** The answer. A denial is an answer, not an error. */
export type AccessDecision = z.infer<typeof accessDecisionSchema>

/** Decides. Default is deny, a deny rule wins, and a rule that cannot be evaluated denies. */
export interface Authorizer {
  authorize(request: AccessRequest): Promise<AccessDecision>
}

/** What a host knows of who presents a credential, besides the credential itself. */
export interface CredentialClient {
  /** What a credential may be bound to, such as the digest of the client's certificate. */
  readonly binding?: string | undefined
}

/** Finds out who calls. */
export interface Authenticator {
  /** @throws NootropicError `CREDENTIAL_INVALID`, with the same message for unknown, expired and revoked. */
  authenticate(credential: string, client?: CredentialClient): Promise<AccessRequest['subject']>
}
