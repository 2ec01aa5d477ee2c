import { NootropicError } from '@nootropic/core'
import { type Invocation, textOption, textOptions } from '../verb.ts'

/** A whole number from `least` to `most`. @throws NootropicError `USAGE` */
export const countOption = (
  invocation: Invocation,
  name: string,
  { least = 1, most }: { readonly least?: number; readonly most: number },
): number | undefined => {
  const text = textOption(invocation, name)
  if (text === undefined) return undefined
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new NootropicError('USAGE', `expected --${name} to be a whole number from ${least} to ${most}, got "${text}"`)
}

/** Shares above 0 and at most 1, of an option that may be given several times. @throws NootropicError `USAGE` */
export const shareOptions = (invocation: Invocation, name: string): readonly number[] | undefined => {
  const texts = textOptions(invocation, name)
  if (texts.length === 0) return undefined
  return texts.map((text) => {
    const value = /^\d?\.?\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value > 0 && value <= 1) return value
    throw new NootropicError('USAGE', `expected --${name} to be above 0 and at most 1, got "${text}"`)
  })
}
