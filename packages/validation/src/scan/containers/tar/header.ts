import { hasMagic } from '../../format.ts'
import { bufferOf, decodeName } from '../bytes.ts'

// POSIX.1-2017 pax (ustar), and what GNU tar and Solaris add to it.

/** Everything in a tar stands in blocks of this length. */
export const blockLength = 512

/** Where the magic of ustar stands. */
const magicAt = 257
const checksumAt = 148

/** The header of an entry. */
export interface TarHeader {
  readonly name: string
  readonly type: string
  readonly linkTarget: string
  /** Nothing where the field is no number. */
  readonly size: number | undefined
  readonly isChecksumRight: boolean
  /** Whether the map of a sparse entry goes on in the next block (GNU). */
  readonly goesOn: boolean
}

const text = (block: Buffer, at: number, length: number): string => {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return decodeName(end === -1 ? field : field.subarray(0, end))
}

/** Octal digits, or a binary number where the first bit is set (GNU). */
const number = (block: Buffer, at: number, length: number): number | undefined => {
  const first = block[at] ?? 0
  if ((first & 0x80) !== 0) {
    if (first !== 0x80) return undefined
    let value = 0
    for (const byte of block.subarray(at + 1, at + length)) value = value * 256 + byte
    return value <= Number.MAX_SAFE_INTEGER ? value : undefined
  }
  const digits = block
    .toString('latin1', at, at + length)
    .replace(/[\0 ]+$/, '')
    .trimStart()
  if (digits === '') return 0
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** The sum of all bytes with spaces for the sum itself; old writers took bytes for signed ones. */
const isChecksumRight = (block: Buffer): boolean => {
  let unsigned = 8 * 0x20
  let signed = 8 * 0x20
  for (let at = 0; at < blockLength; at += 1) {
    if (at >= checksumAt && at < checksumAt + 8) continue
    unsigned += block[at] ?? 0
    signed += ((block[at] ?? 0) << 24) >> 24
  }
  const stated = number(block, checksumAt, 8)
  return stated === unsigned || stated === signed
}

/** Whether the magic of ustar stands in a block. */
export const hasUstarMagic = (bytes: Uint8Array): boolean =>
  bytes.length >= blockLength && hasMagic(bytes, 'ustar', magicAt)

/** Reads the header in a block of 512 bytes. */
export const readTarHeader = (bytes: Uint8Array): TarHeader | undefined => {
  if (bytes.length < blockLength) return undefined
  const block = bufferOf(bytes)
  const magic = block.toString('latin1', magicAt, magicAt + 8)
  const prefix = magic === 'ustar\x0000' ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: String.fromCharCode(block[156] ?? 0),
    linkTarget: text(block, 157, 100),
    size: number(block, 124, 12),
    isChecksumRight: isChecksumRight(block),
    goesOn: block[482] === 1,
  }
}

/** Whether a block is the header of a tar: its checksum is right and it names something. */
export const isTarHeader = (bytes: Uint8Array): boolean => {
  // The checksum field of every writer begins with an octal digit or a space: most contents are told apart by that.
  const first = bytes[checksumAt] ?? 0
  if (bytes.length < blockLength || !((first >= 0x30 && first <= 0x37) || first === 0x20)) return false
  const header = readTarHeader(bytes)
  return header?.isChecksumRight === true && header.name !== '' && header.size !== undefined
}
