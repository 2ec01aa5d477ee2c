import { NootropicError } from '@nootropic/core'

/** What an execution is known to need of its host before it starts. */
export interface ResourceNeed {
  /** Bytes of the inputs. */
  readonly inputBytes: number
}

/** What a host has left. */
export interface HostResources {
  /** Bytes of memory that a process could have now, swap and caches that can be dropped included. */
  readonly availableBytes: number
}

/** Reads what the host has left. */
export type ReadHostResources = () => HostResources

/** What this host, or the control group this process is in, has left. */
export const readHostResources: ReadHostResources = () => ({ availableBytes: process.availableMemory() })

// The inputs stand here, in the mailbox and in the worker; a host that has less than this left kills somebody soon.
const copiesOfInputs = 3
const reservedBytes = 64 * 1024 ** 2

/**
 * Sees that the host has the memory an execution needs, before anything is spent on it.
 *
 * @throws NootropicError `LIMIT_EXCEEDED`
 */
export const verifyResources = ({ inputBytes }: ResourceNeed, { availableBytes }: HostResources): void => {
  const needed = inputBytes * copiesOfInputs + reservedBytes
  if (availableBytes >= needed) return
  throw new NootropicError(
    'LIMIT_EXCEEDED',
    `expected ${needed} bytes of memory for ${inputBytes} bytes of inputs, the host has ${availableBytes} left; ` +
      'try again when it does less, or give it more memory',
    { details: { resource: 'memory', needed, available: availableBytes } },
  )
}
