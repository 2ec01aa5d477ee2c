import type { FileRight } from '../sandbox/landlock/rights.ts'

/** A file or directory that stays within reach of what is started. */
export interface ReachableFile {
  readonly path: string
  /** None: it may be passed through, and nothing more. */
  readonly rights: readonly FileRight[]
  /** Kept open under this number, as a place and not to be read (O_PATH). */
  readonly descriptor?: number
}

/**
 * What a launcher is to do before it becomes another program, in this order. It travels as JSON, as the launcher's one
 * argument, and holds no secret.
 */
export interface LaunchOrder {
  /** Opened with the rights that the launcher was started with; with Landlock, everything else is out of reach. */
  readonly reachable?: readonly ReachableFile[]
  /** Numbers of `RLIMIT_*` and their values, soft and hard. */
  readonly limits: readonly (readonly [resource: number, value: number])[]
  /**
   * Bytes of private memory, for a kernel that keeps no RLIMIT_DATA: RLIMIT_AS, of them and what Node, as this launcher is,
   * maps beside.
   */
  readonly privateBytes?: number
  /** The user and group to become for good; for root only. */
  readonly user?: number
  /** Whether the filter of system calls is set. */
  readonly filter: boolean
  /** The program, and its arguments from its name on. */
  readonly program: string
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}
