import { readFileSync, readlinkSync } from 'node:fs'
import { release, version } from 'node:os'
import { type Kernel, openKernel } from '../sandbox/native/kernel.ts'
import { type Act, actsAt, type Bait } from './acts.ts'

// What runs inside the worker to find out what a hostile model could do there: before any model byte arrives, and once
// more when the second filter is set. It tries and reports; what it gets hold of it drops again.

/** What became of an act; `open` means that it could be done, or that something else than its layer stopped it. */
export interface ActResult {
  readonly outcome: 'refused' | 'open' | 'untried'
  /** At most 100 characters. */
  readonly detail: string
}

/** What the canary found. */
export interface CanaryResult {
  /** By the names of the acts of its stage. */
  readonly acts: Readonly<Record<string, ActResult>>
  /** Names only: values may be secrets. */
  readonly environment: readonly string[]
  /** Of `/proc/self`; empty where it cannot be read, and the host has to look. */
  readonly namespaces: Readonly<Record<string, string>>
  readonly status: Readonly<Record<string, string>>
  /** As the kernel that serves this process names itself. */
  readonly kernel: string
}

const maximumDetailLength = 100

const codeOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string }
  return (code ?? message ?? 'unknown').slice(0, maximumDetailLength)
}

const perform = async (
  { attempt, call, refusals }: Act,
  bait: Bait,
  kernel: Kernel | undefined,
): Promise<ActResult> => {
  if (attempt === undefined && kernel === undefined) return { outcome: 'untried', detail: 'needs koffi' }
  try {
    await attempt?.(bait)
    if (kernel !== undefined) await call?.(kernel, bait)
    return { outcome: 'open', detail: 'done' }
  } catch (error) {
    const code = codeOf(error)
    return { outcome: refusals?.includes(code) === false ? 'open' : 'refused', detail: code }
  }
}

/** The release and version of the kernel that serves this process (uname(2)). No namespace gives it others. */
export const readKernel = (): string => `${release()} ${version()}`.slice(0, 200)

const namespaceKinds = ['ipc', 'mnt', 'net', 'pid', 'user', 'uts']

/** The identity of each namespace this process is in; empty where /proc cannot tell. */
export const readNamespaces = (): Record<string, string> => {
  try {
    return Object.fromEntries(namespaceKinds.map((kind) => [kind, readlinkSync(`/proc/self/ns/${kind}`)]))
  } catch {
    return {}
  }
}

/** What bears on the privileges of a process; empty where /proc cannot tell. */
export const readStatus = (process: number | 'self'): Record<string, string> => {
  try {
    const fields = readFileSync(`/proc/${process}/status`, 'utf8').matchAll(
      /^(Uid|CapEff|Seccomp|Seccomp_filters|NoNewPrivs):\s*(\S+)/gm,
    )
    return Object.fromEntries([...fields].map(([, name, value]) => [name, value]))
  } catch {
    return {}
  }
}

const openKernelIfThere = (): Kernel | undefined => {
  try {
    return openKernel()
  } catch {
    return undefined
  }
}

/** Tries everything a hostile model would, and reports. */
export const runCanary = async (bait: Bait): Promise<CanaryResult> => {
  const kernel = openKernelIfThere()
  const results: Record<string, ActResult> = {}
  // One after the other: what one holds open must not be what stops the next.
  for (const act of actsAt(bait.stage)) results[act.name] = await perform(act, bait, kernel)
  return {
    acts: results,
    environment: Object.keys(process.env),
    namespaces: readNamespaces(),
    status: readStatus('self'),
    kernel: readKernel(),
  }
}
