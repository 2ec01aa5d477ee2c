import { randomBytes } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pieceLength } from '../worker/protocol.ts'
import { keptBytes, type MailboxSide, unsetBytes, verifyRange, type WorkerAccess } from './mailbox.ts'

/** A mailbox in a file of a file system in memory. It is read and written: where it is cut short or full, that is an error. */
export const createFileSide = (directory: string, byteLength: number, access: WorkerAccess): MailboxSide => {
  const path = join(directory, `nootropic-${randomBytes(16).toString('hex')}`)
  const own = openSync(path, 'wx+', 0o600)
  try {
    ftruncateSync(own, byteLength)
    return { descriptor: openSync(path, access), mailbox: fileMailbox(own, byteLength) }
  } catch (error) {
    closeSync(own)
    throw error
  } finally {
    // Nobody else can open it, and it is gone with its last descriptor.
    unlinkSync(path)
  }
}

const fileMailbox = (descriptor: number, byteLength: number): MailboxSide['mailbox'] => {
  let isOpen = true
  let used = 0
  const use = (offset: number, length: number): void => {
    if (!isOpen) throw new Error('expected an open mailbox')
    verifyRange(byteLength, offset, length)
    used = Math.max(used, offset + length)
  }
  const keep = (kept: number): void => {
    if (!isOpen || used <= kept) return
    ftruncateSync(descriptor, kept)
    ftruncateSync(descriptor, byteLength)
    used = kept
  }
  return {
    byteLength,
    write(offset, bytes) {
      use(offset, bytes.byteLength)
      for (let at = 0; at < bytes.byteLength; )
        at += writeSync(descriptor, bytes, at, pieceLength(bytes, at), offset + at)
    },
    read(offset, length) {
      use(offset, length)
      const bytes = unsetBytes(length)
      for (let at = 0; at < length; ) {
        const count = readSync(descriptor, bytes, at, pieceLength(bytes, at), offset + at)
        if (count === 0) throw new Error(`expected ${length} bytes in the mailbox, found ${at}`)
        at += count
      }
      return bytes
    },
    trim: () => keep(keptBytes),
    clear: () => keep(0),
    close() {
      if (!isOpen) return
      isOpen = false
      closeSync(descriptor)
    },
  }
}
