import { NootropicError } from '@nootropic/core'
import { printable } from '../scan/rule.ts'

/** The refusal of data that are not what they must be: what was expected, what was found, what to do. */
export const unfit = (path: string, expected: string, found: string, advice: string, cause?: unknown): NootropicError =>
  new NootropicError('USAGE', `expected ${printable(path)} to ${expected}, found ${found}; ${advice}`, { cause })

/** The refusal of data that take more than a limit allows. */
export const excessive = (path: string, limit: string, most: number, found: number, advice: string): NootropicError =>
  new NootropicError(
    'LIMIT_EXCEEDED',
    `expected ${printable(path)} to take at most ${most} (limit ${limit}), found ${found}; ${advice}`,
  )
