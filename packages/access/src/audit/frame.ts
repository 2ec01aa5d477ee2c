import { maximumNoteBytes } from './checkpoint.ts'
import { maximumRecordBytes } from './record.ts'

/** What stands in the journal: one type byte, the length as u32 big-endian, the body. */
export interface Frame {
  readonly kind: 'record' | 'checkpoint'
  readonly body: Buffer
  /** Where the frame begins and ends in the file. */
  readonly offset: number
  readonly end: number
}

/** Bytes that are not a frame: `incomplete` if the file ends before the frame does. */
export interface BrokenFrame {
  readonly kind: 'incomplete' | 'malformed'
  readonly offset: number
}

const headerBytes = 5
const types = {
  record: { byte: 0x52, maximumBytes: maximumRecordBytes },
  checkpoint: { byte: 0x43, maximumBytes: maximumNoteBytes },
}

export const encodeFrame = (kind: Frame['kind'], body: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(headerBytes + body.length)
  frame.writeUInt8(types[kind].byte, 0)
  frame.writeUInt32BE(body.length, 1)
  frame.set(body, headerBytes)
  return frame
}

/** The frame that begins at `start` of `bytes`, where `bytes` begins at `base` of the file. */
export const parseFrame = (bytes: Buffer, start = 0, base = 0): Frame | BrokenFrame => {
  const offset = base + start
  const byte = bytes[start]
  const kind = byte === types.record.byte ? 'record' : byte === types.checkpoint.byte ? 'checkpoint' : undefined
  if (kind === undefined) return { kind: byte === undefined ? 'incomplete' : 'malformed', offset }
  if (bytes.length < start + headerBytes) return { kind: 'incomplete', offset }
  const length = bytes.readUInt32BE(start + 1)
  if (length > types[kind].maximumBytes) return { kind: 'malformed', offset }
  const end = start + headerBytes + length
  if (bytes.length < end) return { kind: 'incomplete', offset }
  return { kind, body: bytes.subarray(start + headerBytes, end), offset, end: base + end }
}
