import type { ByteReader } from './byte-reader.ts'

const runA = 0
const runB = 1
const groupLength = 50
const maximumCodeLength = 20

/** A canonical Huffman code: symbols in the order of their codes, and the last code of each length. */
interface CodeTable {
  readonly symbols: Uint16Array
  readonly limits: Int32Array
  /** What is added to a code of a length to get the index of its symbol. */
  readonly bases: Int32Array
  readonly shortest: number
}

/** Reads bits, the highest of a byte first. */
export interface BitReader {
  /** @param count at most 32. */
  bits(count: number): number
  bit(): number
}

/** Starts at the next byte. */
export const createBitReader = (bytes: ByteReader): BitReader => {
  let held = 0
  let count = 0
  const bit = (): number => {
    if (count === 0) {
      held = bytes.next()
      count = 8
    }
    count -= 1
    return (held >> count) & 1
  }
  return {
    bit,
    bits(wanted) {
      let value = 0
      for (let left = wanted; left > 0; ) {
        if (count === 0) {
          held = bytes.next()
          count = 8
        }
        const taken = Math.min(left, count)
        count -= taken
        value = (value << taken) | ((held >> count) & ((1 << taken) - 1))
        left -= taken
      }
      return value >>> 0
    },
  }
}

/** What bzip2 reports a stream by that makes no sense. */
export const damagedBzip2 = (what: string): Error => new Error(`bzip2: ${what}`)

const codeTableOf = (lengths: Uint8Array): CodeTable => {
  const symbols = new Uint16Array(lengths.length)
  const limits = new Int32Array(maximumCodeLength + 1).fill(-1)
  const bases = new Int32Array(maximumCodeLength + 1)
  let code = 0
  let index = 0
  let shortest = 0
  for (let length = 1; length <= maximumCodeLength; length += 1) {
    bases[length] = index - code
    for (let symbol = 0; symbol < lengths.length; symbol += 1) {
      if (lengths[symbol] !== length) continue
      if (shortest === 0) shortest = length
      symbols[index] = symbol
      index += 1
      code += 1
    }
    limits[length] = code - 1
    code *= 2
  }
  return { symbols, limits, bases, shortest }
}

const readSymbol = (reader: BitReader, table: CodeTable): number => {
  let code = reader.bits(table.shortest)
  for (let length = table.shortest; length <= maximumCodeLength; length += 1) {
    if (code <= (table.limits[length] ?? -1)) return table.symbols[code + (table.bases[length] ?? 0)] ?? 0
    code = code * 2 + reader.bit()
  }
  throw damagedBzip2('a code that stands for nothing')
}

const readUsedBytes = (reader: BitReader): Uint8Array => {
  const ranges = reader.bits(16)
  const used: number[] = []
  for (let range = 0; range < 16; range += 1) {
    if (((ranges >> (15 - range)) & 1) === 0) continue
    const marks = reader.bits(16)
    for (let low = 0; low < 16; low += 1) if (((marks >> (15 - low)) & 1) === 1) used.push(range * 16 + low)
  }
  if (used.length === 0) throw damagedBzip2('a block without symbols')
  return Uint8Array.from(used)
}

const moveToFront = (list: Uint8Array, index: number): number => {
  const value = list[index] ?? 0
  list.copyWithin(1, 0, index)
  list[0] = value
  return value
}

const readSelectors = (reader: BitReader, tableCount: number): Uint8Array => {
  const selectors = new Uint8Array(reader.bits(15))
  const order = Uint8Array.from({ length: tableCount }, (_, index) => index)
  for (let at = 0; at < selectors.length; at += 1) {
    let index = 0
    while (reader.bit() === 1) {
      index += 1
      if (index >= tableCount) throw damagedBzip2('a selector of no table')
    }
    selectors[at] = moveToFront(order, index)
  }
  return selectors
}

const readCodeTables = (reader: BitReader, tableCount: number, symbolCount: number): CodeTable[] =>
  Array.from({ length: tableCount }, () => {
    const lengths = new Uint8Array(symbolCount)
    let length = reader.bits(5)
    for (let symbol = 0; symbol < symbolCount; symbol += 1) {
      for (;;) {
        if (length < 1 || length > maximumCodeLength) throw damagedBzip2('a code of no length')
        if (reader.bit() === 0) break
        length += reader.bit() === 0 ? 1 : -1
      }
      lengths[symbol] = length
    }
    return codeTableOf(lengths)
  })

/** Undoes Huffman coding, move-to-front and the runs of zeros: the block as the Burrows-Wheeler transform left it. */
export const readTransformed = (reader: BitReader, block: Uint32Array): number => {
  const used = readUsedBytes(reader)
  const tableCount = reader.bits(3)
  if (tableCount < 2 || tableCount > 6) throw damagedBzip2('another number of tables than 2 to 6')
  const selectors = readSelectors(reader, tableCount)
  const endOfBlock = used.length + 1
  const tables = readCodeTables(reader, tableCount, used.length + 2)
  let length = 0
  let run = 0
  let runBit = 1
  for (let group = 0; group < selectors.length; group += 1) {
    const table = tables[selectors[group] ?? 0]
    if (table === undefined) break
    for (let left = groupLength; left > 0; left -= 1) {
      const symbol = readSymbol(reader, table)
      if (symbol === runA || symbol === runB) {
        run += runBit * (symbol + 1)
        runBit *= 2
        if (run > block.length) throw damagedBzip2('a run longer than its block')
        continue
      }
      if (run > 0) {
        if (length + run > block.length) throw damagedBzip2('a block that is too long')
        block.fill(used[0] ?? 0, length, length + run)
        length += run
        run = 0
        runBit = 1
      }
      if (symbol === endOfBlock) return length
      if (length >= block.length) throw damagedBzip2('a block that is too long')
      block[length] = moveToFront(used, symbol - 1)
      length += 1
    }
  }
  throw damagedBzip2('a block without end')
}
