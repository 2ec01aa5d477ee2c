/** What scanning one file may cost. A limit that is reached leaves the verdict incomplete, never a pass. */
export interface ScanLimits {
  /** Containers inside one another (CWE-674). */
  readonly depth: number
  /** Entries of all containers in one file together (CWE-770). */
  readonly entries: number
  /** Bytes that all compressed parts of one file may expand to (CWE-409). */
  readonly expandedBytes: number
  /** How many times larger than the file all that comes out of it may be, once that is above 64 MiB (CWE-409). */
  readonly ratio: number
  /** Time for a file, and for each GiB of it and of what comes out of it (CWE-400). */
  readonly milliseconds: number
  readonly millisecondsPerGibibyte: number
  /** Findings that are kept of one rule: a hostile file could make a million (CWE-770). */
  readonly findingsPerRule: number
  /** Text and graphs that must be held whole to be parsed (CWE-789). */
  readonly heldBytes: number
}

/** The limits of a scan that names none. */
export const scanLimits: ScanLimits = {
  depth: 8,
  entries: 200_000,
  expandedBytes: 2 ** 33,
  ratio: 250,
  milliseconds: 30_000,
  millisecondsPerGibibyte: 20_000,
  findingsPerRule: 100,
  heldBytes: 2 ** 26,
}
