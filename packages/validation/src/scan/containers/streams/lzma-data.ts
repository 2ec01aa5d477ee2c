import type { ByteReader } from './byte-reader.ts'
import { ExcessiveWindow } from './expansion.ts'
import { createRangeDecoder, damagedLzma, probabilities, type RangeDecoder } from './range-decoder.ts'

// LZMA as its specification (Igor Pavlov, LZMA SDK 9.38, lzma-specification.txt) defines it. No library of npm expands a
// bare `.lzma` in bounded memory; joblib and zip method 14 write it.

/** `xz -9` takes 64 MiB. The window is only as large as what came out, so that this bounds what is believable (CWE-789). */
const maximumWindow = 2 ** 27

const pieceLength = 64 * 1024
const stateCount = 12
const endPositionModel = 14
const fullDistances = 128
const alignedBits = 4
const minimumMatch = 2

/** How long a match is: 3 trees, of which the first two are by position. */
const createLengthDecoder = (): ((decoder: RangeDecoder, positionState: number) => number) => {
  const choice = probabilities(2)
  const low = probabilities(16 * 8)
  const middle = probabilities(16 * 8)
  const high = probabilities(256)
  return (decoder, positionState) => {
    if (decoder.bit(choice, 0) === 0) return decoder.tree(low, positionState * 8, 3)
    if (decoder.bit(choice, 1) === 0) return 8 + decoder.tree(middle, positionState * 8, 3)
    return 16 + decoder.tree(high, 0, 8)
  }
}

/** What came out, as far back as matches may reach; it grows with what comes out. */
interface Window {
  put(byte: number): void
  /** Puts what came out before once more. */
  repeat(distance: number, length: number): void
  at(distance: number): number
  readonly length: () => number
  hasPieces(): boolean
  /** The pieces that are full. */
  take(): Uint8Array[]
  rest(): Uint8Array
}

const createWindow = (size: number): Window => {
  let buffer = new Uint8Array(Math.min(size, pieceLength))
  let at = 0
  let total = 0
  let piece = new Uint8Array(pieceLength)
  let filled = 0
  let full: Uint8Array[] = []
  const makeRoom = (): void => {
    if (at < buffer.length) return
    if (buffer.length === size) {
      at = 0
      return
    }
    const larger = new Uint8Array(Math.min(size, buffer.length * 2))
    larger.set(buffer)
    buffer = larger
  }
  const advance = (count: number): void => {
    at += count
    total += count
    filled += count
    if (filled < pieceLength) return
    full.push(piece)
    piece = new Uint8Array(pieceLength)
    filled = 0
  }
  return {
    put(byte) {
      makeRoom()
      buffer[at] = byte
      piece[filled] = byte
      advance(1)
    },
    repeat(distance, length) {
      for (let left = length; left > 0; ) {
        makeRoom()
        const from = distance <= at ? at - distance : at - distance + buffer.length
        const count = Math.min(left, buffer.length - Math.max(at, from), pieceLength - filled)
        if (distance === 1) buffer.fill(buffer[from] ?? 0, at, at + count)
        else if (distance >= count) buffer.copyWithin(at, from, from + count)
        else for (let index = 0; index < count; index += 1) buffer[at + index] = buffer[from + index] ?? 0
        piece.set(buffer.subarray(at, at + count), filled)
        advance(count)
        left -= count
      }
    },
    at: (distance) => buffer[distance <= at ? at - distance : at - distance + buffer.length] ?? 0,
    length: () => total,
    hasPieces: () => full.length > 0,
    take() {
      const pieces = full
      full = []
      return pieces
    },
    rest: () => piece.subarray(0, filled),
  }
}

/** The header of LZMA: what `expandLzmaData` is told by. */
export interface LzmaProperties {
  /** Literal context bits, literal position bits and position bits in one byte. */
  readonly bits: number
  readonly windowLength: number
  /** How many bytes come out; without it a mark ends the stream. */
  readonly size: number | undefined
}

