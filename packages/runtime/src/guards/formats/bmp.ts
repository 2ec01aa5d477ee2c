import { malformed } from './bounded-bytes.ts'
import type { FormatReader } from './described-file.ts'

const fileHeader = 14
const headerLengths: readonly number[] = [12, 40, 52, 56, 108, 124]
const depths: readonly number[] = [1, 4, 8, 16, 24, 32]
const uncompressed: readonly number[] = [0, 3, 6]

/** Reads a BMP: its headers, and that the pixels they declare are there. */
export const readBmp: FormatReader = (file) => {
  const declared = file.little(2, 4)
  const offset = file.little(10, 4)
  const header = file.little(fileHeader, 4)
  if (!headerLengths.includes(header))
    malformed(fileHeader, `a header of ${headerLengths.join(', ')} bytes`, `${header}`)
  const isOld = header === 12
  const width = isOld ? file.little(18, 2) : file.little(18, 4)
  // A negative height is an image from top to bottom.
  const height = isOld ? file.little(20, 2) : Math.abs(file.little(22, 4) | 0)
  const depth = file.little(isOld ? 24 : 28, 2)
  const compression = isOld ? 0 : file.little(30, 4)
  if (!depths.includes(depth)) malformed(28, `${depths.join(', ')} bits a pixel`, `${depth}`)
  const isRunLength = (compression === 1 && depth === 8) || (compression === 2 && depth === 4)
  if (!isRunLength && !uncompressed.includes(compression))
    malformed(30, 'no compression or run lengths', `${compression}`)
  if (offset < fileHeader + header) malformed(10, 'pixels after the headers', `byte ${offset}`)
  const length = isRunLength ? file.little(34, 4) : Math.ceil((width * depth) / 32) * 4 * height
  file.need(offset, length, 'pixels')
  const end = offset + length
  // Some encoders pad the end to four bytes.
  return {
    end: declared > end && declared <= end + 3 ? Math.min(declared, file.length) : end,
    image: { width, height, frames: 1 },
    metadata: [],
  }
}
