import { isNootropicError, type NootropicError } from '@nootropic/core'

/** The typed error that `work` ends in; anything else fails the test. */
export const failureOf = async (work: Promise<unknown>): Promise<NootropicError> => {
  const outcome = await work.then(
    () => 'a result',
    (reason: unknown) => reason,
  )
  if (!isNootropicError(outcome)) throw new Error('expected a NootropicError', { cause: outcome })
  return outcome
}
