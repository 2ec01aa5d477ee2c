/** Where a segment is written: `take` gives at least `length` bytes. */
export interface SegmentBuffer {
  take(length: number): Buffer
  /** Overwrites what it still holds. */
  wipe(): void
}

/** Every segment gets memory of its own, which then belongs to whoever receives it. */
export const freshBuffers: SegmentBuffer = {
  take: (length) => Buffer.allocUnsafeSlow(length),
  wipe: () => undefined,
}

/** Every segment overwrites the one before. */
export const createReusedBuffer = (): SegmentBuffer => {
  let buffer: Buffer = Buffer.alloc(0)
  return {
    take(length) {
      if (buffer.length < length) buffer = Buffer.allocUnsafeSlow(length)
      return buffer
    },
    wipe: () => void buffer.fill(0),
  }
}
