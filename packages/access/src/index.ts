export { createAuthorizer, createStoredAuthorizer } from './authorisation/authorizer.ts'
export { type AttributeTest, type Condition, conditionSchema, type PlainCondition } from './authorisation/condition.ts'
export { decide } from './authorisation/decide.ts'
export { type Directory, directorySchema } from './authorisation/directory.ts'
export {
  openPolicyStore,
  type PolicyRecord,
  type PolicyStore,
  type PolicyVersion,
} from './authorisation/policy-store.ts'
export { type Rule, ruleSchema } from './authorisation/rule.ts'
export { indexRules, type PermitSwitch, type RuleIndex } from './authorisation/rule-index.ts'
export { type Catalogue, createCatalogue, type KnownEntity } from './authzen/catalogue.ts'
export { type AuthzenEndpoint, type AuthzenEndpointOptions, createAuthzenEndpoint } from './authzen/endpoint.ts'
export { type CedarAuthorizerOptions, openCedarAuthorizer } from './cedar/cedar-authorizer.ts'
export type { CedarEngine, CedarEntity, CedarUid } from './cedar/engine.ts'
export { type AccountNotice, accountNotice } from './credentials/account-notice.ts'
export type { KeyEnvironment } from './credentials/api-key.ts'
export type { ApiKeyChange, ApiKeyRecord, NewApiKey } from './credentials/api-key-record.ts'
export { type ApiKeys, openApiKeys } from './credentials/api-keys.ts'
export type { Refusal } from './credentials/check-api-key.ts'
export { entryOfKeyChange, entryOfKeyRefusal } from './credentials/key-audit.ts'
export type { Owner, RolesOf } from './credentials/owner.ts'
export type { StepUpOperation } from './mfa/challenges.ts'
export { type FactorAnswer, type Mfa, openMfa, type StepUpAnswer } from './mfa/mfa.ts'
export type { RelyingParty } from './mfa/relying-party.ts'
export type { SecretStore } from './mfa/seed-seal.ts'
export {
  defaultSensitiveOperations,
  type MissingFactor,
  missingFactor,
  type SensitiveOperation,
  type StepUpProof,
  sensitiveOperationSchema,
} from './mfa/sensitive-operations.ts'
export { createStepUpAuthorizer, type StepUpAuthorizer, type StepUpEvidence } from './mfa/step-up-authorizer.ts'
export type { TotpEnrolment } from './mfa/totp.ts'
export { checkPermissions, enforcePermissions, type PathPermission } from './permissions.ts'
export { type Mention, mentionOf } from './privacy/mention.ts'
export type { SubjectHoldings } from './privacy/subject-holdings.ts'
export { eraseTraces, openSubjectRecords, type RemovedRows, type SubjectRecords } from './privacy/subject-records.ts'
export { type Scope, scopeSchema } from './scope.ts'
export { parseSessionPolicy, type SessionPolicy } from './sessions/session-policy.ts'
export type { Factor, NewSession, SessionRecord } from './sessions/session-record.ts'
export { openSessions, type Sessions } from './sessions/sessions.ts'
export { createIntegrityCheck, type ExpectedFile, recordIntegrity } from './watch/integrity.ts'
export { type AccessCheck, type AccessMonitor, accessMonitorEvents, openAccessMonitor } from './watch/monitor.ts'
