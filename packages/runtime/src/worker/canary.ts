import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

// What runs inside the worker, before any model byte arrives, to find out what a hostile model could do there. It tries
// and reports; what it gets hold of it drops again.

/** What the host lays out for the canary to try. */
export interface Bait {
  /** A host file that the host itself can read. */
  readonly file: string
  /** A host directory that the host itself can write. */
  readonly directory: string
  /** A port on 127.0.0.1 where the host listens. */
  readonly port: number
  /** Bytes that should be more than the worker may have. */
  readonly allocation: number
  /** Open files that should be more than the worker may have. */
  readonly descriptors: number
}

/** Whether one of several ways to do the same worked; the detail has at most 300 characters. */
interface Attempt {
  readonly succeeded: boolean
  readonly detail: string
}

/** What the canary found. */
export interface CanaryResult {
  readonly read: Attempt
  readonly write: Attempt
  readonly connect: Attempt
  readonly spawn: Attempt
  readonly allocate: Attempt
  readonly openMany: Attempt
  /** Names only: values may be secrets. */
  readonly environment: readonly string[]
  /** `/proc/self/ns`, and what of `/proc/self/status` and `/proc/self/limits` bears on privileges. Empty without /proc. */
  readonly namespaces: Readonly<Record<string, string>>
  readonly status: Readonly<Record<string, string>>
  readonly cpuLimit: string
  readonly coreLimit: string
}

const reasonOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message?.slice(0, 100) ?? 'unknown'
}

/** The first try that works, or why each did not. */
const attempt = (tries: Readonly<Record<string, () => void>>): Attempt => {
  const reasons: string[] = []
  for (const [name, go] of Object.entries(tries)) {
    try {
      go()
      return { succeeded: true, detail: `could ${name}`.slice(0, 300) }
    } catch (error) {
      reasons.push(`${name}: ${reasonOf(error)}`)
    }
  }
  return { succeeded: false, detail: reasons.join(', ').slice(0, 300) }
}

// A new empty file is enough: that its size is limited to nothing does not make a directory read-only.
const createFile = (directory: string) => () => {
  const path = join(directory, `canary-${process.pid}`)
  closeSync(openSync(path, 'wx'))
  unlinkSync(path)
}

const tryRead = (bait: Bait): Attempt =>
  attempt({
    'read the planted file': () => readFileSync(bait.file),
    'list the planted directory': () => readdirSync(bait.directory),
    'read /etc/passwd': () => readFileSync('/etc/passwd'),
  })

const tryWrite = (bait: Bait): Attempt =>
  attempt({
    'write the planted directory': createFile(bait.directory),
    'write /tmp': createFile('/tmp'),
    'write /dev/shm': createFile('/dev/shm'),
    'write the own directory': createFile(import.meta.dirname),
    'write /': createFile('/'),
  })

const tryConnect = (bait: Bait): Promise<Attempt> =>
  new Promise((resolve) => {
    const socket = connect({ port: bait.port, host: '127.0.0.1', timeout: 2000 })
    const end = (succeeded: boolean, reason: string) => {
      socket.destroy()
      resolve({ succeeded, detail: `connect 127.0.0.1: ${reason}` })
    }
    socket.on('connect', () => end(true, 'accepted'))
    socket.on('timeout', () => end(false, 'no answer'))
    socket.on('error', (error) => end(false, reasonOf(error)))
  })

const trySpawn = (): Attempt =>
  attempt({
    'start a process': () => {
      const { error } = spawnSync(process.execPath, ['--version'], { timeout: 5000, stdio: 'ignore' })
      if (error) throw error
    },
  })

const tryAllocate = (bait: Bait): Attempt => {
  // Untouched memory is not resident, so without a limit this costs address space only.
  const chunk = 512 * 1024 * 1024
  const held: ArrayBuffer[] = []
  return attempt({
    [`allocate ${bait.allocation} bytes`]: () => {
      for (let left = bait.allocation; left > 0; left -= chunk) held.push(new ArrayBuffer(Math.min(chunk, left)))
    },
  })
}

const tryOpenMany = (bait: Bait): Attempt => {
  const held: number[] = []
  try {
    return attempt({
      [`open ${bait.descriptors} files`]: () => {
        while (held.length < bait.descriptors) held.push(openSync('/dev/null', 'r'))
      },
    })
  } finally {
    for (const descriptor of held) closeSync(descriptor)
  }
}

const namespaceKinds = ['ipc', 'mnt', 'net', 'pid', 'user', 'uts']

/** The identity of each namespace this process is in; empty where /proc cannot tell. */
export const readNamespaces = (): Record<string, string> => {
  try {
    return Object.fromEntries(namespaceKinds.map((kind) => [kind, readlinkSync(`/proc/self/ns/${kind}`)]))
  } catch {
    return {}
  }
}

const readStatus = (): Record<string, string> => {
  try {
    const fields = readFileSync('/proc/self/status', 'utf8').matchAll(/^(CapEff|Seccomp|NoNewPrivs):\s*(\S+)$/gm)
    return Object.fromEntries([...fields].map(([, name, value]) => [name, value]))
  } catch {
    return {}
  }
}

/** A soft limit of this process, by its name in `/proc/self/limits`. */
const readLimit = (name: string): string => {
  try {
    const line = readFileSync('/proc/self/limits', 'utf8')
      .split('\n')
      .find((text) => text.startsWith(name))
    return line?.slice(name.length).trim().split(/\s+/)[0] ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

/** Tries everything a hostile model would, and reports. */
export const runCanary = async (bait: Bait): Promise<CanaryResult> => ({
  read: tryRead(bait),
  write: tryWrite(bait),
  connect: await tryConnect(bait),
  spawn: trySpawn(),
  allocate: tryAllocate(bait),
  openMany: tryOpenMany(bait),
  environment: Object.keys(process.env),
  namespaces: readNamespaces(),
  status: readStatus(),
  cpuLimit: readLimit('Max cpu time'),
  coreLimit: readLimit('Max core file size'),
})
