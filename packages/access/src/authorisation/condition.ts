import { isIP } from 'node:net'
import { z } from 'zod'
import { nameSchema } from '../name.ts'

// Bounds of one condition, so that none can make a decision slow (CWE-770).
const maximumRanges = 256
const maximumValues = 256
const maximumAuthenticationAge = 24 * 60 * 60

const cidrSchema = z.string().refine((text) => {
  const [address = '', bits = '', ...rest] = text.split('/')
  const family = isIP(address)
  return rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}, 'expected a network such as 10.0.0.0/8 or fd00::/8')

const minuteSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 08:30')

/** Days of the week from Sunday, as `Date.getUTCDay` counts them. */
export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

const timeSchema = z.strictObject({
  kind: z.literal('time'),
  /** RFC 3339: from then on, and before then. */
  notBefore: z.iso.datetime().optional(),
  notAfter: z.iso.datetime().optional(),
  /** On these days only, UTC. */
  days: z.array(z.enum(weekdays)).min(1).max(weekdays.length).optional(),
  /** Each day from `from` until before `until`, UTC; over midnight if `until` is the smaller. */
  daily: z
    .strictObject({ from: minuteSchema, until: minuteSchema })
    // All day or never? A forbid that never holds would let everybody through.
    .refine(({ from, until }) => from !== until, 'expected two times of day; leave daily out for the whole day')
    .optional(),
})

const networkSchema = z.strictObject({
  kind: z.literal('network'),
  /** One of them must hold `context.ip` of the request. */
  ranges: z.array(cidrSchema).min(1).max(maximumRanges),
})

const purposeSchema = z.strictObject({
  kind: z.literal('purpose'),
  /** `context.purpose` must be one of them. */
  purposes: z.array(nameSchema).min(1).max(maximumValues),
})

// `subject.properties.tenant` and `resource.properties.tenant` are the same text.
const tenantSchema = z.strictObject({ kind: z.literal('tenant') })

// `resource.properties.owner` is the id of the subject, or `{ type, id }` of it.
const ownerSchema = z.strictObject({ kind: z.literal('owner') })

const authenticationSchema = z.strictObject({
  kind: z.literal('authentication'),
  /** One of them must be `subject.properties.factor`, which the session proved. */
  factors: z.array(nameSchema).min(1).max(16),
  /** Seconds since `subject.properties.factorProvedAt`, at most. */
  maximumAgeSeconds: z.int().min(1).max(maximumAuthenticationAge),
})

const scalarSchema = z.union(
  [z.string().max(1024), z.number(), z.boolean()],
  'expected text, a number, or true or false',
)
const testSchema = z.union(
  [
    z.strictObject({ equals: scalarSchema }),
    z.strictObject({ in: z.array(scalarSchema).min(1).max(maximumValues) }),
    /** The attribute is a list that holds this. */
    z.strictObject({ contains: scalarSchema }),
    z.strictObject({ atLeast: z.number() }),
    z.strictObject({ atMost: z.number() }),
  ],
  'expected one test: { equals }, { in }, { contains }, { atLeast } or { atMost }',
)
/** What an attribute is compared with. */
export type AttributeTest = z.infer<typeof testSchema>

const attributeSchema = z.strictObject({
  kind: z.literal('attribute'),
  /** Whose properties; or the request's context. */
  of: z.enum(['subject', 'action', 'resource', 'context']),
  name: nameSchema,
  test: testSchema,
  /** What an absent attribute counts as; without it the condition cannot be evaluated, and the request is denied. */
  whenAbsent: z.enum(['met', 'unmet']).optional(),
})

const plainSchemas = [
  timeSchema,
  networkSchema,
  purposeSchema,
  tenantSchema,
  ownerSchema,
  authenticationSchema,
  attributeSchema,
] as const
const plainConditionSchema = z.discriminatedUnion('kind', [...plainSchemas])
/** A condition that is not a negation. */
export type PlainCondition = z.infer<typeof plainConditionSchema>

/** The schema of {@link Condition}. */
export const conditionSchema = z.discriminatedUnion('kind', [
  ...plainSchemas,
  /** Holds where the other does not; what cannot be evaluated stays so. */
  z.strictObject({ kind: z.literal('not'), condition: plainConditionSchema }),
])
/** What must be true besides for a rule to apply. */
export type Condition = z.infer<typeof conditionSchema>
