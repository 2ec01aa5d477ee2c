import { NootropicError } from '@nootropic/core'
import { type Invocation, textOption } from '../verb.ts'

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const pattern = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/

/** A time option in milliseconds, such as `90s`, `2m` or a number of seconds. @throws NootropicError `USAGE` for none or nothing */
export const durationOption = (invocation: Invocation, name: string): number | undefined => {
  const text = textOption(invocation, name)
  if (text === undefined) return undefined
  const [, digits = '', unit = 's'] = pattern.exec(text) ?? []
  const duration = Number(digits) * milliseconds[unit as keyof typeof milliseconds]
  if (duration > 0) return duration
  throw new NootropicError('USAGE', `expected --${name} to be a time above zero, such as 90s or 2m, got "${text}"`)
}
