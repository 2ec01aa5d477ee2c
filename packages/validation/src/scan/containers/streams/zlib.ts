import { constants, inflateRawSync } from 'node:zlib'
import { headLength, type Sample } from '../../format.ts'

const dictionaryFlag = 0x20

const headerLength = 2

/** Shorter contents that happen to begin like a stream are many, and hold nothing. */
const minimumLength = 12

/** What the head may expand to while it is tried (CWE-409). */
const maximumTriedOutput = 2 ** 23

/** Whether deflated data begins at the head of a content; it need not end, nor have the right checksum behind it. */
const inflates = (bytes: Uint8Array): boolean => {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maximumTriedOutput }
    return inflateRawSync(bytes, options).length > 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
  }
}

/**
 * Whether a content is a zlib stream. Of its 16 bits of header one in 500 values is valid (RFC 1950, 2.2), so that the
 * head must expand too. A loader that reads on demand takes a stream that is cut off as well.
 */
export const looksLikeZlib = ({ head, size, text }: Sample): boolean => {
  const [method = 0, flags = 0] = head
  if ((method & 0x0f) !== 8 || method >> 4 > 7 || (method * 256 + flags) % 31 !== 0) return false
  if (size < minimumLength || (flags & dictionaryFlag) !== 0 || text !== undefined) return false
  return inflates(head.subarray(headerLength, headLength))
}
