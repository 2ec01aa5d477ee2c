/** Bytes that arrive in pieces of any size and leave in pieces of the size asked for, without being copied. */
export interface ByteQueue {
  /** How many bytes wait. */
  readonly length: number
  /** Reads on until more than `count` bytes wait or the source ends. */
  fillBeyond(count: number): Promise<void>
  /** Removes the next `count` bytes, or all when fewer wait. */
  take(count: number): Uint8Array[]
  /** Ends the source. */
  close(): Promise<void>
}

export const createByteQueue = (source: AsyncIterable<Uint8Array>): ByteQueue => {
  const iterator = source[Symbol.asyncIterator]()
  let waiting: Uint8Array[] = []
  let length = 0
  let ended = false
  return {
    get length() {
      return length
    },
    async fillBeyond(count) {
      while (!ended && length <= count) {
        const next = await iterator.next()
        if (next.done) ended = true
        else if (next.value.length > 0) {
          waiting.push(next.value)
          length += next.value.length
        }
      }
    },
    take(count) {
      let missing = Math.min(count, length)
      length -= missing
      const taken: Uint8Array[] = []
      let used = 0
      while (missing > 0) {
        const next = waiting[used] as Uint8Array
        const piece = next.subarray(0, missing)
        taken.push(piece)
        missing -= piece.length
        if (next.length > piece.length) waiting[used] = next.subarray(piece.length)
        else used += 1
      }
      waiting = waiting.slice(used)
      return taken
    },
    async close() {
      await iterator.return?.()
    },
  }
}
