export { isEqualConstantTime } from './bytes.ts'
export { canonicalJson, type Json } from './canonical.ts'
export { type Clock, createManualClock, type ManualClock, systemClock } from './clock.ts'
export {
  type AccessDecision,
  type AccessRequest,
  type Authenticator,
  type Authorizer,
  accessDecisionSchema,
  accessRequestSchema,
  type CredentialClient,
  entityText,
  type Lack,
  type NearGrant,
  type StepUp,
} from './contracts/access.ts'
export { type Alert, alertEvents, alertSchema } from './contracts/alert.ts'
export { type AuditEntry, type AuditLog, type AuditReceipt, auditEntrySchema } from './contracts/audit.ts'
export {
  type InferenceSession,
  type OptimisationLevel,
  optimisationLevels,
  type RunOptions,
  type SessionFactory,
  type SessionOptions,
} from './contracts/inference.ts'
export { type Measurement, type Meter, measurements } from './contracts/measurement.ts'
export {
  type ModelBytes,
  type ModelControl,
  type ModelRef,
  modelNameSchema,
  modelRefSchema,
  modelVersionSchema,
} from './contracts/model.ts'
export {
  elementTypeSchema,
  type Signature,
  signatureSchema,
  type TensorSpec,
  tensorSpecSchema,
} from './contracts/signature.ts'
export {
  type ElementType,
  elementCount,
  elementTypes,
  type Tensor,
  type TensorData,
  tensorArrays,
} from './contracts/tensor.ts'
export type { UsageAmounts, UsageAnswer, UsageLimiter, UsageRequest, UsageReservation } from './contracts/usage.ts'
export { type Digest, digestSchema, type FileDigest, modelDigest, sha256 } from './digest.ts'
export { type ErrorCode, type ErrorKind, errorCatalog, isNootropicError, NootropicError } from './errors.ts'
export { createEventBus, type Event, type EventBus, type EventContent, eventSchema } from './event.ts'
export {
  countBySeverity,
  type Finding,
  findingSchema,
  isAtLeast,
  type Location,
  locationSchema,
  type Severity,
  severities,
  severitySchema,
} from './finding.ts'
export { jsonSchema, wellFormedJson } from './json.ts'
export { createSeededRandom, type Random, type SeededRandom, systemRandom } from './random.ts'
export {
  combineVerdicts,
  type Report,
  reportSchema,
  type Score,
  type Stage,
  scoreSchema,
  stageSchema,
  type Verdict,
  verdictSchema,
} from './report.ts'
export { closestWord } from './suggestion.ts'
