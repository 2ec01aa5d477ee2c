export { type Checkpoint, formatVerifierKey, type SigningKey, verifyCheckpoint } from './checkpoint.ts'
export { type EntryProof, entryProofSchema, type ProvenEntry, verifyEntryProof } from './entry-proof.ts'
export { type AuditLogOptions, openAuditLog } from './log.ts'
export { hashLeaf } from './merkle.ts'
export { openPersonalData, type PersonalData, type PersonalDataKeys, sealPersonalData } from './personal-data.ts'
export {
  type ConsistencyProof,
  type InclusionProof,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from './proof.ts'
export { type AuditRecord, auditRecordSchema, formatAuditRecord } from './record.ts'
export type { PlacedRecord } from './record-reader.ts'
export type { EntryFilter, SignedAuditLog } from './signed-log.ts'
export type { EpochOptions } from './signer.ts'
export { verifyAuditLog, verifyServedAuditLog } from './verify-log.ts'
export { createWitness, verifyCosignature, type Witness, type WitnessedHead, type WitnessStore } from './witness.ts'
