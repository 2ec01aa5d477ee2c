export type { Database, Migrations } from './database.ts'
export { type LockAttempt, tryLock } from './directory-lock.ts'
export { openDatabase } from './open-database.ts'
export {
  createPrivateFile,
  ensurePrivateDirectory,
  type FileContent,
  openPrivateFile,
  readPrivateFile,
  readPrivateFileIfPresent,
  syncDirectory,
  writePrivateFile,
} from './private-file.ts'
export { createPublicFile, writePublicFile } from './public-file.ts'
export type { Violation } from './storage-error.ts'
export { type LockOptions, withLock } from './wait-for-lock.ts'
