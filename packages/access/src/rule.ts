import { isIP } from 'node:net'
import { z } from 'zod'
import { nameSchema } from './name.ts'

// Bounds of a policy and of one request, so that neither can make a decision slow (CWE-770).
export const maximumRules = 100_000
export const maximumRoles = 64
const maximumActions = 64
const maximumConditions = 16
const maximumRanges = 256

const cidrSchema = z.string().refine((text) => {
  const [address = '', bits = '', ...rest] = text.split('/')
  const family = isIP(address)
  return rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}, 'expected a network such as 10.0.0.0/8 or fd00::/8')

const minuteSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 08:30')

/** The schema of {@link Condition}. */
export const conditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('time'),
    /** RFC 3339: from then on, and before then. */
    notBefore: z.iso.datetime().optional(),
    notAfter: z.iso.datetime().optional(),
    /** Each day from `from` until before `until`, UTC; over midnight if `until` is the smaller. */
    daily: z
      .strictObject({ from: minuteSchema, until: minuteSchema })
      // All day or never? A forbid that never holds would let everybody through.
      .refine(({ from, until }) => from !== until, 'expected two times of day; leave daily out for the whole day')
      .optional(),
  }),
  z.strictObject({
    kind: z.literal('network'),
    /** One of them must hold `context.ip` of the request. */
    ranges: z.array(cidrSchema).min(1).max(maximumRanges),
  }),
])
/** What must be true besides for a rule to apply. */
export type Condition = z.infer<typeof conditionSchema>

/** The schema of {@link Rule}. */
export const ruleSchema = z.strictObject({
  id: nameSchema,
  effect: z.enum(['permit', 'forbid']),
  /** Anybody, whoever has a role, or one subject. */
  principal: z.union([
    z.literal('any'),
    z.strictObject({ role: nameSchema }),
    z.strictObject({ subject: z.strictObject({ type: nameSchema, id: nameSchema }) }),
  ]),
  actions: z.union([z.literal('any'), z.array(nameSchema).min(1).max(maximumActions)]),
  /** One resource, or without `id` all of its type. */
  resource: z.strictObject({ type: nameSchema, id: nameSchema.optional() }),
  /** All must hold. */
  conditions: z.array(conditionSchema).max(maximumConditions).optional(),
})
/** Permits or forbids something to somebody. */
export type Rule = z.infer<typeof ruleSchema>
