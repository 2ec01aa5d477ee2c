import { readFileSync } from 'node:fs'
import type { InferenceSession } from '@nootropic/core'

/** What the process of a session holds and has used. */
export interface ProcessResources {
  readonly residentBytes: number
  readonly cpuMs: number
  /** Whether the model has the process to itself; else it is this one, and the figures bound those of the model. */
  readonly isOwnProcess: boolean
}

/** Reads the resources of a session, or nothing where this host does not tell them. */
export type ReadResources = (session: InferenceSession) => ProcessResources | undefined

/** Processes below a worker: a launcher and what it launched. */
const maximumProcesses = 64

/** `USER_HZ` of Linux, in which /proc counts processor time; it is 100 on every architecture that Node runs on. */
const ticksASecond = 100

/** Where user and system time stand in /proc/PID/stat, counted behind the name in brackets (proc(5): fields 14 and 15). */
const userTimeField = 11
const systemTimeField = 12

const pidOf = (session: InferenceSession): number | undefined =>
  'pid' in session && typeof session.pid === 'number' && session.pid > 0 ? session.pid : undefined

const ticksOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[userTimeField]) + Number(fields[systemTimeField])
}

/** What a process and all below it hold: a sandbox's own launcher is small, the model is its child's. */
const readTree = (pid: number): ProcessResources => {
  const pending = [pid]
  let residentBytes = 0
  let ticks = 0
  for (let seen = 0; seen < maximumProcesses; seen += 1) {
    const next = pending.pop()
    if (next === undefined) break
    const status = readFileSync(`/proc/${next}/status`, 'utf8')
    residentBytes += 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0)
    ticks += ticksOf(next)
    const children = readFileSync(`/proc/${next}/task/${next}/children`, 'utf8')
    pending.push(...children.split(' ').filter(Boolean).map(Number))
  }
  return { residentBytes, cpuMs: (1000 * ticks) / ticksASecond, isOwnProcess: true }
}

/** Reads them from /proc for a session with a process of its own, else from this process. */
export const readResources: ReadResources = (session) => {
  const pid = pidOf(session)
  if (pid === undefined) {
    const { user, system } = process.cpuUsage()
    return { residentBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000, isOwnProcess: false }
  }
  try {
    return readTree(pid)
  } catch {
    return undefined
  }
}
