export {
  type IsolationLayer,
  type IsolationLevel,
  type IsolationReport,
  isAtLeastLevel,
  isolationLayers,
  isolationLevels,
  type LayerReport,
} from './isolation.ts'
export { defaultSandboxLimits, type SandboxLimits } from './limits.ts'
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts'
export type { LendModel, SandboxSession } from './session.ts'
