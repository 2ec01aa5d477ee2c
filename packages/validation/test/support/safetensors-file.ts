/** A tensor of a safetensors header. */
export interface TensorEntry {
  readonly dtype: unknown
  readonly shape: unknown
  readonly data_offsets: unknown
}

/** A safetensors file of a header, as text or as what JSON makes of it, and its buffer. */
export const safetensorsFile = (
  header: string | Uint8Array | Readonly<Record<string, unknown>>,
  buffer: Uint8Array | number = 0,
  length?: bigint,
): Uint8Array => {
  const text = typeof header === 'string' || header instanceof Uint8Array ? header : JSON.stringify(header)
  const bytes = Buffer.from(text)
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(length ?? BigInt(bytes.length))
  return Buffer.concat([prefix, bytes, typeof buffer === 'number' ? Buffer.alloc(buffer) : buffer])
}

/** A tensor of bytes that lies at `[begin, end)`. */
export const bytesTensor = (begin: number, end: number): TensorEntry => ({
  dtype: 'U8',
  shape: [end - begin],
  data_offsets: [begin, end],
})

/** A header as writers pad it: with spaces, so that the buffer begins at a multiple of eight bytes. */
export const padded = (header: Readonly<Record<string, unknown>>): string => {
  const text = JSON.stringify(header)
  return text.padEnd(Math.ceil(text.length / 8) * 8)
}

/** A sound file of two tensors. */
export const soundSafetensors = (metadata?: Readonly<Record<string, unknown>>): Uint8Array =>
  safetensorsFile(
    padded({
      ...(metadata === undefined ? {} : { __metadata__: metadata }),
      weight: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      bias: { dtype: 'BF16', shape: [4], data_offsets: [24, 32] },
    }),
    32,
  )
