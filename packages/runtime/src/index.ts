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
export type { ModelSession, ModelSessions } from './model-workers.ts'
export type { Activation, ModelStatus, RegisteredModel, Registration } from './registered-model.ts'
export { openRegistry, type Registry } from './registry.ts'
export type { ModelContent } from './sealed-model.ts'
export { openVault, type Vault } from './vault.ts'
