import { NootropicError } from '@nootropic/core'
import { z } from 'zod'
import { nameSchema } from '../name.ts'

const quotaMeasures = ['requests', 'tokens', 'bytes', 'compute-seconds'] as const
/** What a quota counts. */
export type QuotaMeasure = (typeof quotaMeasures)[number]

// The largest Integer of an HTTP structured field (RFC 9651, section 3.3.1), less the digits that seconds need below zero.
const maximumLimit = 999_999_999_999
const maximumWindowSeconds = 366 * 24 * 60 * 60
// Quotas of one installation, so that no request can be made slow by them (CWE-770).
const maximumQuotas = 256

/** Compute is counted in whole milliseconds, everything else in ones: counters hold whole numbers only. */
const countsPerUnit = (measure: QuotaMeasure): number => (measure === 'compute-seconds' ? 1000 : 1)

/** An amount as the counters hold it: rounded up, so that fractions never add up to more than the limit. */
export const countsOf = (measure: QuotaMeasure, amount: number): number => Math.ceil(amount * countsPerUnit(measure))

/** A count as people read it: rounded down, so that nothing is promised that is not there. */
export const wholeUnitsOf = (measure: QuotaMeasure, counts: number): number =>
  Math.max(0, Math.floor(counts / countsPerUnit(measure)))

/** The schema of {@link Quota}. */
export const quotaSchema = z
  .strictObject({
    /** Its name, also in the RateLimit fields. */
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected a name such as tokens-per-day'),
    measure: z.enum(quotaMeasures),
    /**
     * `window`: a budget of `limit` for each window of the clock, windows aligned to 1970-01-01T00:00Z. Across the edge of
     * two windows twice the limit can pass within one window's length.
     *
     * `rate`: `limit` per window as a steady flow (GCRA), of which `burst` at once: never more than `burst` plus what
     * has flowed since, whatever the interval.
     */
    kind: z.enum(['window', 'rate']),
    limit: z.number().int().min(0).max(maximumLimit),
    /** Of a `rate`: how much at once; without it, as much as the limit. */
    burst: z.number().int().min(1).max(maximumLimit).optional(),
    windowSeconds: z.number().int().min(1).max(maximumWindowSeconds),
    /** What has a count of its own: each subject, each model, each pair of them, or with none all together. */
    per: z.array(z.enum(['subject', 'model'])).max(2),
    /** Whom it limits: one subject, whoever has a role, or without it everybody. */
    subject: z
      .union([z.strictObject({ role: nameSchema }), z.strictObject({ type: nameSchema, id: nameSchema })])
      .optional(),
    /** Which model it limits; without it, every one. */
    model: nameSchema.optional(),
  })
  .refine(({ kind, burst }) => kind === 'rate' || burst === undefined, 'expected burst with kind "rate" only')
  .refine(
    ({ kind, measure, limit, burst = limit, windowSeconds }) =>
      // A rate's counter holds counts times milliseconds, twice of it while a cost is added.
      kind === 'window' || Math.max(limit, burst) * countsPerUnit(measure) * windowSeconds * 1000 < 2 ** 52,
    'expected a rate whose burst times its window stays below 2^52; choose a shorter window with a smaller limit',
  )
/** A limit on how much of something may be used in a time. */
export type Quota = z.infer<typeof quotaSchema>

/** The schema of a list of quotas. */
export const quotasSchema = z
  .array(quotaSchema)
  .max(maximumQuotas)
  .refine((quotas) => new Set(quotas.map(({ id }) => id)).size === quotas.length, 'expected each quota id once')

const amount = z.number().nonnegative().max(maximumLimit)
const wholeAmount = amount.int()
const quotaAmountsSchema = z.strictObject({
  requests: wholeAmount.optional(),
  tokens: wholeAmount.optional(),
  bytes: wholeAmount.optional(),
  'compute-seconds': amount.optional(),
})
/** How much of each measure. */
export type QuotaAmounts = z.infer<typeof quotaAmountsSchema>

/** @throws NootropicError `USAGE` for what are no amounts. */
export const parseQuotaAmounts = (amounts: unknown): QuotaAmounts => {
  const parsed = quotaAmountsSchema.safeParse(amounts)
  if (parsed.success) return parsed.data
  const found = z.prettifyError(parsed.error)
  throw new NootropicError('USAGE', `expected amounts by measure, found: ${found}; give numbers of 0 or more`)
}
