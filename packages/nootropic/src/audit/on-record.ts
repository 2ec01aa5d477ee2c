import { type AuditEntry, type AuditLog, isNootropicError } from '@nootropic/core'

/** Does what is on record before it is done: what cannot be recorded is not done. What fails is on record as that too. */
export const onRecord = async <Result>(
  audit: AuditLog,
  entry: Omit<AuditEntry, 'outcome' | 'reason'>,
  work: () => Promise<Result>,
): Promise<Result> => {
  await audit.append({ ...entry, outcome: 'allowed' })
  try {
    return await work()
  } catch (error) {
    const reason = isNootropicError(error) ? error.code : 'INTERNAL'
    // What went wrong first is what the caller needs to know.
    await audit.append({ ...entry, outcome: 'failed', reason }).catch(() => {})
    throw error
  }
}
