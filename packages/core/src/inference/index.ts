export { checkTensors, type TensorSide, verifyFeeds } from './check-tensors.ts'
export { createInProcessSessions } from './in-process.ts'
export { verifyModel } from './verify-model.ts'
