/** A varint padded to `length` bytes, which protobuf allows and no serialiser writes. */
export const varint = (value: number | bigint, length = 1): number[] => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  } while (rest > 0n || bytes.length < length)
  bytes.push((bytes.pop() as number) & 0x7f)
  return bytes
}

const utf8 = (content: string): number[] => [...new TextEncoder().encode(content)]

/** A length-delimited field. */
export const delimited = (number: number, content: readonly number[] | string): number[] => {
  const bytes = typeof content === 'string' ? utf8(content) : content
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]
}

/** A varint field. */
export const whole = (number: number, value: number | bigint): number[] => [...varint(number * 8), ...varint(value)]

export const bytesOf = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat())

/** A model with this graph. */
export const modelOf = (...graph: readonly (readonly number[])[]): Uint8Array =>
  bytesOf(whole(1, 8), delimited(7, graph.flat()))
