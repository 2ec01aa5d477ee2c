import { type ErrorCode, isNootropicError } from '@nootropic/core'

// Recorded where they were found out; and a log that fails cannot say that it does.
const recorded: readonly ErrorCode[] = ['CREDENTIAL_INVALID', 'LIMIT_EXCEEDED', 'USAGE', 'AUDIT_UNAVAILABLE']

/**
 * Carries out a check of a credential. One that could not be made, because the store was lost or a row was changed, grants nothing
 * and is on record as a refusal is.
 *
 * @param record is handed the code of the error. If it rejects, so does the check, with its error.
 */
export const recordFailedCheck = async <Result>(
  check: () => Promise<Result>,
  record: (code: ErrorCode) => unknown,
): Promise<Result> => {
  try {
    return await check()
  } catch (error) {
    const code = isNootropicError(error) ? error.code : 'INTERNAL'
    if (!recorded.includes(code)) await record(code)
    throw error
  }
}
