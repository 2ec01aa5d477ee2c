import type { KeyObject } from 'node:crypto'
import { isEqualConstantTime } from '../bytes.ts'
import { NootropicError } from '../errors.ts'
import { type CryptoEngine, gcmTagLength } from './engine/engine.ts'
import { hkdfExpand } from './hkdf.ts'

// FLOE (c2sp.org/FLOE, IACR ePrint 2025/2275) with AEAD 0 = AES-256-GCM and KDF 0 = HKDF-Expand-SHA-384.
const keyLength = 32
export const headerIvLength = 32
export const gcmIvLength = 12
const messageKeyLength = 48
const headerTagLength = 32
const parametersLength = 10

/** Parameters and IV: what every key of a content is derived from besides its associated data. */
const contextLength = parametersLength + headerIvLength
export const headerLength = contextLength + headerTagLength

/** Bytes of a segment before its ciphertext: its length and its IV. */
export const prefixLength = 4 + gcmIvLength
export const segmentOverhead = prefixLength + gcmTagLength
/** What stands in the place of the length in every segment but the last, which are all full. */
export const nonFinalMark = 0xffffffff

/** A reader holds one segment in memory, whatever the header says (CWE-770). */
export const maximumSegmentLength = 64 * 1024 * 1024
// 2^20 keys of 2^20 segments.
const maximumSegments = 2 ** 40
// After 2^20 segments the key changes. Known answers exist for another number; nothing else may use it.
const standardRotationBits = 20

/** What a reader throws; a wrong key or name cannot be told from changed bytes. */
export const corrupt = (found: string): NootropicError => {
  const expected = 'expected content sealed under this key and this associated data'
  return new NootropicError('SEALED_FILE_CORRUPT', `${expected}, found ${found}; restore it from a backup`)
}

const unsigned64 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

/** What binds a content besides its key, and what computes with it. */
export interface FloeBinding {
  readonly associatedData: Uint8Array
  readonly engine: CryptoEngine
}

const derive = (
  key: KeyObject | Buffer,
  context: Uint8Array,
  purpose: Uint8Array | string,
  { associatedData, engine }: FloeBinding,
  length: number,
): Buffer => hkdfExpand('sha384', key, Buffer.concat([context, Buffer.from(purpose), associatedData]), length, engine)

const encodeParameters = (segmentLength: number): Buffer => {
  const bytes = Buffer.alloc(parametersLength) // the first two bytes stay 0: the AEAD and the KDF
  bytes.writeUInt32BE(segmentLength, 2)
  bytes.writeUInt32BE(headerIvLength, 6)
  return bytes
}

export const verifyKey = (key: KeyObject): void => {
  if (key.type === 'secret' && key.symmetricKeySize === keyLength) return
  const found = `a ${key.type} key of ${key.symmetricKeySize ?? 'unknown'} bytes`
  throw new NootropicError('USAGE', `expected a secret key of ${keyLength} bytes to seal or open with, got ${found}`)
}

export const encodeHeader = (key: KeyObject, segmentLength: number, iv: Buffer, binding: FloeBinding): Buffer => {
  const context = Buffer.concat([encodeParameters(segmentLength), iv])
  return Buffer.concat([context, derive(key, context, 'HEADER_TAG:', binding, headerTagLength)])
}

/**
 * The segment length that a genuine header states.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT`; `LIMIT_EXCEEDED` for a genuine header with too long segments.
 */
export const verifyHeader = (key: KeyObject, header: Buffer, binding: FloeBinding): number => {
  if (header.length !== headerLength) throw corrupt(`${header.length} bytes in place of a header of ${headerLength}`)
  const segmentLength = header.readUInt32BE(2)
  const expected = encodeHeader(key, segmentLength, header.subarray(parametersLength, contextLength), binding)
  if (!isEqualConstantTime(expected, header) || segmentLength <= segmentOverhead) throw corrupt('another header')
  if (segmentLength > maximumSegmentLength) {
    const limit = `segments of at most ${maximumSegmentLength} bytes (maximumSegmentLength)`
    throw new NootropicError('LIMIT_EXCEEDED', `expected ${limit}, found ${segmentLength}; seal it with shorter ones`)
  }
  return segmentLength
}

/** The keys of a content's segments. */
export interface SegmentKeys {
  of(index: number): Buffer
  /** Overwrites the keys; copies that the runtime made are beyond reach. */
  wipe(): void
}

export const createSegmentKeys = (
  key: KeyObject,
  header: Buffer,
  binding: FloeBinding,
  rotationBits = standardRotationBits,
): SegmentKeys => {
  const context = header.subarray(0, contextLength)
  const messageKey = derive(key, context, 'MESSAGE_KEY:', binding, messageKeyLength)
  let current: { first: number; key: Buffer } = { first: -1, key: Buffer.alloc(0) }
  return {
    of(index) {
      if (index >= maximumSegments) {
        throw new NootropicError('LIMIT_EXCEEDED', 'expected fewer than 2^40 segments; seal with longer segments')
      }
      const first = index - (index % 2 ** rotationBits)
      if (first !== current.first) {
        current.key.fill(0)
        const purpose = Buffer.concat([Buffer.from('DEK:'), unsigned64(first)])
        current = { first, key: derive(messageKey, context, purpose, binding, keyLength) }
      }
      return current.key
    },
    wipe() {
      messageKey.fill(0)
      current.key.fill(0)
    },
  }
}

/** What each segment binds: its place, and whether it is the last. So none can be moved, dropped or added. */
export const segmentData = (index: number, isFinal: boolean): Buffer =>
  Buffer.concat([unsigned64(index), Uint8Array.of(isFinal ? 1 : 0)])
