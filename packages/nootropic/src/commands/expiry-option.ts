import { NootropicError } from '@nootropic/core'
import { type Invocation, type OptionDescription, textOption } from '../verb.ts'

const day = 24 * 60 * 60 * 1000
const defaultDays = 90

/** The options that say when a key expires. */
export const expiryOptions: Readonly<Record<string, OptionDescription>> = {
  days: { type: 'string', value: 'N', description: `until it expires (default ${defaultDays})` },
  expires: { type: 'string', value: 'WHEN', description: 'the day or time (UTC) when it expires, such as 2030-01-31' },
}

// RFC 3339, or a day of it.
const pattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$/

/** When a key is to expire. @throws NootropicError `USAGE` for no time, or two */
export const expiryOf = (invocation: Invocation, now = Date.now()): Date => {
  const expires = textOption(invocation, 'expires')
  const days = textOption(invocation, 'days')
  if (expires !== undefined) {
    const time = pattern.test(expires) ? Date.parse(expires) : Number.NaN
    // Date takes the 31st of February for the 3rd of March.
    if (new Date(time || 0).toISOString().slice(0, 10) === expires.slice(0, 10) && days === undefined)
      return new Date(time)
    const found = days === undefined ? `"${expires}"` : '--days as well'
    throw new NootropicError('USAGE', `expected --expires to be a day or time such as 2030-01-31, got ${found}`)
  }
  const count = Number(days ?? defaultDays)
  if (Number.isInteger(count) && count >= 1) return new Date(now + count * day)
  throw new NootropicError('USAGE', 'expected --days to be a whole number of days')
}
