import { closeSync, openSync } from 'node:fs'
import type { SharedMemory } from '../worker/shared-memory.ts'
import { keptBytes, type MailboxSide, unsetBytes, verifyRange, type WorkerAccess } from './mailbox.ts'

/** A mailbox in memory that host and worker map; it is on no file system, which could be full. */
export const createMemorySide = (memory: SharedMemory, byteLength: number, access: WorkerAccess): MailboxSide => {
  const own = memory.create(byteLength)
  try {
    // Opened anew, because a descriptor's copies share what may be done with it.
    const descriptor = openSync(`/proc/self/fd/${own}`, access)
    return { descriptor, mailbox: mapMailbox(memory, own, byteLength) }
  } catch (error) {
    closeSync(own)
    throw error
  }
}

const mapMailbox = (memory: SharedMemory, descriptor: number, byteLength: number): MailboxSide['mailbox'] => {
  const start = memory.map(descriptor, byteLength, 'write')
  let isOpen = true
  let reserved = 0
  const addressOf = (offset: number, length: number): bigint => {
    if (!isOpen) throw new Error('expected an open mailbox')
    verifyRange(byteLength, offset, length)
    const end = offset + length
    // To touch memory that is not to be had would end this process by a signal; to ask for it is answered.
    if (end > reserved) {
      memory.reserve(descriptor, end)
      reserved = end
    }
    return start + BigInt(offset)
  }
  const keep = (kept: number): void => {
    if (!isOpen || reserved <= kept) return
    memory.clear(start + BigInt(kept), byteLength - kept)
    reserved = kept
  }
  return {
    byteLength,
    write: (offset, bytes) => memory.copyIn(addressOf(offset, bytes.byteLength), bytes),
    read(offset, length) {
      const from = addressOf(offset, length)
      const bytes = unsetBytes(length)
      memory.copyOut(from, bytes)
      return bytes
    },
    trim: () => keep(keptBytes),
    clear: () => keep(0),
    close() {
      if (!isOpen) return
      isOpen = false
      memory.unmap(start, byteLength)
      closeSync(descriptor)
    },
  }
}
