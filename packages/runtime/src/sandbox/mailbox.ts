import type { OwnBytes } from '../worker/own-bytes.ts'

/**
 * One direction between host and worker. The host only ever copies: what a worker changes afterwards, it changes for
 * itself (CWE-367).
 */
export interface Mailbox {
  readonly byteLength: number
  /** @throws Error when there is no memory for them */
  write(offset: number, bytes: Uint8Array): void
  /** @throws Error when they are not there */
  read(offset: number, byteLength: number): OwnBytes
  /** Gives the memory beyond {@link keptBytes} back to the system. */
  trim(): void
  /** Gives all of it back, and with it what the last runs left there. */
  clear(): void
  close(): void
}

/** A mailbox, and the descriptor of it that goes to the worker. */
export interface MailboxSide {
  readonly mailbox: Mailbox
  readonly descriptor: number
}

/** What a worker may do with its descriptor. */
export type WorkerAccess = 'r' | 'r+'

/** What a mailbox keeps between runs: pages that are there already are what makes it fast. */
export const keptBytes = 64 * 1024 ** 2

/** @throws RangeError for bytes outside of a mailbox */
export const verifyRange = (mailboxLength: number, offset: number, byteLength: number): void => {
  if (offset < 0 || byteLength < 0 || offset + byteLength > mailboxLength) {
    throw new RangeError(`expected at most ${mailboxLength} bytes in the mailbox, found ${offset} + ${byteLength}`)
  }
}

/** Memory that holds what was there before: for whoever writes every byte of it before anybody reads one. */
export const unsetBytes = (byteLength: number): OwnBytes =>
  new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer as ArrayBuffer)
