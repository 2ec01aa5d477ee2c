import { NootropicError } from '@nootropic/core'
import { z } from 'zod'

const minute = 60 * 1000
const hour = 60 * minute

const schema = z.strictObject({
  /** How long a session lives without being used. */
  idleMs: z
    .int()
    .min(minute)
    .max(30 * 24 * hour)
    .default(30 * minute),
  /** How long a session lives at most, however much it is used. */
  absoluteMs: z
    .int()
    .min(minute)
    .max(90 * 24 * hour)
    .default(12 * hour),
  /** How many sessions a subject may have at once. */
  maximumPerSubject: z.int().min(1).max(1000).default(5),
  /** What happens to one more: it is refused, or it ends the one that was used longest ago. */
  whenFull: z.enum(['refuse', 'end-oldest']).default('end-oldest'),
})
/** How long sessions live, and how many a subject may have. Defaults: 30 minutes idle, 12 hours, five, the oldest ends. */
export type SessionPolicy = z.input<typeof schema>

/**
 * The policy of sessions with its defaults filled in.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for values that cannot be, or an idle time beyond the absolute one.
 */
export const parseSessionPolicy = (policy: SessionPolicy): z.output<typeof schema> => {
  const parsed = schema.safeParse(policy)
  if (!parsed.success) {
    const found = z.prettifyError(parsed.error)
    throw new NootropicError('CONFIGURATION_INVALID', `expected a policy for sessions, got: ${found}`)
  }
  const { idleMs, absoluteMs } = parsed.data
  if (idleMs > absoluteMs) {
    const found = `${idleMs} beyond ${absoluteMs}`
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected idleMs to be at most absoluteMs, got ${found}; shorten idleMs`,
    )
  }
  return parsed.data
}
