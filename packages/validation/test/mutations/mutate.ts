import type { SeededRandom } from '@nootropic/core'

/** Numbers that lengths, counts and offsets are wrong with. */
const extremes = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x7fffffffffffffffn,
  0xffffffffffffffffn,
]

type Mutation = (bytes: Buffer, random: SeededRandom, other: Uint8Array) => Buffer

const place = (bytes: Buffer, random: SeededRandom): number => random.integer(Math.max(1, bytes.length))

const writeExtreme: Mutation = (bytes, random) => {
  const width = [1, 2, 4, 8][random.integer(4)] ?? 1
  const value = (extremes[random.integer(extremes.length)] ?? 0n) & ((1n << BigInt(8 * width)) - 1n)
  const at = place(bytes, random)
  const isBigEndian = random.integer(4) === 0
  for (let index = 0; index < width && at + index < bytes.length; index += 1) {
    const shift = isBigEndian ? width - 1 - index : index
    bytes[at + index] = Number((value >> BigInt(8 * shift)) & 0xffn)
  }
  return bytes
}

/** Changes that a fuzzer makes: bits, bytes, numbers at the edge, cuts, repetitions, and pieces of other formats. */
const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const at = place(bytes, random)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8))
    return bytes
  },
  (bytes, random) => {
    bytes[place(bytes, random)] = random.integer(256)
    return bytes
  },
  writeExtreme,
  writeExtreme,
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
  (bytes, random) => {
    const start = place(bytes, random)
    return Buffer.concat([
      bytes.subarray(0, start),
      bytes.subarray(Math.min(bytes.length, start + 1 + random.integer(16))),
    ])
  },
  (bytes, random) => {
    const at = place(bytes, random)
    const inserted = Buffer.from(Array.from({ length: 1 + random.integer(16) }, () => random.integer(256)))
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)])
  },
  (bytes, random) => {
    const start = place(bytes, random)
    const piece = bytes.subarray(start, start + 1 + random.integer(64))
    return Buffer.concat([bytes.subarray(0, start), piece, piece, bytes.subarray(start)])
  },
  (bytes, random, other) => {
    const start = random.integer(Math.max(1, other.length))
    const at = place(bytes, random)
    return Buffer.concat([
      bytes.subarray(0, at),
      other.subarray(start, start + 1 + random.integer(256)),
      bytes.subarray(at),
    ])
  },
]

/** A changed copy of `bytes`: one to four mutations, some of them with pieces of `other`. */
export const mutate = (bytes: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array => {
  let changed: Buffer = Buffer.from(bytes)
  for (let count = 1 + random.integer(4); count > 0; count -= 1) {
    const mutation = mutations[random.integer(mutations.length)]
    if (mutation !== undefined) changed = mutation(changed, random, other)
  }
  return changed
}
