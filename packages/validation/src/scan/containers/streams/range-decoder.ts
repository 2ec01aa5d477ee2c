import type { ByteReader } from './byte-reader.ts'

// The adaptive binary range coder of LZMA.

const probabilityStart = 1024

/** What LZMA reports a stream by that makes no sense. */
export const damagedLzma = (what: string): Error => new Error(`lzma: ${what}`)

/** Probabilities of bits, all even at first. */
export const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(probabilityStart)

/** Reads bits by their probabilities, which it adapts. */
export interface RangeDecoder {
  bit(table: Uint16Array, index: number): number
  direct(count: number): number
  /** A number of `bits`, the highest bit first, from the tree that starts at `from`. */
  tree(table: Uint16Array, from: number, bits: number): number
  reverseTree(table: Uint16Array, from: number, bits: number): number
}

/** Starts a range decoder. */
export const createRangeDecoder = (bytes: ByteReader): RangeDecoder => {
  if (bytes.next() !== 0) throw damagedLzma('a stream that does not start with zero')
  let range = 0xffffffff
  let code = 0
  for (let index = 0; index < 4; index += 1) code = ((code << 8) | bytes.next()) >>> 0
  const normalise = (): void => {
    if (range >= 0x1000000) return
    range = (range << 8) >>> 0
    code = ((code << 8) | bytes.next()) >>> 0
  }
  const bit = (table: Uint16Array, index: number): number => {
    const probability = table[index] ?? 0
    const bound = (range >>> 11) * probability
    let value = 0
    if (code < bound) {
      table[index] = probability + ((2048 - probability) >> 5)
      range = bound
    } else {
      table[index] = probability - (probability >> 5)
      code -= bound
      range -= bound
      value = 1
    }
    normalise()
    return value
  }
  return {
    bit,
    direct(count) {
      let value = 0
      for (let left = count; left > 0; left -= 1) {
        range >>>= 1
        const isSet = code >= range
        if (isSet) code -= range
        normalise()
        value = value * 2 + (isSet ? 1 : 0)
      }
      return value
    },
    tree(table, from, bits) {
      let node = 1
      for (let left = bits; left > 0; left -= 1) node = node * 2 + bit(table, from + node)
      return node - (1 << bits)
    },
    reverseTree(table, from, bits) {
      let node = 1
      let value = 0
      for (let index = 0; index < bits; index += 1) {
        const next = bit(table, from + node)
        node = node * 2 + next
        value |= next << index
      }
      return value
    },
  }
}
