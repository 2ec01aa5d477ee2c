import { range } from '../rows.ts'

/** Weights that are judged together: a payload may fill part of a tensor only. */
const windowLength = 2 ** 15

/** Fewer weights have no statistics. */
export const leastWeights = 4096

/** Streams deviate so many standard deviations from chance, and by so large an effect, before anything is said. */
const outlier = 20
const leastEffect = 0.5

/** A share of ones in the lowest bit below which weights were rounded, and how near one half it is where they were not. */
const roundedShare = 0.02
const evenMargin = 0.02

/** Weights that repeat more often than this were quantised: their low bits repeat with them. */
const leastDistinct = 0.5

/** How the low bits of a stretch of weights look beside chance. */
export interface LowBits {
  /** The bits of each weight that were read. */
  readonly bits: number
  readonly from: number
  readonly count: number
  /** Standard deviations from independent bits. */
  readonly deviations: number
  /** Chi-square for each byte: 0 for chance, 1 and more for text or programs. */
  readonly effect: number
}

/** The bytes that the lowest `bits` of the words spell, the first word's bits lowest. */
const bytesOf = (words: Uint32Array, bits: number): Uint8Array => {
  const perByte = 8 / bits
  const mask = (1 << bits) - 1
  return Uint8Array.from({ length: Math.floor(words.length / perByte) }, (_, index) => {
    let byte = 0
    for (let part = 0; part < perByte; part += 1) byte |= ((words[index * perByte + part] ?? 0) & mask) << (part * bits)
    return byte
  })
}

/** Chi-square of bytes against bits that are independent, each with the share of ones that it has. */
const judgeBytes = (bytes: Uint8Array, bits: number): { readonly deviations: number; readonly effect: number } => {
  const counts = new Float64Array(256)
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1
  // One share for each bit of a weight, not of a byte: where bits of a byte differ by their place, something has a rhythm.
  const ones = range(bits).map((bit) => {
    let sum = 0
    for (let place = bit; place < 8; place += bits) {
      counts.forEach((count, byte) => {
        sum += ((byte >> place) & 1) * count
      })
    }
    return sum / (bytes.length * (8 / bits))
  })
  let chiSquare = 0
  let degrees = -1
  counts.forEach((count, byte) => {
    const share = range(8).reduce((product, place) => {
      const one = ones[place % bits] ?? 0.5
      return product * ((byte >> place) & 1 ? one : 1 - one)
    }, 1)
    const expected = share * bytes.length
    if (expected === 0) return
    chiSquare += (count - expected) ** 2 / expected
    degrees += 1
  })
  if (degrees < 1) return { deviations: 0, effect: 0 }
  return { deviations: (chiSquare - degrees) / Math.sqrt(2 * degrees), effect: (chiSquare - degrees) / bytes.length }
}

const shareOfOnes = (words: Uint32Array): number => words.reduce((sum, word) => sum + (word & 1), 0) / words.length

/** Streams to read: one bit of every weight always, more only where every weight has all its bits. */
const streamsOf = (words: Uint32Array): { readonly bits: number; readonly words: Uint32Array }[] => {
  const share = shareOfOnes(words)
  const streams = [{ bits: 1, words }]
  if (Math.abs(share - 0.5) <= evenMargin) streams.push({ bits: 2, words }, { bits: 4, words })
  // Odd words have all their bits, even in weights that were drawn as multiples of a power of two.
  const odd = words.filter((word) => (word & 1) === 1)
  if (odd.length >= leastWeights) streams.push({ bits: 8, words: odd })
  return streams
}

/**
 * The stretch of weights whose low bits are furthest from chance, where they are so far that something was written into
 * them. Bits of trained weights are independent and even; text, programs and tables are neither. What is compressed or
 * encrypted looks like trained bits and is not seen.
 *
 * @param words the weights as their 32 bits, zeros left out.
 */
export const findStructuredBits = (words: Uint32Array): LowBits | undefined => {
  if (words.length < leastWeights || new Set(words).size < leastDistinct * words.length) return undefined
  let worst: LowBits | undefined
  for (let from = 0; from === 0 || from + leastWeights <= words.length; from += windowLength) {
    const part = words.subarray(from, from + windowLength)
    if (shareOfOnes(part) < roundedShare) continue
    for (const { bits, words: stream } of streamsOf(part)) {
      const found = judgeBytes(bytesOf(stream, bits), bits)
      if (found.deviations > (worst?.deviations ?? 0)) worst = { bits, from, count: part.length, ...found }
    }
  }
  return worst !== undefined && worst.deviations > outlier && worst.effect > leastEffect ? worst : undefined
}

/** Weights of a stretch that is compared with its neighbours. */
const stretchLength = 1024

/** In most stretches of a rounded tensor hardly a weight has low bits, in one that was written to most have. */
const roundedStretch = 0.02
const writtenStretch = 0.5

/** A stretch of a rounded tensor that has low bits. */
export interface ChangedBits {
  readonly from: number
  readonly count: number
  /** The share of its weights that have low bits, and that of the median stretch. */
  readonly share: number
  readonly usual: number
}

/** Where in a rounded tensor low bits begin to be used; nothing where they are used all over or nowhere. */
export const findChangedBits = (words: Uint32Array): ChangedBits | undefined => {
  if (words.length < 4 * stretchLength) return undefined
  const shares = range(Math.floor(words.length / stretchLength)).map((stretch) => {
    const part = words.subarray(stretch * stretchLength, (stretch + 1) * stretchLength)
    return part.reduce((sum, word) => sum + ((word & 0xff) === 0 ? 0 : 1), 0) / stretchLength
  })
  const usual = shares.toSorted((left, right) => left - right)[Math.floor(shares.length / 2)] ?? 1
  const written = range(shares.length).filter((stretch) => (shares[stretch] ?? 0) > writtenStretch)
  const [first] = written
  if (usual > roundedStretch || first === undefined) return undefined
  return { from: first * stretchLength, count: written.length * stretchLength, share: shares[first] ?? 0, usual }
}
