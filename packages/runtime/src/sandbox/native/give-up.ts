import { type Kernel, SystemCallError } from './kernel.ts'

// Each of these takes something from the calling thread for good. They are called by the system call and not by the C
// library's function of the name, which would do the same in all threads of Node: execve ends those.

const prSetNoNewPrivileges = 38

/** Becomes a user and group that own nothing, in no other group. */
export const becomeUser = (kernel: Kernel, user: number): void => {
  kernel.call('setgroups', 0, null)
  kernel.call('setresgid', user, user, user)
  kernel.call('setresuid', user, user, user)
}

/** Gives up every capability (`_LINUX_CAPABILITY_VERSION_3` of linux/capability.h), and that a program could give one back. */
export const dropCapabilities = (kernel: Kernel): void => {
  kernel.call('capset', Uint32Array.of(0x20080522, 0), new Uint32Array(6))
  kernel.call('prctl', prSetNoNewPrivileges, 1, 0, 0, 0)
}

const prSetParentDeathSignal = 1
const killSignal = 9

/**
 * Ends when its parent does, and has no terminal: whoever interrupts the host there must not end what it still needs.
 * Becoming another user undoes the first.
 */
export const belongToParent = (kernel: Kernel): void => {
  kernel.call('prctl', prSetParentDeathSignal, killSignal, 0, 0, 0)
  try {
    kernel.call('setsid')
  } catch (error) {
    // Who leads a group already cannot (setsid(2)), as the first process of a container, which has no terminal either.
    if (!(error instanceof SystemCallError && error.code === 'EPERM')) throw error
  }
}

/** Sets the soft and the hard limit of this process, or leaves a hard limit that is lower already: only root could raise it. */
export const limit = (kernel: Kernel, resource: number, value: number): void => {
  const current = new BigUint64Array(2)
  kernel.call('prlimit64', 0, resource, null, current)
  const [, hard = 0n] = current
  const most = hard < BigInt(value) ? hard : BigInt(value)
  kernel.call('prlimit64', 0, resource, BigUint64Array.of(most, most), null)
}

// linux/seccomp.h
const setModeFilter = 1
const synchronizeThreads = 1

/** `struct sock_fprog { u16 len; struct sock_filter *filter; }` */
const filterProgram = (kernel: Kernel, filter: Uint8Array): Buffer => {
  const program = Buffer.alloc(16)
  program.writeUInt16LE(filter.byteLength / 8, 0)
  program.writeBigUInt64LE(kernel.addressOf(filter), 8)
  return program
}

/** Puts a seccomp filter, packed `struct sock_filter[]`, on this thread and what it becomes. Needs no new privileges. */
export const setFilter = (kernel: Kernel, filter: Uint8Array): void => {
  kernel.call('seccomp', setModeFilter, 0, filterProgram(kernel, filter))
}

/** Puts a seccomp filter on every thread of this process, which gives up new privileges for it. */
export const setFilterOnAllThreads = (kernel: Kernel, filter: Uint8Array): void => {
  kernel.call('prctl', prSetNoNewPrivileges, 1, 0, 0, 0)
  const straggler = kernel.call('seccomp', setModeFilter, synchronizeThreads, filterProgram(kernel, filter))
  if (straggler !== 0) throw new Error(`thread ${straggler} has a filter of its own`)
}

const setFlags = 2

/** Lets an open descriptor live through execve: libuv marks all that it finds at the start. */
export const keepOpen = (kernel: Kernel, descriptor: number): void => {
  kernel.call('fcntl', descriptor, setFlags, 0)
}

/** An array of C strings, which ends with a null pointer. */
const stringArray = (kernel: Kernel, texts: readonly string[]): { pointers: BigUint64Array; held: Buffer[] } => {
  const held = texts.map((text) => Buffer.from(`${text}\0`))
  return { pointers: BigUint64Array.from([...held.map((text) => kernel.addressOf(text)), 0n]), held }
}

/** Becomes another program, under the same process id. Returns only by an error. */
export const become = (
  kernel: Kernel,
  { program, words, environment }: { program: string; words: readonly string[]; environment: Record<string, string> },
): never => {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const lists = [stringArray(kernel, words), stringArray(kernel, variables)]
  kernel.call('execve', program, ...lists.map(({ pointers }) => pointers))
  // Never reached; it keeps the texts alive until the kernel has read them.
  throw new SystemCallError('execve', lists.length)
}
