import { z } from 'zod'

/**
 * Text of one form. `expected` starts with "expected" and is the whole complaint, whichever way the value is wrong. A
 * number or truth value that would fit in quotes is named as such: YAML reads an unquoted 1.10 as the number 1.1.
 */
export const textSchema = (pattern: RegExp, expected: string) =>
  z
    .string({
      error: ({ input }) =>
        (typeof input === 'number' || typeof input === 'boolean') && pattern.test(String(input))
          ? `${expected}, in quotes: without them YAML reads a ${typeof input}`
          : expected,
    })
    .regex(pattern, { error: expected, abort: true })
