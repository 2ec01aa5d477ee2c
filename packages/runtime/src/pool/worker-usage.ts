import { readFile } from 'node:fs/promises'

/** What a worker and all that holds it use, as proc(5) tells; the counters go from its start on. */
export interface WorkerUsage {
  /** Bytes in physical memory; what processes share counts for each. */
  readonly residentBytes: number
  readonly cpuMs: number
  /** Pages that needed no disk, and pages that did. */
  readonly minorFaults: number
  readonly majorFaults: number
  readonly processes: number
  readonly threads: number
}

/** Reads a file of proc, such as `12/stat`. */
export type ReadProc = (path: string) => Promise<string>

const readProc: ReadProc = (path) => readFile(`/proc/${path}`, 'utf8')

// proc(5) counts processor time in USER_HZ, which is 100 on every architecture that Node runs on.
const tickMs = 10

// bubblewrap holds a worker three deep; one that starts copies of itself must not make its host read for ever (CWE-770).
const maximumProcesses = 32

const nothing: WorkerUsage = {
  residentBytes: 0,
  cpuMs: 0,
  minorFaults: 0,
  majorFaults: 0,
  processes: 0,
  threads: 0,
}

/** One process, by its stat and its status. Its name may hold spaces and brackets: fields are counted after the last one. */
const parseUsage = (stat: string, status: string): WorkerUsage => {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  // Field 3 of proc_pid_stat(5) is the first here.
  const field = (number: number): number => fields[number - 3] ?? 0
  return {
    residentBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024,
    cpuMs: (field(14) + field(15)) * tickMs,
    minorFaults: field(10),
    majorFaults: field(12),
    processes: 1,
    threads: field(20),
  }
}

const sum = (left: WorkerUsage, right: WorkerUsage): WorkerUsage => ({
  residentBytes: left.residentBytes + right.residentBytes,
  cpuMs: left.cpuMs + right.cpuMs,
  minorFaults: left.minorFaults + right.minorFaults,
  majorFaults: left.majorFaults + right.majorFaults,
  processes: left.processes + right.processes,
  threads: left.threads + right.threads,
})

/**
 * What the process and those below it use now; undefined when it is gone, or where there is no proc.
 *
 * @example
 * ```ts
 * await readWorkerUsage(session.pid) // { residentBytes: 91_000_832, cpuMs: 310, minorFaults: 20_113, … }
 * ```
 */
export const readWorkerUsage = async (pid: number, read: ReadProc = readProc): Promise<WorkerUsage | undefined> => {
  let usage = nothing
  const pids = [pid]
  for (const one of pids) {
    if (usage.processes >= maximumProcesses) break
    try {
      const [stat, status] = await Promise.all([read(`${one}/stat`), read(`${one}/status`)])
      usage = sum(usage, parseUsage(stat, status))
      const children = await read(`${one}/task/${one}/children`).catch(() => '')
      pids.push(...children.split(' ').filter(Boolean).map(Number))
    } catch {
      // Ended between two looks.
      if (one === pid) return undefined
    }
  }
  return usage
}

/** Looks from time to time at what each worker uses, until it is stopped. */
export const watchUsage = (
  pids: () => readonly number[],
  everyMs: number,
  onUsage: (pid: number, usage: WorkerUsage) => void,
  read?: ReadProc,
): (() => void) => {
  const look = async (): Promise<void> => {
    for (const pid of pids()) {
      const usage = await readWorkerUsage(pid, read)
      if (usage !== undefined) onUsage(pid, usage)
    }
  }
  const timer = setInterval(() => void look(), everyMs).unref()
  return () => clearInterval(timer)
}
