import { readFileSync } from 'node:fs'
import { readNamespaces, readStatus } from '../worker/canary.ts'

/** What the host knows of itself and of a worker from outside, beside which a canary's words are read. */
export interface HostView {
  readonly namespaces: Readonly<Record<string, string>>
  /** Of the worker itself, as `/proc` has it; empty where it cannot tell. */
  readonly status: Readonly<Record<string, string>>
  /** How many filters of system calls the worker has more than the host; undefined before Linux 5.9. */
  readonly addedFilters: number | undefined
  /** Its soft limits: seconds and bytes, `unlimited`, or `unknown`. They are what all below it has. */
  readonly limits: { readonly cpu: string; readonly core: string }
  /** Whether the kernel hands core dumps to a program, or nobody can tell. */
  readonly dumpsToProgram: boolean
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The process at the end of the line that starts with `pid`: bubblewrap has two of its own before the worker. */
const innermost = (pid: number): number => {
  const child = /^\d+/.exec(readText(`/proc/${pid}/task/${pid}/children`))?.[0]
  return child === undefined ? pid : innermost(Number(child))
}

/** What the host sees of the worker that runs as the process `pid`, or below it. */
export const viewWorker = (pid: number): HostView => {
  const status = readStatus(innermost(pid))
  const filters = Number(status.Seccomp_filters) - Number(readStatus('self').Seccomp_filters)
  const limits = readText(`/proc/${pid}/limits`)
  const limit = (name: string): string => new RegExp(`^${name} {2,}(\\S+)`, 'm').exec(limits)?.[1] ?? 'unknown'
  const corePattern = readText('/proc/sys/kernel/core_pattern')
  return {
    namespaces: readNamespaces(),
    status,
    addedFilters: Number.isNaN(filters) ? undefined : filters,
    limits: { cpu: limit('Max cpu time'), core: limit('Max core file size') },
    dumpsToProgram: corePattern === '' || corePattern.startsWith('|'),
  }
}
