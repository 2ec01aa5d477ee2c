import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs'
import { NootropicError } from '@nootropic/core'
import { setFilterOnAllThreads } from '../sandbox/native/give-up.ts'
import { type Kernel, openKernel, SystemCallError } from '../sandbox/native/kernel.ts'
import { seccompFilter } from '../sandbox/seccomp/filter.ts'

/** What narrowing did, in the words of a layer's report. */
export interface Narrowing {
  readonly how: string
  readonly probe: string
}

// Every host has it, and the stage before may read it.
const witness = '/dev/null'

/** `opened`, or the error's code. */
const tryToOpen = (): string => {
  try {
    closeSync(openSync(witness, 'r'))
    return 'opened'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

/**
 * Whether this process holds an io_uring, as the event loop of Node 22 and later does where it may: the kernel works its
 * requests off beside every filter. Where the stage before forbids to make one, there is none.
 *
 * @throws Error when neither is to be told
 */
const holdsRing = (kernel: Kernel): boolean => {
  try {
    kernel.call('io_uring_setup', 0, null)
  } catch (error) {
    if (error instanceof SystemCallError && ['EPERM', 'ENOSYS'].includes(error.code)) return false
  }
  const descriptors = '/proc/self/fd'
  return readdirSync(descriptors).some((descriptor) => {
    try {
      return readlinkSync(`${descriptors}/${descriptor}`).includes('[io_uring]')
    } catch {
      return false // The directory's own descriptor is closed by now.
    }
  })
}

/**
 * Leaves this process, in all its threads, what answering takes, for good: no file by its name, no directory, no program.
 * Proved by an attempt before it returns; the attempts that no worker makes honestly end the process from now on (SIGSYS).
 *
 * Whatever is still to be imported or opened must be there already, onnxruntime among it. The model need not: loading one
 * from memory takes no more than answering does, and only what has not seen a stranger's bytes can be believed here.
 *
 * @throws NootropicError `ISOLATION_UNAVAILABLE`
 */
export const narrow = (): Narrowing => {
  try {
    const kernel = openKernel()
    if (holdsRing(kernel))
      throw new Error('an io_uring, which no filter holds back (Node makes one unless it is started under a filter)')
    const before = tryToOpen()
    const filter = seccompFilter(kernel.architecture, 'serve', process.pid)
    setFilterOnAllThreads(kernel, filter)
    const after = tryToOpen()
    if (after !== 'EPERM' || before === 'EPERM') throw new Error(`open ${witness}: ${before} before, ${after} after`)
    return {
      how: `seccomp: a filter of ${filter.length / 8} instructions on every thread`,
      probe: `open ${witness}: ${before} before, ${after} after`,
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 300) : String(cause)
    throw new NootropicError(
      'ISOLATION_UNAVAILABLE',
      `expected to narrow the worker to what answering takes, found: ${reason}; it needs Linux with seccomp, on x64 or ` +
        'arm64, and the package koffi (npm i koffi)',
      { cause },
    )
  }
}
