import { NootropicError } from '@nootropic/core'

// A batch of 256 evaluations with their properties is far smaller (CWE-400).
const maximumBody = 1024 * 1024

const readBytes = async (body: ReadableStream<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return Buffer.concat(chunks)
      length += value.byteLength
      if (length > maximumBody) {
        throw new NootropicError(
          'LIMIT_EXCEEDED',
          `expected a body of at most ${maximumBody} bytes, found more; split it`,
        )
      }
      chunks.push(value)
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/**
 * The JSON value in the body of a request.
 *
 * @throws NootropicError `USAGE` for another content type, no body or malformed JSON, `LIMIT_EXCEEDED` beyond 1 MiB.
 */
export const readJsonBody = async (request: Request): Promise<unknown> => {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new NootropicError('USAGE', 'expected Content-Type: application/json, found another; send JSON')
  }
  const bytes = request.body === null ? Buffer.alloc(0) : await readBytes(request.body)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new NootropicError('USAGE', 'expected a body of JSON in UTF-8, found none or malformed; send one JSON object')
  }
}
