import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { readKernel, readNamespaces, readStatus } from '../worker/canary.ts'

/** What the host knows of itself and of a worker from outside, beside which a canary's words are read. */
export interface HostView {
  readonly namespaces: Readonly<Record<string, string>>
  /** As the host's kernel names itself. */
  readonly kernel: string
  /** Whether a process of the worker's is Node to the host's kernel; undefined where nobody can tell. */
  readonly isNode: boolean | undefined
  /** Whether it is in a user namespace of its own: whatever capabilities it has there are none on the host (user_namespaces(7)). */
  readonly hasOwnUsers: boolean
  /** Of the worker itself, as `/proc` has it; empty where it cannot tell. */
  readonly status: Readonly<Record<string, string>>
  /** How many filters of system calls the worker has more than the host; undefined before Linux 5.9. */
  readonly addedFilters: number | undefined
  /** Its soft limits: seconds and bytes, `unlimited`, or `unknown`. They are what all below it has. */
  readonly limits: { readonly cpu: string; readonly core: string; readonly data: string }
  /** Whether the kernel hands core dumps to a program, or nobody can tell. */
  readonly dumpsToProgram: boolean
}

const readNames = (directory: string): string[] => {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The children of a process, whichever of its threads started them: a program in Go has many. */
const childrenOf = (pid: number): number[] =>
  readNames(`/proc/${pid}/task`)
    .flatMap((task) => readText(`/proc/${pid}/task/${task}/children`).split(' '))
    .filter(Boolean)
    .map(Number)

// bubblewrap has two processes of its own before the worker, gVisor some ten; one that starts copies of itself must not make its
// host look for ever (CWE-770).
const maximumProcesses = 64

/** The process `pid` and those below it, the outer before the inner. */
const family = (pid: number): number[] => {
  const pids = [pid]
  for (const one of pids) if (pids.length < maximumProcesses) pids.push(...childrenOf(one))
  return pids
}

/** Which file a process runs, whatever it is called where that process is; undefined of one that has ended. */
const programOf = (pid: number | 'self'): string | undefined => {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/exe`)
    return `${dev}:${ino}`
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** Whether one of the processes runs the program that this process runs. */
const runsNode = (pids: readonly number[]): boolean | undefined => {
  if (pids.length >= maximumProcesses) return undefined
  try {
    return pids.map(programOf).includes(programOf('self'))
  } catch {
    return undefined // Not this user's to look at.
  }
}

/** The users that a process is among; undefined where nobody can tell. */
const usersOf = (pid: number | 'self'): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`)
  } catch {
    return undefined
  }
}

/** What the host sees of the worker that runs as the process `pid`, or below it. */
export const viewWorker = (pid: number): HostView => {
  const pids = family(pid)
  const worker = pids.at(-1) ?? pid
  const status = readStatus(worker)
  const users = usersOf(worker)
  const filters = Number(status.Seccomp_filters) - Number(readStatus('self').Seccomp_filters)
  const limits = readText(`/proc/${pid}/limits`)
  const limit = (name: string): string => new RegExp(`^${name} {2,}(\\S+)`, 'm').exec(limits)?.[1] ?? 'unknown'
  const corePattern = readText('/proc/sys/kernel/core_pattern')
  return {
    namespaces: readNamespaces(),
    kernel: readKernel(),
    isNode: runsNode(pids),
    hasOwnUsers: users !== undefined && users !== usersOf('self'),
    status,
    addedFilters: Number.isNaN(filters) ? undefined : filters,
    limits: { cpu: limit('Max cpu time'), core: limit('Max core file size'), data: limit('Max data size') },
    dumpsToProgram: corePattern === '' || corePattern.startsWith('|'),
  }
}
