import type { ByteSource } from '../../source.ts'

/** What is noticed on the way, by the names of its rules. */
export type StreamRemark = 'stream-members' | 'stream-skipped'

/** A compressed stream on its way out. */
export interface Expansion {
  /** What comes out. It throws where the stream makes no sense, after all that came out before. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** How many bytes of the content the stream took, once `chunks` is at its end. */
  consumed(): number
  readonly remarks: ReadonlySet<StreamRemark>
}

/** Expands a compressed stream that starts with the content and may end before it. */
export type Expand = (content: ByteSource) => Expansion

/** Yields what comes out, and returns how many bytes of the content were taken. */
export type Steps = Generator<Uint8Array, number> | AsyncGenerator<Uint8Array, number>

/** A stream that stops before its end: what came out so far is right. */
export class TruncatedStream extends Error {
  override readonly name = 'TruncatedStream'
}

/** A stream whose header asks for more memory than any compressor of models does. */
export class ExcessiveWindow extends Error {
  override readonly name = 'ExcessiveWindow'
}

/** A stream that is sound as far as is known and cannot be looked at: too long to hold, or made for something beside it. */
export class UnsupportedStream extends Error {
  override readonly name = 'UnsupportedStream'
}

/** Streams one after another: more are not walked (CWE-400). */
export const maximumMembers = 100_000

/** What a decoder that needs a stream as a whole is given at most (CWE-789). */
export const maximumHeld = 2 ** 26

/** The expansion that a generator makes. */
export const expansionOf = (steps: Steps, remarks: ReadonlySet<StreamRemark> = new Set()): Expansion => {
  let consumed = 0
  async function* chunks(): AsyncGenerator<Uint8Array> {
    consumed = yield* steps
  }
  return { chunks: chunks(), consumed: () => consumed, remarks }
}
