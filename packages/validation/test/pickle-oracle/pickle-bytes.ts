/** Bytes of a Latin-1 text: opcodes as pickletools prints them. */
export const raw = (text: string): Buffer => Buffer.from(text, 'latin1')

/** An opcode with a number of `length` bytes, little-endian. */
export const numbered = (code: number, value: number, length: number): Buffer => {
  const bytes = Buffer.alloc(1 + length)
  bytes[0] = code
  if (length > 6) bytes.writeBigUInt64LE(BigInt(value), 1)
  else if (value < 0) bytes.writeIntLE(value, 1, length)
  else bytes.writeUIntLE(value, 1, length)
  return bytes
}

/** An opcode with a length of `length` bytes and so many bytes. */
export const counted = (code: number, length: number, content: Uint8Array): Buffer =>
  Buffer.concat([numbered(code, content.length, length), content])
