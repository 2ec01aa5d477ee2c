import type { WorkerFiles } from './worker-files.ts'

/** Makes the directories that workers are started from, and removes each when its worker is gone. */
export interface Bundles {
  /** @throws NootropicError `ISOLATION_UNAVAILABLE` where none can be made */
  make(files: WorkerFiles): string
  remove(bundle: string): void
}
