export type { PoolMetrics } from '../pool/pool.ts'
export type { PoolEvent, TellPool, WorkerEndCause } from '../pool/pool-event.ts'
export { defaultPoolOptions, type PoolOptions } from '../pool/pool-options.ts'
export { readWorkerUsage, type WorkerUsage } from '../pool/worker-usage.ts'
export { type CgroupPlace, findCgroupPlaces } from './cgroup-places.ts'
export {
  type IsolationLayer,
  type IsolationLevel,
  type IsolationReport,
  isAtLeastLevel,
  isolationLayers,
  isolationLevels,
  type LayerReport,
  type PassedOver,
} from './isolation.ts'
export { defaultSandboxLimits, type SandboxLimits } from './limits.ts'
export { createSandbox, type Sandbox, type SandboxOptions, type SandboxSessionOptions } from './sandbox.ts'
export type { LendModel, SandboxSession, TracedRun } from './session.ts'
