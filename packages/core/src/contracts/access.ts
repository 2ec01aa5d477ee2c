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

/** The schema of {@link AccessDecision}. */
export const accessDecisionSchema = z.strictObject({
  decision: z.boolean(),
  context: z.strictObject({
    /** One sentence: the rule that decided, or the nearest grant and what it lacks. */
    reason: z.string(),
    /** Ids of the rules that decided. */
    rules: z.array(z.string()),
  }),
})
/** The answer. A denial is an answer, not an error. */
export type AccessDecision = z.infer<typeof accessDecisionSchema>

/** Decides. Default is deny, a deny rule wins, and a rule that cannot be evaluated denies. */
export interface Authorizer {
  authorize(request: AccessRequest): Promise<AccessDecision>
}

/** Finds out who calls. */
export interface Authenticator {
  /** @throws NootropicError `CREDENTIAL_INVALID`, with the same message for unknown, expired and revoked. */
  authenticate(credential: string): Promise<AccessRequest['subject']>
}
