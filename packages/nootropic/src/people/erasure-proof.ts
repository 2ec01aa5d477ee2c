import { type SignedAuditLog, verifyEntryProof } from '@nootropic/access/audit'
import { canonicalJson, NootropicError } from '@nootropic/core'
import { digestSealedEntries, type ErasureStatement, erasureAction, erasureStatementSchema } from './erasure.ts'

const refuse = (expected: string, found: string): never => {
  throw new NootropicError('AUDIT_CORRUPT', `expected ${expected}, found ${found}; do not rely on this proof`)
}

/**
 * Verifies the proof of an erasure, an entry proof of the audit log, against the log that it is of: the log has the statement,
 * the sealed entries are those that it names, and their keys are gone.
 *
 * @param isKeyThere whether a key is in the key store still.
 * @throws NootropicError `AUDIT_CORRUPT`
 */
export const verifyErasureProof = async (
  proof: unknown,
  log: SignedAuditLog,
  isKeyThere: (keyId: string) => boolean,
): Promise<ErasureStatement> => {
  const { index, record } = verifyEntryProof(proof, { verifierKey: log.verifierKey })
  const parsed = erasureStatementSchema.safeParse(record.details)
  if (record.action !== erasureAction || record.outcome !== 'succeeded' || !parsed.success)
    return refuse('an entry that states an erasure', `"${record.action}", ${record.outcome}`)
  const statement = parsed.data
  const { size } = await log.verify()
  if (index >= size) refuse(`a log of at least ${index + 1} entries`, String(size))
  for await (const { index: _, ...found } of log.entries({ start: index })) {
    if (canonicalJson(found) !== canonicalJson(record)) refuse(`the statement at ${index} of the log`, 'another entry')
    break
  }
  const left = statement.keyIds.find(isKeyThere)
  if (left !== undefined) refuse('a key store without the destroyed keys', left)
  const sealed = await digestSealedEntries(log, statement.keyIds)
  if (sealed.sealedDigest !== statement.sealedDigest || sealed.sealedEntries !== statement.sealedEntries)
    refuse(`the ${statement.sealedEntries} sealed entries of the statement`, `${sealed.sealedEntries} or others`)
  return statement
}
