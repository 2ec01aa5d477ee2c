import type { IsolationClaims } from './isolation.ts'

/** What a worker may use, and what a session will take from it. */
export interface SandboxLimits {
  /**
   * Bytes of private memory. Beside the model, Node and onnxruntime need about 150 MiB, Node 24 some 700 MiB; the model counts
   * twice while it loads.
   */
  readonly memoryBytes: number
  /** Open files. */
  readonly descriptors: number
  /**
   * Processor seconds of one worker's whole life; undefined: as much as its runs' deadlines allow. A worker that has used most of
   * them is replaced between two runs.
   */
  readonly cpuSeconds: number | undefined
  /** Milliseconds that one run may take, waiting included, when the caller says nothing else. */
  readonly deadlineMs: number
  /** Milliseconds that a caller may allow one run at most; undefined: `deadlineMs`. */
  readonly maximumDeadlineMs: number | undefined
  /** Milliseconds to start a worker, prove its isolation and load the model. */
  readonly startMs: number
  /** Bytes of all outputs of one run; a text counts 16 more than it has. */
  readonly outputBytes: number
  /**
   * Runs that may wait for the workers of one model, and bytes of their inputs, of which a text counts 16 more than it has; what
   * is more is refused (CWE-770).
   */
  readonly queueLength: number
  readonly queueBytes: number
}

/** The limits of a worker where its host names no others. */
export const defaultSandboxLimits: SandboxLimits = {
  memoryBytes: 2 * 1024 ** 3,
  descriptors: 128,
  cpuSeconds: undefined,
  deadlineMs: 30_000,
  maximumDeadlineMs: undefined,
  startMs: 60_000,
  outputBytes: 64 * 1024 ** 2,
  queueLength: 64,
  queueBytes: 256 * 1024 ** 2,
}

/** Milliseconds that one run may take, whatever its caller says. */
export const longestRunMs = ({
  deadlineMs,
  maximumDeadlineMs = deadlineMs,
}: Pick<SandboxLimits, 'deadlineMs' | 'maximumDeadlineMs'>): number => maximumDeadlineMs

/** A limit that the kernel keeps: its name for prlimit(1), its number (`RLIMIT_*`), and its value, soft and hard. */
export interface ResourceLimit {
  readonly name: 'as' | 'core' | 'cpu' | 'data' | 'fsize' | 'nofile' | 'nproc' | 'stack'
  readonly resource: number
  readonly value: number
}

/** What is limited, with what it takes to know of the user. */
export interface ProcessLimits extends SandboxLimits {
  /** Processes and threads that the worker's user may have in all. */
  readonly tasks: number
}

// Node and onnxruntime reserve less, and touch little of it; the mailbox of inputs takes as much as memory once more. What is
// mapped costs page tables, of which no other limit knows: 2 MiB for a GiB.
const addressSpaceBytes = 32 * 1024 ** 3

/** What Linux gives a program's first thread where nobody says anything, and glibc every other one then. */
export const stackBytes = 8 * 1024 ** 2

/**
 * The limits of one worker process.
 *
 * RLIMIT_DATA counts private writable memory, which is what a model makes, but no stack that grows (mm/mmap.c), which
 * RLIMIT_STACK bounds. RLIMIT_AS bounds what the kernel keeps for mappings, and RLIMIT_NPROC threads, of which a host has some
 * ten thousand for all. Files may not grow. No core is dumped, which would put the model on a disk: a limit of 0 stops files
 * only, and Linux still hands the core to a program where core(5)'s pattern names one; of 1 byte it does neither
 * (fs/coredump.c).
 */
export const resourceLimits = ({ memoryBytes, descriptors, cpuSeconds, tasks }: ProcessLimits): ResourceLimit[] => [
  { name: 'data', resource: 2, value: memoryBytes },
  { name: 'stack', resource: 3, value: stackBytes },
  { name: 'as', resource: 9, value: addressSpaceBytes + 2 * memoryBytes },
  { name: 'nproc', resource: 6, value: tasks },
  { name: 'nofile', resource: 7, value: descriptors },
  { name: 'fsize', resource: 1, value: 0 },
  { name: 'core', resource: 4, value: 1 },
  ...(cpuSeconds === undefined ? [] : [{ name: 'cpu', resource: 0, value: cpuSeconds } as const]),
]

/** What these limits enforce. */
export const limitClaims = ({ cpuSeconds }: SandboxLimits): IsolationClaims => ({
  memory: 'RLIMIT_DATA, RLIMIT_STACK and RLIMIT_AS',
  descriptors: 'RLIMIT_NOFILE',
  coreDumps: 'RLIMIT_CORE',
  ...(cpuSeconds === undefined ? {} : { cpu: 'RLIMIT_CPU' }),
})
