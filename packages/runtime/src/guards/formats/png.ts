import { crc32 } from 'node:zlib'
import { malformed } from './bounded-bytes.ts'
import { createPartCount } from './count-parts.ts'
import type { FormatReader, MetadataSpan } from './described-file.ts'

const firstChunk = 8
const packedKeywordEnd = 80
const metadataTypes: ReadonlySet<string> = new Set(['tEXt', 'zTXt', 'iTXt', 'iCCP', 'eXIf'])
const knownCritical: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND'])
const depths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
// Deflate cannot pack tighter than this: 258 bytes in two bits, and a little.
const tightest = 1032

/** Reads a PNG (ISO/IEC 15948, with the third edition's animation): each chunk, its checksum and its place. */
export const readPng: FormatReader = (file, limits) => {
  const addPart = createPartCount(limits)
  const metadata: MetadataSpan[] = []
  let at = firstChunk
  let [width, height, depth, colour, frames, packed] = [0, 0, 0, 0, 1, 0]
  for (;;) {
    addPart(at)
    const length = file.big(at, 4)
    const type = file.text(at + 4, 4)
    const data = at + 8
    file.need(data, length + 4, `chunk ${type}`)
    if (crc32(file.bytes.subarray(at + 4, data + length)) !== file.big(data + length, 4))
      malformed(data + length, `the checksum of chunk ${type}`, 'another one')
    if (at === firstChunk) {
      if (type !== 'IHDR' || length !== 13)
        malformed(at, 'the chunk IHDR', `${JSON.stringify(type)} of ${length} bytes`)
      width = file.big(data, 4)
      height = file.big(data + 4, 4)
      depth = file.big(data + 8, 1)
      colour = file.big(data + 9, 1)
      if (!depths[colour]?.includes(depth))
        malformed(data + 8, 'a bit depth that its colour type has', `${depth} and ${colour}`)
    } else if (type === 'IHDR') malformed(at, 'one chunk IHDR', 'another one')
    else if (type === 'IDAT') packed += length
    else if (type === 'acTL') frames = file.big(data, 4)
    else if (/^[A-Z]/.test(type) && !knownCritical.has(type))
      malformed(at, 'a chunk that PNG has', JSON.stringify(type))
    else if (metadataTypes.has(type))
      metadata.push(...metadataOf(file.text(data, Math.min(length, packedKeywordEnd)), type, data, length))
    at = data + length + 4
    if (type === 'IEND') break
  }
  const unpacked = height * (1 + Math.ceil((width * depth * (channelsOf[colour] ?? 1)) / 8))
  if (unpacked > packed * tightest)
    malformed(firstChunk, `data for ${width} × ${height} pixels`, `${packed} bytes, too few to hold them`)
  return { end: at, image: { width, height, frames }, metadata }
}

/** The span of a chunk's text or profile, after its keyword. */
const metadataOf = (start: string, type: string, data: number, length: number): MetadataSpan[] => {
  const end = data + length
  const keyword = start.indexOf('\0')
  if (type === 'zTXt' || type === 'iCCP') return keyword < 0 ? [] : [{ start: data + keyword + 2, end, isPacked: true }]
  if (type !== 'iTXt' || start[keyword + 1] !== '\x01') return [{ start: data, end, isPacked: false }]
  const language = start.indexOf('\0', keyword + 3)
  const translated = start.indexOf('\0', language + 1)
  return translated < 0
    ? [{ start: data, end, isPacked: false }]
    : [{ start: data + translated + 1, end, isPacked: true }]
}
