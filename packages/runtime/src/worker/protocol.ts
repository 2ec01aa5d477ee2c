import { type ElementType, NootropicError } from '@nootropic/core'

// Frames between host and worker: 16 bytes of header (four little-endian u32: payload length, type, request id, head
// length), a JSON head, then the raw payload. The host believes nothing that comes out of the worker
// (sandbox/replies.ts); the worker takes what its host sends as it comes.

/** What a frame is. The first three go to the worker, the last two come back. */
export const frameTypes = { canary: 1, load: 2, run: 3, done: 16, failed: 17 } as const
export type FrameType = (typeof frameTypes)[keyof typeof frameTypes]

export interface Frame {
  readonly type: number
  readonly request: number
  readonly head: unknown
  readonly payload: Uint8Array
}

export const headerLength = 16

/** A head names tensors and their shapes; 1 MiB holds thousands. More is an attack on the parser (CWE-770). */
export const maximumHeadLength = 1024 * 1024

/** The payload's length is a u32. */
const maximumPayloadLength = 0xffffffff

/** The parts of one frame, to be written one after the other; payload parts are not copied. */
export const encodeFrame = (
  type: FrameType,
  request: number,
  head: unknown,
  payload: readonly Uint8Array[] = [],
): Uint8Array[] => {
  const headBytes = Buffer.from(JSON.stringify(head))
  const payloadLength = payload.reduce((sum, part) => sum + part.byteLength, 0)
  if (headBytes.length > maximumHeadLength || payloadLength > maximumPayloadLength) {
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected at most ${maximumHeadLength} bytes of names and ${maximumPayloadLength} bytes of data in one message ` +
        `to or from the worker, found ${headBytes.length} and ${payloadLength}`,
    )
  }
  const start = Buffer.alloc(headerLength + headBytes.length)
  start.writeUInt32LE(payloadLength, 0)
  start.writeUInt32LE(type, 4)
  start.writeUInt32LE(request, 8)
  start.writeUInt32LE(headBytes.length, 12)
  headBytes.copy(start, headerLength)
  return [start, ...payload]
}

export interface FrameHeader {
  readonly payloadLength: number
  readonly type: number
  readonly request: number
  readonly headLength: number
}

export const parseHeader = (bytes: Uint8Array): FrameHeader => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerLength)
  return {
    payloadLength: view.getUint32(0, true),
    type: view.getUint32(4, true),
    request: view.getUint32(8, true),
    headLength: view.getUint32(12, true),
  }
}

export const parseHead = (bytes: Uint8Array): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))

/** A tensor of a frame: where its bytes stand follows from the lengths of those before it. */
export interface TensorHead {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly byteLength: number
}

/** Loads the model that follows: the main file, then each file of external data. */
export interface LoadRequest {
  readonly threads: number
  readonly outputBytes: number
  readonly mainLength: number
  readonly externalData: readonly { readonly path: string; readonly byteLength: number }[]
}

/** Runs the model over the tensors that follow. */
export interface RunRequest {
  readonly tensors: readonly TensorHead[]
}
