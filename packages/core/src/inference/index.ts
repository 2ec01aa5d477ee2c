export { checkTensors, type TensorSide, verifyFeeds } from './check-tensors.ts'
export {
  createInProcessSessions,
  type InProcessRunOptions,
  type InProcessSession,
  type InProcessSessions,
} from './in-process.ts'
export { verifyLoadable } from './verify-loadable.ts'
