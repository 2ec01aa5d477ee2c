import { isUtf8 } from 'node:buffer'
import { malformed } from './bounded-bytes.ts'
import type { FormatReader } from './described-file.ts'

const isWide = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

/** Reads a text of UTF-8, or of UTF-16 with a byte order mark: that all of it is well-formed and none of it is NUL. */
export const readTextFile: FormatReader = ({ bytes }) => {
  if (isWide(bytes)) {
    const encoding = bytes[0] === 0xff ? 'utf-16le' : 'utf-16be'
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      malformed(0, `well-formed ${encoding}`, 'half a character')
    }
    return { end: bytes.length, metadata: [] }
  }
  const nul = bytes.indexOf(0)
  if (nul >= 0) malformed(nul, 'text', 'NUL')
  if (!isUtf8(bytes)) malformed(0, 'well-formed UTF-8', 'other bytes')
  return { end: bytes.length, metadata: [] }
}
