import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs'
import { connect, type NetConnectOpts } from 'node:net'
import { getPriority, setPriority } from 'node:os'
import { join } from 'node:path'
import { stackBytes } from '../sandbox/limits.ts'
import type { Kernel } from '../sandbox/native/kernel.ts'
import type { SystemCallName } from '../sandbox/native/system-call-numbers.ts'
import { absentCalls, type Calls, refusedCalls } from './refused-calls.ts'

// What a hostile model would do, act by act, under the layer that must keep it from it. The canary performs this table and
// the host reads its answers by it.

/** What the host lays out for the canary to try: each piece is within reach of whoever is not kept from it. */
export interface Bait {
  readonly stage: Stage
  /** A file that everybody can read, in a directory that everybody can write, and one that everybody can execute. */
  readonly file: string
  readonly directory: string
  readonly program: string
  /** Where the host listens: a port of 127.0.0.1, and a socket in the file system. */
  readonly port: number
  readonly socket: string
  /** The host's process. */
  readonly host: number
  /** Bytes and open files that should be more than the worker may have. */
  readonly allocation: number
  readonly descriptors: number
}

/** `start`: no model is there yet. `serve`: one is loaded, and the second filter is on. */
export type Stage = 'start' | 'serve'

/** One thing to try. It returns when it could be done, and throws the reason when not. */
export interface Act {
  readonly name: string
  /** The errors by which its layer refuses; without them every error is one. Another error means: something else stopped it. */
  readonly refusals?: readonly string[]
  readonly attempt?: (bait: Bait) => unknown
  /** The same by a system call, where koffi is there; without it the act is not tried. */
  readonly call?: (kernel: Kernel, bait: Bait) => unknown
}

// A new empty file is enough: that its size is limited to nothing does not make a directory read-only.
const createFile = (directory: string): void => {
  const path = join(directory, `canary-${process.pid}`)
  closeSync(openSync(path, 'wx'))
  unlinkSync(path)
}

const filesystem: readonly Act[] = [
  { name: 'read the planted file', attempt: ({ file }) => readFileSync(file) },
  { name: 'list the planted directory', attempt: ({ directory }) => readdirSync(directory) },
  { name: 'read /etc/passwd', attempt: () => readFileSync('/etc/passwd') },
  { name: 'write the planted directory', attempt: ({ directory }) => createFile(directory) },
  { name: 'write /tmp', attempt: () => createFile('/tmp') },
  { name: 'write /dev/shm', attempt: () => createFile('/dev/shm') },
  { name: 'write the own directory', attempt: () => createFile(import.meta.dirname) },
  { name: 'write /', attempt: () => createFile('/') },
]

// Landlock says EACCES where the modes say yes. What bubblewrap hides is not there at all (ENOENT).
const deniedAccess = { refusals: ['EACCES'] }
const landlock: readonly Act[] = [
  { ...deniedAccess, name: 'read the own status', attempt: () => readFileSync('/proc/self/status') },
  { ...deniedAccess, name: 'list /proc', attempt: () => readdirSync('/proc') },
  { ...deniedAccess, name: 'list /', attempt: () => readdirSync('/') },
]

const connectTo = (options: NetConnectOpts): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ ...options, timeout: 2000 })
    const end = (settle: () => void): void => {
      socket.destroy()
      settle()
    }
    socket.on('connect', () => end(resolve))
    socket.on('timeout', () => end(() => reject(new Error('no answer'))))
    socket.on('error', reject)
  })

const network: readonly Act[] = [
  { name: 'connect to 127.0.0.1', attempt: ({ port }) => connectTo({ host: '127.0.0.1', port }) },
  { name: 'connect to a socket of the host', attempt: ({ socket }) => connectTo({ path: socket }) },
]

const signalChild = 17

const fork = (kernel: Kernel): void => {
  const child = kernel.call('clone', signalChild, null, null, null, null)
  // A child, were there one, must not go on as a second worker.
  if (child === 0) kernel.call('exit_group', 0)
  kernel.call('wait4', child, null, 0, null)
}

const noWords = new BigUint64Array(1)

