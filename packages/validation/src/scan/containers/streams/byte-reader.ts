import { TruncatedStream } from './expansion.ts'

/** The bytes of windows, one after another. */
export interface ByteReader {
  /** @throws TruncatedStream at the end. */
  next(): number
  /** Whether there is nothing more. */
  isAtEnd(): boolean
  /** How many bytes were taken. */
  position(): number
}

/** Reads windows byte by byte. */
export const createByteReader = (windows: Iterator<Uint8Array>): ByteReader => {
  let window: Uint8Array = new Uint8Array(0)
  let at = 0
  let before = 0
  const isAtEnd = (): boolean => {
    while (at >= window.length) {
      const next = windows.next()
      if (next.done) return true
      before += window.length
      window = next.value
      at = 0
    }
    return false
  }
  return {
    next() {
      if (at >= window.length && isAtEnd()) throw new TruncatedStream('the stream has no end')
      const byte = window[at] ?? 0
      at += 1
      return byte
    },
    isAtEnd,
    position: () => before + at,
  }
}
