import type { Part } from '../inspection.ts'
import type { ImportedName } from './import-ledger.ts'
import type { PickleEnd } from './machine/run-machine.ts'
import type { SightingLog } from './sighting-log.ts'

/** What the run of a pickle showed. */
export interface PickleRun {
  readonly end: PickleEnd
  readonly operations: number
  readonly log: SightingLog
  /** The names in the order of their import. */
  readonly imports: readonly ImportedName[]
  /** Contents that allowed calls load. */
  readonly parts: readonly Part[]
  /** How many arrays of joblib stand between its opcodes. */
  readonly arrays: number
}
