import type { HostTools } from './host-tools.ts'
import type { IsolationClaims } from './isolation.ts'

/** What a worker may use, and what a session will take from it. */
export interface SandboxLimits {
  /** Bytes of private memory. Node and onnxruntime need about 150 MiB beside the model; the model counts twice while it loads. */
  readonly memoryBytes: number
  /** Open files. */
  readonly descriptors: number
  /** Processor seconds of one worker's whole life; undefined: as much as its runs' deadlines allow. */
  readonly cpuSeconds: number | undefined
  /** Milliseconds that one run may take, waiting included, when the caller says nothing else. */
  readonly deadlineMs: number
  /** Milliseconds to start a worker, prove its isolation and load the model. */
  readonly startMs: number
  /** Bytes of all outputs of one run. */
  readonly outputBytes: number
  /** Runs that may wait for one worker; the next is refused (CWE-770). */
  readonly queueLength: number
}

/** The limits of a worker where its host names no others. */
export const defaultSandboxLimits: SandboxLimits = {
  memoryBytes: 2 * 1024 ** 3,
  descriptors: 128,
  cpuSeconds: undefined,
  deadlineMs: 30_000,
  startMs: 60_000,
  outputBytes: 64 * 1024 ** 2,
  queueLength: 64,
}

/** What prlimit enforces. */
export const limitClaims = ({ cpuSeconds }: SandboxLimits): IsolationClaims => ({
  memory: 'RLIMIT_DATA',
  descriptors: 'RLIMIT_NOFILE',
  coreDumps: 'RLIMIT_CORE',
  ...(cpuSeconds === undefined ? {} : { cpu: 'RLIMIT_CPU' }),
})

/**
 * The words before a command that limit it.
 *
 * RLIMIT_DATA counts private writable memory, which is what a model makes; RLIMIT_AS would count the address space that
 * Node and onnxruntime reserve and never touch. Files may not grow. No core is dumped, which would put the model on a disk:
 * a limit of 0 stops files only, and Linux still hands the core to a program where core(5)'s pattern names one; of 1 byte it
 * does neither (fs/coredump.c).
 */
export const limitPrefix = (prlimit: NonNullable<HostTools['prlimit']>, limits: SandboxLimits): string[] => [
  prlimit,
  `--data=${limits.memoryBytes}:${limits.memoryBytes}`,
  `--nofile=${limits.descriptors}:${limits.descriptors}`,
  '--fsize=0:0',
  '--core=1:1',
  ...(limits.cpuSeconds === undefined ? [] : [`--cpu=${limits.cpuSeconds}:${limits.cpuSeconds}`]),
]
