import { isDay, twoDigits } from '../check-digits.ts'
import type { GroupedNumber } from '../recogniser.ts'

// Words for an identity number wherever it comes from.
const identityWords: readonly string[] = [
  ...['national id', 'identity number', 'identification number', 'id number', 'id no', 'id card', 'identity card'],
  ...['personal number', 'personal id', 'personal code', 'tax id', 'tax number', 'tin', 'taxpayer', 'citizen'],
]

/** A recogniser of national numbers: sure beside its own words, or as sure alone as its check digits and layout make it. */
export const nationalId = (
  rules: Pick<GroupedNumber, 'name' | 'layouts' | 'accepts' | 'alone' | 'aloneAs' | 'context' | 'source'> & {
    readonly id: string
    readonly near?: number
  },
): GroupedNumber => {
  const { id, near = 0.95, ...rest } = rules
  return { ...rest, type: `national-id/${id}`, near, sharedContext: identityWords }
}

/** Whether the digits at these places are a month and a day. */
export const hasDay = (value: string, monthAt: number, dayAt: number): boolean =>
  isDay(twoDigits(value, monthAt), twoDigits(value, dayAt))

/** Whether a day stands there in a month that one of the shifts was added to, for the century or the sex. */
export const isShiftedDay = (month: number, day: number, shifts: readonly number[]): boolean =>
  shifts.some((shift) => isDay(month - shift, day))
