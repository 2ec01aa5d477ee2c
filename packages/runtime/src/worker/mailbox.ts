import { readSync, writeSync } from 'node:fs'
import type { OwnBytes } from './own-bytes.ts'
import { type MailboxOffer, type MailboxUse, mailboxDescriptors, pieceLength } from './protocol.ts'
import { loadSharedMemory, type SharedMemory } from './shared-memory.ts'

/** The worker's side of the two mailboxes. */
export interface WorkerMailbox {
  readonly use: MailboxUse
  /** The first bytes of what the host left. They are the worker's until it answers. */
  read(byteLength: number): OwnBytes
  /** The first bytes of what the host will read, to be written to; undefined where it cannot be mapped. */
  window(byteLength: number): OwnBytes | undefined
  /** Leaves bytes for the host. @throws Error of Node, such as EFBIG, when they cannot be written */
  write(offset: number, bytes: Uint8Array): void
  readonly outputBytes: number
}

/**
 * The first bytes of a descriptor as memory. What is mapped grows by doubling, up to the whole, and is never unmapped: an
 * array over it may still be alive. A mapping costs addresses only, not memory.
 */
const growingWindow = (memory: SharedMemory, descriptor: number, maximum: number, access: 'read' | 'write') => {
  let mapped = new Uint8Array(0)
  return (byteLength: number): OwnBytes => {
    if (byteLength > mapped.byteLength) {
      const least = 1024 * 1024
      const wanted = Math.min(maximum, Math.max(least, 2 ** Math.ceil(Math.log2(byteLength))))
      mapped = new Uint8Array(memory.view(memory.map(descriptor, wanted, access), wanted))
    }
    return mapped.subarray(0, byteLength)
  }
}

const openMapped = (memory: SharedMemory, { inputBytes, outputBytes }: MailboxOffer): WorkerMailbox => {
  const input = growingWindow(memory, mailboxDescriptors.input, inputBytes, 'read')
  const output = growingWindow(memory, mailboxDescriptors.output, outputBytes, 'write')
  // Whether the descriptors can be mapped at all is found out before the first run needs them.
  input(1)
  output(1)
  return {
    use: 'mapped',
    outputBytes,
    read: input,
    window: output,
    write: (offset, bytes) => output(offset + bytes.byteLength).set(bytes, offset),
  }
}

const openCopied = ({ outputBytes }: MailboxOffer): WorkerMailbox => ({
  use: 'copied',
  outputBytes,
  read(byteLength) {
    const bytes = new Uint8Array(byteLength)
    for (let offset = 0; offset < byteLength; ) {
      const count = readSync(mailboxDescriptors.input, bytes, offset, pieceLength(bytes, offset), offset)
      if (count === 0) throw new Error(`expected ${byteLength} bytes in the mailbox, found ${offset}`)
      offset += count
    }
    return bytes
  },
  window: () => undefined,
  write(offset, bytes) {
    for (let written = 0; written < bytes.byteLength; ) {
      written += writeSync(mailboxDescriptors.output, bytes, written, pieceLength(bytes, written), offset + written)
    }
  },
})

/** Undefined where the host offers none. */
export const openWorkerMailbox = (offer: MailboxOffer | undefined): WorkerMailbox | undefined => {
  if (offer === undefined) return undefined
  const memory = offer.kind === 'memory' ? loadSharedMemory() : undefined
  if (memory === undefined) return openCopied(offer)
  try {
    return openMapped(memory, offer)
  } catch {
    return openCopied(offer)
  }
}
