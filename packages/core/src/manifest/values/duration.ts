import { textSchema } from './text.ts'

const unitMilliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
type Unit = keyof typeof unitMilliseconds

// Seven digits of weeks still are a safe integer of milliseconds. Zero is no duration: a budget or threshold of
// nothing is a mistake.
const pattern = /^([1-9][0-9]{0,6}(\.[0-9]{1,3})?|0\.[0-9]{0,2}[1-9])(ms|s|m|h|d|w)$/

/** A duration such as `100ms`, `1.5s` or `2h` → milliseconds. */
export const durationSchema = textSchema(
  pattern,
  'expected a duration above zero: one number and one of ms, s, m, h, d, w, such as 100ms or 2h',
).transform((text) => {
  const digits = Number.parseFloat(text)
  return digits * unitMilliseconds[text.replace(/^[0-9.]+/, '') as Unit]
})
