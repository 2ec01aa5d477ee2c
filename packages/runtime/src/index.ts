export {
  createExecutor,
  type ExecutionRequest,
  type ExecutionResult,
  type Executor,
  type ExecutorParts,
} from './execute.ts'
export { checkInputs } from './guards/check-inputs.ts'
export { checkOutputs } from './guards/check-outputs.ts'
export { defaultGuardLimits, type GuardLimits } from './guards/check-values.ts'
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
