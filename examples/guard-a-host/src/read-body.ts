import { NootropicError } from '@nootropic/core'

// A picture of 784 numbers with many digits is half of it (CWE-770).
export const maximumBodyBytes = 32 * 1024

/** A body as text, read no further than it may be long. */
export const readBody = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body) {
    length += part.length
    if (length > maximumBodyBytes) {
      throw new NootropicError('LIMIT_EXCEEDED', `expected a body of at most ${maximumBodyBytes} bytes, found more`)
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
