import { readSync } from 'node:fs'

/** Bytes at rest that can be read at any place: memory, an open file, or a part of another source. */
export interface ByteSource {
  readonly size: number
  /**
   * Reads bytes; fewer at the end of the source, none beyond it. The answer may be a view: never write to it.
   *
   * @param offset in bytes from the start of this source.
   * @param length in bytes.
   */
  read(offset: number, length: number): Uint8Array
  /** Reads into memory that is there already, where that spares a copy; see {@link readInto}. */
  fill?(target: Uint8Array, offset: number): number
  /** The source that this one is a part of, and where in it. Its bytes are looked at with the whole. */
  readonly within?: { readonly source: ByteSource; readonly offset: number }
}

/**
 * Reads as many bytes into `target` as it holds and there are. Who goes through gigabytes reads them into the same memory:
 * fresh pages would take longer than the reading.
 *
 * @returns how many were read.
 */
export const readInto = (source: ByteSource, target: Uint8Array, offset: number): number => {
  if (source.fill !== undefined) return source.fill(target, offset)
  const bytes = source.read(offset, target.length)
  target.set(bytes)
  return bytes.length
}

/** Bytes that are in memory. */
export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})

/** Reads of a file fetch at least this much: a system call costs more than copying it. */
const readAhead = 64 * 1024

/** An open file. Reads are positioned and synchronous: a round trip to a thread would take ten times longer. */
export const fileSource = (descriptor: number, size: number): ByteSource => {
  let heldAt = 0
  let held: Uint8Array = new Uint8Array(0)
  const fill = (target: Uint8Array, offset: number): number => {
    let filled = 0
    while (filled < target.length) {
      const count = readSync(descriptor, target, filled, target.length - filled, offset + filled)
      if (count === 0) break
      filled += count
    }
    return filled
  }
  const fetch = (offset: number, length: number): Uint8Array => {
    const bytes = Buffer.allocUnsafeSlow(length)
    return bytes.subarray(0, fill(bytes, offset))
  }
  return {
    size,
    fill: (target, offset) => fill(target.subarray(0, Math.max(0, size - offset)), offset),
    read(offset, length) {
      const end = Math.min(size, offset + length)
      if (offset >= end) return new Uint8Array(0)
      if (end - offset >= readAhead) return fetch(offset, end - offset)
      if (offset < heldAt || end > heldAt + held.length) {
        held = fetch(offset, Math.min(readAhead, size - offset))
        heldAt = offset
      }
      return held.subarray(offset - heldAt, end - heldAt)
    },
  }
}

/** A part of a source, cut off at the source's end. */
export const partOf = (source: ByteSource, offset: number, length: number): ByteSource => {
  const start = Math.min(Math.max(0, offset), source.size)
  const size = Math.min(Math.max(0, length), source.size - start)
  const outer = source.within
  return {
    size,
    read: (from, count) => source.read(start + from, Math.max(0, Math.min(count, size - from))),
    fill: (target, from) => readInto(source, target.subarray(0, Math.max(0, size - from)), start + from),
    within: outer === undefined ? { source, offset: start } : { source: outer.source, offset: outer.offset + start },
  }
}