/** Expands LZMA data whose header was read. */
export function* expandLzmaData(bytes: ByteReader, properties: LzmaProperties): Generator<Uint8Array, void> {
  if (properties.bits >= 9 * 5 * 5) throw damagedLzma('properties that are not defined')
  if (properties.windowLength > maximumWindow) {
    throw new ExcessiveWindow(`expected a window of at most ${maximumWindow} bytes, found ${properties.windowLength}`)
  }
  const contextBits = properties.bits % 9
  const literalPositionMask = (1 << (Math.floor(properties.bits / 9) % 5)) - 1
  const positionMask = (1 << Math.floor(properties.bits / 45)) - 1
  const literalPositionBits = Math.floor(properties.bits / 9) % 5

  const decoder = createRangeDecoder(bytes)
  const window = createWindow(Math.max(properties.windowLength, 4096))
  const literals = probabilities(0x300 << (contextBits + literalPositionBits))
  const isMatch = probabilities(stateCount * 16)
  const isRepeat = probabilities(stateCount)
  const isRepeatNotFirst = probabilities(stateCount)
  const isRepeatNotSecond = probabilities(stateCount)
  const isRepeatNotThird = probabilities(stateCount)
  const isRepeatLong = probabilities(stateCount * 16)
  const distanceSlots = probabilities(4 * 64)
  const distanceBits = probabilities(1 + fullDistances - endPositionModel)
  const aligned = probabilities(1 << alignedBits)
  const readMatchLength = createLengthDecoder()
  const readRepeatLength = createLengthDecoder()

  let state = 0
  let distances = [0, 0, 0, 0]

  const readLiteral = (position: number): void => {
    const previous = position === 0 ? 0 : window.at(1)
    const context = ((position & literalPositionMask) << contextBits) + (previous >> (8 - contextBits))
    const from = 0x300 * context
    let symbol = 1
    if (state >= 7) {
      let matched = window.at((distances[0] ?? 0) + 1)
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1
        matched <<= 1
        const found = decoder.bit(literals, from + ((1 + expected) << 8) + symbol)
        symbol = symbol * 2 + found
        if (found !== expected) break
      }
    }
    while (symbol < 0x100) symbol = symbol * 2 + decoder.bit(literals, from + symbol)
    window.put(symbol - 0x100)
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
  }

  const readDistance = (length: number): number => {
    const slot = decoder.tree(distanceSlots, Math.min(length, 3) * 64, 6)
    if (slot < 4) return slot
    const directBits = (slot >> 1) - 1
    const base = (2 | (slot & 1)) * 2 ** directBits
    if (slot < endPositionModel) return base + decoder.reverseTree(distanceBits, base - slot, directBits)
    return base + decoder.direct(directBits - alignedBits) * 16 + decoder.reverseTree(aligned, 0, alignedBits)
  }

  /** Picks one of the last four distances, and says whether a single byte is repeated. */
  const readRepeat = (positionState: number): boolean => {
    if (decoder.bit(isRepeatNotFirst, state) === 0) return decoder.bit(isRepeatLong, state * 16 + positionState) === 0
    const [first = 0, second = 0, third = 0, fourth = 0] = distances
    if (decoder.bit(isRepeatNotSecond, state) === 0) distances = [second, first, third, fourth]
    else if (decoder.bit(isRepeatNotThird, state) === 0) distances = [third, first, second, fourth]
    else distances = [fourth, first, second, third]
    return false
  }

  for (;;) {
    const position = window.length()
    if (properties.size !== undefined && position >= properties.size) break
    const positionState = position & positionMask
    if (decoder.bit(isMatch, state * 16 + positionState) === 0) {
      readLiteral(position)
    } else {
      let length: number
      if (decoder.bit(isRepeat, state) === 1) {
        if (position === 0) throw damagedLzma('a repetition of nothing')
        if (readRepeat(positionState)) {
          state = state < 7 ? 9 : 11
          length = 1
        } else {
          length = minimumMatch + readRepeatLength(decoder, positionState)
          state = state < 7 ? 8 : 11
        }
      } else {
        length = readMatchLength(decoder, positionState)
        const distance = readDistance(length)
        if (distance === 0xffffffff) break
        distances = [distance, ...distances.slice(0, 3)]
        length += minimumMatch
        state = state < 7 ? 7 : 10
      }
      const distance = (distances[0] ?? 0) + 1
      if (distance > position || distance > properties.windowLength) throw damagedLzma('a match before the beginning')
      if (properties.size !== undefined) length = Math.min(length, properties.size - position)
      window.repeat(distance, length)
    }
    if (window.hasPieces()) yield* window.take()
  }
  yield* window.take()
  yield window.rest()
}
