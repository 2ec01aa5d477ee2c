import { type ElementType, NootropicError, type OptimisationLevel, type Signature } from '@nootropic/core'

// Frames between host and worker: 16 bytes of header (four little-endian u32: payload length, type, request id, head
// length), a JSON head, then the raw payload. The host believes nothing that comes out of the worker
// (sandbox/replies.ts); the worker takes what its host sends as it comes.

/** What a frame is. The first four go to the worker, the last two come back. */
export const frameTypes = { canary: 1, load: 2, run: 3, narrow: 4, done: 16, failed: 17 } as const
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

/** A tensor of a message: where its bytes stand follows from the lengths of those before it. */
export interface TensorHead {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly byteLength: number
}

/** Tensors, whose bytes are the frame's payload or stand in the mailbox: a run's inputs and its outputs. */
export interface TensorMessage {
  readonly tensors: readonly TensorHead[]
  /** The bytes of the mailbox that hold them; none: they are the payload. */
  readonly mailbox?: number | undefined
}

/** Tensors of a mailbox start at a multiple of it: a cache line, and enough for every element type. */
export const mailboxAlignment = 64

/** Tensors of more bytes than these go by mailbox: below, writing them into the frame costs less than it saves. */
export const mailboxThreshold = 64 * 1024

/** The descriptors of a worker beside its standard streams: what it reads inputs from and writes outputs to. */
export const mailboxDescriptors = { input: 4, output: 5 } as const

/**
 * What the two mailboxes are: `memory`, which both sides map, or `file`s on a file system in memory, which are read and
 * written. To map a file there would end the worker by a signal where the file system is full.
 */
export interface MailboxOffer {
  readonly kind: 'memory' | 'file'
  readonly inputBytes: number
  readonly outputBytes: number
}

/** How much of `bytes` from an offset on one call of Node may read or write: it takes lengths of 31 bits. */
export const pieceLength = (bytes: Uint8Array, from: number): number => Math.min(bytes.byteLength - from, 1024 ** 3)

/** Loads the model that follows: the main file, then each file of external data. */
export interface LoadRequest {
  readonly threads: number
  readonly optimisation: OptimisationLevel
  readonly outputBytes: number
  readonly mainLength: number
  readonly externalData: readonly { readonly path: string; readonly byteLength: number }[]
  readonly mailbox?: MailboxOffer | undefined
}

/** How a worker gets at its mailboxes; `none`: everything goes by frames. */
export const mailboxUses = ['mapped', 'copied', 'none'] as const
export type MailboxUse = (typeof mailboxUses)[number]

/** What a worker says it gave up before it was sent its model; how, and by what attempt it knows. */
export interface NarrowReply {
  readonly isNarrowed: boolean
  readonly how: string
  readonly probe: string
}

/** What a worker says of the model it has loaded. */
export interface LoadReply {
  readonly signature: Signature
  readonly mailbox: MailboxUse
}
