import { z } from 'zod'
import { nameSchema } from '../name.ts'
import { conditionSchema } from './condition.ts'

// Bounds of a policy and of one request, so that neither can make a decision slow (CWE-770).
export const maximumRules = 100_000
export const maximumRoles = 64
const maximumActions = 64
const maximumConditions = 16

/** The schema of {@link Rule}. */
export const ruleSchema = z.strictObject({
  id: nameSchema,
  effect: z.enum(['permit', 'forbid']),
  /** Anybody, whoever has a role, whoever is in a group, or one subject. */
  principal: z.union(
    [
      z.literal('any'),
      z.strictObject({ role: nameSchema }),
      z.strictObject({ group: nameSchema }),
      z.strictObject({ subject: z.strictObject({ type: nameSchema, id: nameSchema }) }),
    ],
    'expected any, { role }, { group } or { subject: { type, id } }',
  ),
  actions: z.union(
    [z.literal('any'), z.array(nameSchema).min(1).max(maximumActions)],
    `expected any, or a list of 1 to ${maximumActions} names`,
  ),
  /** One resource, without `id` all of its type, or all in a resource group of the directory. */
  resource: z.union(
    [z.strictObject({ type: nameSchema, id: nameSchema.optional() }), z.strictObject({ group: nameSchema })],
    'expected { type }, { type, id } or { group }',
  ),
  /** All must hold. */
  conditions: z.array(conditionSchema).max(maximumConditions).optional(),
})
/** Permits or forbids something to somebody. */
export type Rule = z.infer<typeof ruleSchema>
