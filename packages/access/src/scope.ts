import type { AccessRequest } from '@nootropic/core'
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

/** Whether the request is within `subject.properties.scopes`; a subject without scopes is not narrowed. */
export const isWithinScopes = ({ subject, action, resource }: AccessRequest): boolean => {
  if (subject.properties?.scopes === undefined) return true
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
