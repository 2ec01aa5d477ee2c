import { NootropicError } from '../../errors.ts'
import { wireTypes } from './field.ts'

/** Encoded bytes in pieces, so that large ones are copied once, at the end. */
export interface Encoded {
  readonly length: number
  readonly parts: readonly (Uint8Array | Encoded)[]
}

export const joined = (parts: readonly (Uint8Array | Encoded)[]): Encoded => ({
  length: parts.reduce((sum, part) => sum + part.length, 0),
  parts,
})

const copyInto = (target: Uint8Array, encoded: Encoded, offset: number): number => {
  let at = offset
  for (const part of encoded.parts) {
    if (part instanceof Uint8Array) {
      target.set(part, at)
      at += part.length
    } else at = copyInto(target, part, at)
  }
  return at
}

/** The bytes in one piece. */
export const flattened = (encoded: Encoded): Uint8Array => {
  const target = new Uint8Array(encoded.length)
  copyInto(target, encoded, 0)
  return target
}

/** A number as a varint of as few bytes as it takes; negative ones take ten. */
export const varint = (value: number | bigint): Uint8Array => {
  const isSmall = typeof value === 'number' && value >= 0 && value < 2 ** 31
  if (isSmall && value < 0x80) return Uint8Array.of(value)
  const bytes: number[] = []
  if (isSmall) {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
    bytes.push(rest)
    return Uint8Array.from(bytes)
  }
  const whole = BigInt(value)
  if (BigInt.asIntN(64, whole) !== whole)
    throw new NootropicError('USAGE', `expected a whole number of 64 bits to write into a model, got ${value}`)
  let rest = BigInt.asUintN(64, whole)
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

export const float32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return bytes
}

/** A tag: field number and wire type. */
export const tag = (number: number, wireType: number): Uint8Array => varint(number * 8 + wireType)

/** A length-delimited field. */
export const delimited = (number: number, content: Uint8Array | Encoded): Encoded =>
  joined([tag(number, wireTypes.lengthDelimited), varint(content.length), content])
