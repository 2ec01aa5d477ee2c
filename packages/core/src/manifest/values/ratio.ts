import { z } from 'zod'
import { textSchema } from './text.ts'

const expected = 'expected a ratio: a number from 0 to 1 or a percentage from 0% to 100%, such as 0.8 or 80%'
const pattern = /^((100(\.0{1,6})?|[1-9]?[0-9](\.[0-9]{1,6})?)%|0(\.[0-9]{1,8})?|1(\.0{1,8})?)$/

// The exponent makes 80% the very double of 0.8, which a division need not.
const parseRatio = (text: string): number => Number(text.endsWith('%') ? `${text.slice(0, -1)}e-2` : text)

/** A ratio such as `80%`, `0.01` or `'0.01'` → a number in [0, 1]. */
export const ratioSchema = z.union(
  [z.number(expected).min(0, expected).max(1, expected), textSchema(pattern, expected).transform(parseRatio)],
  expected,
)