const processes: readonly Act[] = [
  {
    name: 'start a process',
    attempt: () => {
      const { error } = spawnSync(process.execPath, ['--version'], { timeout: 5000, stdio: 'ignore' })
      if (error) throw error
    },
  },
  { name: 'fork', call: fork },
  // What is planted is no program: whoever may execute it hears so (ENOEXEC), and is not replaced by it.
  {
    name: 'execute the planted program',
    refusals: ['EPERM', 'EACCES', 'ENOENT'],
    call: (kernel, { program }) => kernel.call('execve', program, noWords, noWords),
  },
]

const signals: readonly Act[] = [
  { name: 'signal the host', attempt: ({ host }) => process.kill(host, 0) },
  { name: 'change the priority of the host', attempt: ({ host }) => setPriority(host, getPriority(host)) },
  { name: 'signal a thread of the host', call: (kernel, { host }) => kernel.call('tgkill', host, host, 0) },
  { name: 'hold the host', call: (kernel, { host }) => kernel.call('close', kernel.call('pidfd_open', host, 0)) },
  {
    name: 'read the limits of the host',
    call: (kernel, { host }) => kernel.call('prlimit64', host, 0, null, new BigUint64Array(2)),
  },
  {
    name: 'read the processors of the host',
    call: (kernel, { host }) => kernel.call('sched_getaffinity', host, 128, new Uint8Array(128)),
  },
]

const actsOf = (calls: Calls, refusal: string): Act[] =>
  Object.entries(calls).map(([name, values]) => ({
    name,
    refusals: [refusal],
    call: (kernel) => kernel.call(name as SystemCallName, ...values),
  }))

const systemCalls: readonly Act[] = [
  // Without koffi, Node's own ways to the same.
  { name: 'signal itself', refusals: ['EPERM'], attempt: () => process.kill(process.pid, 0) },
  { name: 'remove a file', refusals: ['EPERM'], attempt: () => unlinkSync('/nonexistent') },
  ...actsOf(refusedCalls, 'EPERM'),
  ...actsOf(absentCalls, 'ENOSYS'),
]

const limitStack = 3
const memory: readonly Act[] = [
  {
    name: 'allocate more than the limit',
    attempt: ({ allocation }) => {
      // Untouched memory is not resident, so without a limit this costs address space only.
      const chunk = 512 * 1024 * 1024
      const held: ArrayBuffer[] = []
      for (let left = allocation; left > 0; left -= chunk) held.push(new ArrayBuffer(Math.min(chunk, left)))
    },
  },
  {
    // To use the stack up would end the canary: what the kernel says of its limit has to do.
    name: 'grow the stack beyond the limit',
    call: (kernel) => {
      const limits = new BigUint64Array(2)
      kernel.call('prlimit64', 0, limitStack, null, limits)
      const [most = 0n] = limits
      if (most <= BigInt(stackBytes)) throw new Error(`stack of ${most} B`)
    },
  },
]

const descriptors: readonly Act[] = [
  {
    name: 'open more files than the limit',
    refusals: ['EMFILE'],
    attempt: ({ descriptors: most }) => {
      const held: number[] = []
      try {
        while (held.length < most) held.push(openSync('/dev/null', 'r'))
      } finally {
        for (const descriptor of held) closeSync(descriptor)
      }
    },
  },
]

const notPermitted = { refusals: ['EPERM'] }
const servingCalls: readonly Act[] = [
  { ...notPermitted, name: 'open /dev/null', attempt: () => closeSync(openSync('/dev/null', 'r')) },
  { ...notPermitted, name: 'list the own directory', attempt: () => readdirSync(import.meta.dirname) },
  { ...notPermitted, name: 'look at /', attempt: () => statSync('/') },
]

/** The layers that are proved by acts; of the others, traces can be read. */
export const acts = {
  start: { filesystem, landlock, network, processes, signals, systemCalls, memory, descriptors },
  serve: { servingCalls },
} as const satisfies Record<Stage, Record<string, readonly Act[]>>

/** All acts of a stage, in the order in which they are tried. */
export const actsAt = (stage: Stage): readonly Act[] => Object.values<readonly Act[]>(acts[stage]).flat()
