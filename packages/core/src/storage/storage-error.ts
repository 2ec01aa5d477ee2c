import { isNootropicError, NootropicError } from '../errors.ts'

/** Which rule of a table a statement broke: `details.violation` of a `STORAGE_FAILED`. */
export type Violation = 'unique' | 'foreign-key' | 'not-null' | 'check'

const violations: Readonly<Record<string, Violation>> = {
  SQLITE_CONSTRAINT_PRIMARYKEY: 'unique',
  SQLITE_CONSTRAINT_UNIQUE: 'unique',
  SQLITE_CONSTRAINT_ROWID: 'unique',
  SQLITE_CONSTRAINT_FOREIGNKEY: 'foreign-key',
  SQLITE_CONSTRAINT_NOTNULL: 'not-null',
  SQLITE_CONSTRAINT_CHECK: 'check',
  // PostgreSQL, appendix A: error codes.
  '23505': 'unique',
  '23503': 'foreign-key',
  '23502': 'not-null',
  '23514': 'check',
}

// PostgreSQL repeats the value that does not fit in the messages of this class, for example "invalid input syntax".
const repeatsValues = /^22/

/**
 * What a driver threw, as an error that may be shown. The driver's error is not attached as its cause: PostgreSQL's
 * holds the row.
 */
export const storageError = (place: string, error: unknown): NootropicError => {
  if (isNootropicError(error)) return error
  const { code, message } = error as { code?: unknown; message?: unknown }
  const reason = typeof code === 'string' ? code : 'no code'
  const text = repeatsValues.test(reason) || typeof message !== 'string' || message === '' ? '' : `: ${message}`
  const violation = violations[reason]
  return new NootropicError('STORAGE_FAILED', `expected ${place} to carry out a statement, found ${reason}${text}`, {
    details: { reason, ...(violation === undefined ? {} : { violation }) },
  })
}
