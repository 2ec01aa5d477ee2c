import { readSync, writeSync } from 'node:fs'
import type { OwnBytes } from './own-bytes.ts'
import {
  encodeFrame,
  type Frame,
  type FrameType,
  headerLength,
  parseHead,
  parseHeader,
  pieceLength,
} from './protocol.ts'

// Reads and writes that block: a worker has nothing to do until its next request.

const input = 0
const output = 1

/** What arrives together is read together: most requests in one call. */
const arrived = Buffer.allocUnsafeSlow(64 * 1024)
let start = 0
let end = 0

/** Ends the process when the host is gone. */
const receive = (bytes: Uint8Array, offset: number): number => {
  const count = readSync(input, bytes, offset, pieceLength(bytes, offset), null)
  if (count === 0) process.exit(0)
  return count
}

const read = (length: number): OwnBytes => {
  const bytes = new Uint8Array(length)
  for (let offset = 0; offset < length; ) {
    if (start === end && length - offset >= arrived.length) {
      offset += receive(bytes, offset)
    } else {
      if (start === end) [start, end] = [0, receive(arrived, 0)]
      const piece = arrived.subarray(start, Math.min(end, start + length - offset))
      bytes.set(piece, offset)
      // It may be of a model, which is to stay in memory where it is wiped, and nowhere else.
      piece.fill(0)
      start += piece.length
      offset += piece.length
    }
  }
  return bytes
}

export const readFrame = (): Frame => {
  const { type, request, headLength, payloadLength } = parseHeader(read(headerLength))
  return { type, request, head: parseHead(read(headLength)), payload: read(payloadLength) }
}

export const writeFrame = (type: FrameType, request: number, head: unknown, payload: readonly Uint8Array[]): void => {
  for (const part of encodeFrame(type, request, head, payload)) {
    for (let offset = 0; offset < part.length; ) {
      offset += writeSync(output, part, offset, pieceLength(part, offset))
    }
  }
}
