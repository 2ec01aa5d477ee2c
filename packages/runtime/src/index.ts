export type { HostResources, ReadHostResources } from './execution/check-resources.ts'
export {
  createExecutor,
  type ExecutionRequest,
  type ExecutionResult,
  type Executor,
  type ExecutorParts,
} from './execution/execute.ts'
export { defaultExecutionPolicy, type ExecutionPolicy, isInWorkers } from './execution/execution-policy.ts'
export type { AnswerTreatment, ExecutionRules, ModelRules } from './execution/execution-rules.ts'
export { checkInputs } from './guards/check-inputs.ts'
export { checkOutputs } from './guards/check-outputs.ts'
export { defaultGuardLimits, type GuardLimits } from './guards/check-values.ts'
export { checkContainer, verifyContainer } from './host/check-container.ts'
export { checkHost, type HostCheckOptions, type HostMonitoring, type HostScope } from './host/check-host.ts'
export type { GuardedPlaces } from './host/check-secrets.ts'
export type {
  ContainerKind,
  HostFacts,
  HostMount,
  NamespaceOwner,
  RuntimeSocket,
  Swap,
} from './host/host-facts.ts'
export type { HostCheck, HostReport } from './host/host-report.ts'
export { readHostFacts } from './host/read-host-facts.ts'
export { type HostWatch, type HostWatchOptions, watchHost } from './host/watch-host.ts'
export type { ModelVersion } from './model-ref.ts'
export type { ModelSession, ModelSessionOptions, ModelSessions } from './model-workers.ts'
export type { Activation, ModelStatus, RegisteredModel, Registration } from './registered-model.ts'
export { openRegistry, type Registry } from './registry.ts'
export type { ModelContent } from './vault/model-source.ts'
export type { MemoryLimits } from './vault/read-model.ts'
export type { DataKeys } from './vault/seal-model.ts'
export type { ModelFile, ModelReader } from './vault/sealed-reader.ts'
export { openVault } from './vault/vault.ts'
export type { DamagedModel, Restored, Vault } from './vault/vault-contract.ts'
