import type { AccessDecision, AccessRequest } from '@nootropic/core'
import { z } from 'zod'
import { nameSchema } from './name.ts'

/** The schema of {@link Scope}. */
export const scopeSchema = z.strictObject({
  action: nameSchema,
  /** One resource, or without `id` all of its type. */
  resource: z.strictObject({ type: nameSchema, id: nameSchema.optional() }),
})
/** What a credential may be used for, at most: it narrows its owner's rights and never adds to them. */
export type Scope = z.infer<typeof scopeSchema>

// Scopes of one credential, so that none makes a decision slow (CWE-770).
export const scopesSchema = z.array(scopeSchema).max(64)

const isWithinScopes = ({ subject, action, resource }: AccessRequest): boolean => {
  if (subject.properties === undefined || !Object.hasOwn(subject.properties, 'scopes')) return true
  const scopes = scopesSchema.safeParse(subject.properties.scopes)
  return (
    scopes.success &&
    scopes.data.some(
      (scope) =>
        scope.action === action.name &&
        scope.resource.type === resource.type &&
        (scope.resource.id === undefined || scope.resource.id === resource.id),
    )
  )
}

/** A decision about the owner of a credential, narrowed to `subject.properties.scopes` of the credential. */
export const narrowToScopes = (request: AccessRequest, answer: AccessDecision): AccessDecision => {
  if (!answer.decision || isWithinScopes(request)) return answer
  const { action, resource } = request
  const reason = `the credential's scopes do not hold ${JSON.stringify(action.name)} on ${resource.type} ${JSON.stringify(resource.id)}; its owner is ${answer.context.reason}`
  return { decision: false, context: { reason, rules: answer.context.rules } }
}
