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

/** How long the frame of a body is. */
export const frameLength = (body: Uint8Array): number => headerBytes + body.length

/** Writes a frame into `target`, and says where it ends there. */
export const writeFrame = (target: Buffer, offset: number, kind: Frame['kind'], body: Uint8Array): number => {
  target.writeUInt8(types[kind].byte, offset)
  target.writeUInt32BE(body.length, offset + 1)
  target.set(body, offset + headerBytes)
  return offset + headerBytes + body.length
}

export const encodeFrame = (kind: Frame['kind'], body: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(frameLength(body))
  writeFrame(frame, 0, kind, body)
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
