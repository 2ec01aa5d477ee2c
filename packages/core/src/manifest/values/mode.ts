import { z } from 'zod'

const bits = (digit: string): number => Number.parseInt(digit, 8)
const isSubset = (part: string, whole: string): boolean => (bits(part) & ~bits(whole)) === 0

// The owner can read, nobody else can write (CWE-732), and group and others may do no more than the one before. The
// last also refuses what YAML makes of 0o600 and its like (the decimal number 384), which would be other modes.
const modes = ['4', '5', '6', '7'].flatMap((owner) =>
  ['0', '4', '5']
    .filter((group) => isSubset(group, owner))
    .flatMap((group) =>
      ['0', '4', '5'].filter((others) => isSubset(others, group)).map((others) => `${owner}${group}${others}`),
    ),
)

const expected =
  'expected a file mode in octal digits, such as 600 or "0600", with which the owner can read and nobody else can write'

/** A file mode such as `600` or `'0600'`, both octal → its bits, here 0o600. */
export const modeSchema = z
  .union(
    [z.literal(modes.map(Number), expected), z.enum([...modes, ...modes.map((mode) => `0${mode}`)], expected)],
    expected,
  )
  .transform((mode) => Number.parseInt(String(mode), 8))
