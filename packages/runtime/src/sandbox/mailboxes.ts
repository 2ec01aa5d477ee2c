import { closeSync } from 'node:fs'
import { type MailboxOffer, mailboxAlignment } from '../worker/protocol.ts'
import { loadSharedMemory, type SharedMemory } from '../worker/shared-memory.ts'
import type { SandboxLimits } from './limits.ts'
import type { Mailbox, MailboxSide, WorkerAccess } from './mailbox.ts'
import { createFileSide } from './mailbox-file.ts'
import { createMemorySide } from './mailbox-memory.ts'

/** The mailboxes of one worker. */
export interface Mailboxes {
  readonly offer: MailboxOffer
  readonly input: Mailbox
  readonly output: Mailbox
  /** For the worker: what it reads inputs from, what it writes outputs to. */
  readonly descriptors: readonly [number, number]
  /** Closes the descriptors here: the worker has its own. */
  handOver(): void
  close(): void
}

// Outputs are aligned: those that no longer fit for it, beyond as many, go by frame.
const maximumOutputs = 1024

type CreateSide = (byteLength: number, access: WorkerAccess) => MailboxSide

const pair = (kind: MailboxOffer['kind'], create: CreateSide, limits: SandboxLimits): Mailboxes => {
  // What inputs there are must fit beside everything else that a worker has; the bytes cost nothing before they are used.
  const inputBytes = limits.memoryBytes
  const outputBytes = limits.outputBytes + maximumOutputs * mailboxAlignment
  const input = create(inputBytes, 'r')
  try {
    const output = create(outputBytes, 'r+')
    const descriptors = [input.descriptor, output.descriptor] as const
    return {
      offer: { kind, inputBytes, outputBytes },
      input: input.mailbox,
      output: output.mailbox,
      descriptors,
      handOver: () => descriptors.forEach(closeSync),
      close() {
        input.mailbox.close()
        output.mailbox.close()
      },
    }
  } catch (error) {
    closeSync(input.descriptor)
    input.mailbox.close()
    throw error
  }
}

const firstOf = <T>(ways: readonly (() => T | undefined)[]): T | undefined => {
  for (const way of ways) {
    try {
      const found = way()
      if (found !== undefined) return found
    } catch {
      // Whatever it is that this host does not give: the next way does without.
    }
  }
  return undefined
}

/** What of a host mailboxes are made of. */
export interface MailboxHost {
  readonly memory: SharedMemory | undefined
  /** A directory on a file system in memory. */
  readonly directory: string
}

/** The best that this host offers; undefined where tensors go by frames. */
export const createMailboxes = (
  limits: SandboxLimits,
  { memory, directory }: MailboxHost = { memory: loadSharedMemory(), directory: '/dev/shm' },
): Mailboxes | undefined =>
  firstOf([
    () => memory && pair('memory', (byteLength, access) => createMemorySide(memory, byteLength, access), limits),
    () => pair('file', (byteLength, access) => createFileSide(directory, byteLength, access), limits),
  ])
