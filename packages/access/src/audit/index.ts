export { type Checkpoint, formatVerifierKey, type SigningKey, verifyCheckpoint } from './checkpoint.ts'
export { type AuditLogOptions, openAuditLog, type SignedAuditLog, verifyAuditLog } from './log.ts'
export { hashLeaf } from './merkle.ts'
export {
  type ConsistencyProof,
  type InclusionProof,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from './proof.ts'
export { type AuditRecord, auditRecordSchema, formatAuditRecord } from './record.ts'
