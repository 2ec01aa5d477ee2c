/** Two bytes that stand beside each other somewhere in a marker. */
export type BytePair = readonly [first: number, second: number]

/** How many bytes one call looks at, and how many positions it can answer: every one of them. */
const chunkLength = 2 ** 18

/** A vector load at the last byte reads this far beyond it. */
const slack = 32

const positionsAt = chunkLength + slack

/** Bytes and the room for positions, in 64 KiB pages. */
const pages = Math.ceil((positionsAt + 4 * chunkLength) / 2 ** 16)

// The WebAssembly core specification 2.0, chapter 5 (binary format), names these numbers.
const i32 = 0x7f
const v128 = 0x7b
const voidBlock = 0x40
const code = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  store: 0x36,
  constant: 0x41,
  isZero: 0x45,
  isNotLess: 0x4f,
  trailingZeros: 0x68,
  add: 0x6a,
  subtract: 0x6b,
  and: 0x71,
} as const
const vector = (operation: number): number[] => [0xfd, operation]
const vectorLoad = (offset: number): number[] => [...vector(0x00), 0, ...unsigned(offset)]
const vectorOf = (bytes: Uint8Array): number[] => [...vector(0x0c), ...bytes]
const lookUp = vector(0x0e)
const notEqual = vector(0x24)
const vectorAnd = vector(0x4e)
const anyTrue = vector(0x53)
const bitmask = vector(0x64)
const shiftRight = vector(0x6d)

const unsigned = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
const vectorLength = 16
const list = (items: readonly number[][]): number[] => [...unsigned(items.length), ...items.flat()]
const section = (id: number, items: readonly number[][]): number[] => {
  const content = list(items)
  return [id, ...unsigned(content.length), ...content]
}
const exported = (name: string, kind: number): number[] => [name.length, ...Buffer.from(name), kind, 0]

/** Parameters and locals of the function. */
const end = 0
const position = 1
const count = 2
const bits = 3
const here = 4
const found = 5
const lowMask = 6
const tables = 7

/** The bits of a byte name the groups that a pair can be in. */
const groups = 8

/**
 * For each nibble of a first and of a second byte, the groups of pairs that have it there. What is in one group by all four
 * nibbles is a pair, or seldom a mixture of two pairs of the group (the idea is Hyperscan's "shufti").
 */
const nibbleTables = (pairs: readonly BytePair[]): Uint8Array[] => {
  const nibbles = Array.from({ length: 4 }, () => new Uint8Array(vectorLength))
  const mark = (table: number, nibble: number, group: number): void => {
    const entries = nibbles[table]
    if (entries !== undefined) entries[nibble] = (entries[nibble] ?? 0) | group
  }
  const firsts = [...new Set(pairs.map(([first]) => first))].toSorted((left, right) => left - right)
  for (const [first, second] of pairs) {
    const group = 1 << (firsts.indexOf(first) % groups)
    mark(0, first & 15, group)
    mark(1, first >> 4, group)
    mark(2, second & 15, group)
    mark(3, second >> 4, group)
  }
  return nibbles
}

/** The groups that sixteen bytes from `position + offset` can belong to by their place in the pair. */
const groupsAt = (offset: number): number[] => [
  ...[code.get, position, ...vectorLoad(offset), code.set, here],
  ...[code.get, tables + 2 * offset, code.get, here, code.get, lowMask, ...vectorAnd, ...lookUp],
  ...[code.get, tables + 2 * offset + 1, code.get, here, code.constant, 4, ...shiftRight, ...lookUp],
  ...vectorAnd,
]

/** `sweep(end) → count`: writes the positions below `end` at which a pair may stand. */
const body = (pairs: readonly BytePair[]): number[] => [
  ...list([
    [3, i32],
    [7, v128],
  ]),
  ...[...vectorOf(new Uint8Array(vectorLength).fill(15)), code.set, lowMask],
  ...nibbleTables(pairs).flatMap((table, index) => [...vectorOf(table), code.set, tables + index]),
  ...[code.block, voidBlock, code.loop, voidBlock],
  ...[code.get, position, code.get, end, code.isNotLess, code.branchIf, 1],
  ...[...groupsAt(0), ...groupsAt(1), ...vectorAnd, code.tee, found, ...anyTrue],
  ...[code.if, voidBlock],
  ...[code.get, found, ...vectorOf(new Uint8Array(vectorLength)), ...notEqual, ...bitmask, code.set, bits],
  ...[code.block, voidBlock, code.loop, voidBlock],
  ...[code.get, bits, code.isZero, code.branchIf, 1],
  // positions[count] = position + the lowest bit that is set; count += 1
  ...[code.get, count, code.get, position, code.get, bits, code.trailingZeros, code.add],
  ...[code.store, 2, ...unsigned(positionsAt)],
  ...[code.get, count, code.constant, 4, code.add, code.set, count],
  ...[code.get, bits, code.get, bits, code.constant, 1, code.subtract, code.and, code.set, bits],
  ...[code.branch, 0, code.end, code.end, code.end],
  ...[code.get, position, code.constant, vectorLength, code.add, code.set, position],
  ...[code.branch, 0, code.end, code.end],
  ...[code.get, count, code.end],
]

const moduleOf = (pairs: readonly BytePair[]): Uint8Array<ArrayBuffer> => {
  const instructions = body(pairs)
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...list([[i32]]), ...list([[i32]])]]),
    ...section(3, [[0]]),
    ...section(5, [[0, ...unsigned(pages)]]),
    ...section(7, [exported('memory', 2), exported('sweep', 0)]),
    ...section(10, [[...unsigned(instructions.length), ...instructions]]),
  ])
}

/** What the types of Node leave out: the constructors, and what this module exports. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
    readonly Instance: new (
      module: object,
    ) => { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; sweep(end: number): number } }
  }
}

/** Finds where pairs of bytes stand, many times faster than a loop in JavaScript or a search for each of them. */
export interface PairSweep {
  /** Up to this many bytes at a time are put into `bytes`. */
  readonly length: number
  /** Where to put them. */
  readonly bytes: Uint8Array
  /** The positions of all pairs in the first `length` bytes, ascending, and seldom one that is none; overwritten by the next call. */
  find(length: number): Uint32Array
}

/**
 * Compiles a sweep for pairs of bytes to WebAssembly with vector instructions: one pass at memory's speed, whatever the
 * number of pairs. Weights are gigabytes of random bytes, and this is what every byte of them goes through.
 */
export const createPairSweep = (pairs: readonly BytePair[]): PairSweep => {
  const { memory, sweep } = new webAssembly.Instance(new webAssembly.Module(moduleOf(pairs))).exports
  const bytes = new Uint8Array(memory.buffer, 0, chunkLength)
  return {
    length: chunkLength,
    bytes,
    find(length) {
      const found = new Uint32Array(memory.buffer, positionsAt, sweep(length) / 4)
      // The last vector looks beyond the end, at what an earlier chunk left there.
      let kept = found.length
      while (kept > 0 && (found[kept - 1] ?? 0) + 1 >= length) kept -= 1
      return found.subarray(0, kept)
    },
  }
}
