import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'
import { type Architecture, architectures } from '../seccomp/system-calls.ts'
import { numberOf, type SystemCallName } from './system-call-numbers.ts'

/** What a system call takes: a number, the memory of an array, a text as the kernel reads it (to its zero byte), or no pointer. */
export type Argument = number | bigint | string | ArrayBufferView | null

/** A call that the kernel refused; `code` is the error's name, such as EPERM. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError'
  readonly code: string

  constructor(call: SystemCallName, errno: number) {
    const code = getSystemErrorName(-errno)
    super(`${call}: ${code}`)
    this.code = code
  }
}

/** The kernel, without a library between. */
export interface Kernel {
  readonly architecture: Architecture
  /**
   * What the call returned. Of the calling thread only: what a thread gives up here, the other threads of Node keep until
   * execve ends them.
   *
   * @throws SystemCallError when the kernel refuses
   */
  call(name: SystemCallName, ...args: readonly Argument[]): number
  /** Where the memory of an array stands, for structures that hold pointers; whoever calls keeps the array alive. */
  addressOf(memory: ArrayBufferView): bigint
}

// What of koffi is used: its own declarations have `any` all over.
interface Koffi {
  load(path: null): {
    func(name: string, result: string, parameters: readonly string[]): (...values: readonly Argument[]) => number
  }
  address(memory: ArrayBufferView): bigint
  errno(): number
}

const bind = (): Kernel => {
  const architecture = architectures.find((known) => known === process.arch)
  if (process.platform !== 'linux' || architecture === undefined) {
    throw new Error(`expected Linux on ${architectures.join(' or ')}, found ${process.platform} on ${process.arch}`)
  }
  const koffi = createRequire(import.meta.url)('koffi') as Koffi
  // Every argument is a word: koffi takes numbers where a pointer is declared, and keeps alive what a pointer points at.
  const words = Array.from({ length: 6 }, () => 'void *')
  const systemCall = koffi.load(null).func('syscall', 'int64', ['int64', ...words])
  return {
    architecture,
    addressOf: (memory) => koffi.address(memory),
    call(name, ...args) {
      const number = numberOf(name, architecture)
      if (number === undefined) throw new Error(`${architecture} has no ${name}`)
      const result = systemCall(number, ...args, ...words.slice(args.length).map(() => null))
      if (result < 0) throw new SystemCallError(name, koffi.errno())
      return result
    },
  }
}

let opened: Kernel | undefined

/**
 * Opens the way to the kernel, by koffi; at once where it was opened before, when no file can be opened any more.
 *
 * @throws Error when koffi is not there or does not load, or on another system than Linux on x64 or arm64
 */
export const openKernel = (): Kernel => {
  opened ??= bind()
  return opened
}
