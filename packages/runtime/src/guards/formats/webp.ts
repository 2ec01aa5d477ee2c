import { type BoundedBytes, malformed } from './bounded-bytes.ts'
import type { FormatReader } from './described-file.ts'
import { endOfRiff, type RiffChunk, readRiffChunks } from './riff.ts'

const metadataTypes: ReadonlySet<string> = new Set(['EXIF', 'XMP ', 'ICCP'])
const frameHeader = 16

const sizeOf = (file: BoundedBytes, { type, data, length }: RiffChunk): [number, number] => {
  if (type === 'VP8X') return [file.little(data + 4, 3) + 1, file.little(data + 7, 3) + 1]
  if (type === 'VP8L') {
    if (length < 5 || file.big(data, 1) !== 0x2f)
      return malformed(data, 'the signature of a lossless image', 'another one')
    const bits = file.little(data + 1, 4)
    return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1]
  }
  if (length < 10 || file.big(data + 3, 3) !== 0x9d012a)
    return malformed(data + 3, 'the start code of a key frame', 'another one')
  return [file.little(data + 6, 2) & 0x3fff, file.little(data + 8, 2) & 0x3fff]
}

const isImage = ({ type }: RiffChunk): boolean => type === 'VP8 ' || type === 'VP8L'

/** Reads a WebP (RFC 9649): its chunks, and that no frame is larger than the canvas. */
export const readWebp: FormatReader = (file, limits) => {
  const end = endOfRiff(file)
  const chunks = readRiffChunks(file, 12, Math.min(end, 8 + file.little(4, 4)), limits)
  const [first] = chunks
  if (first === undefined || !(isImage(first) || first.type === 'VP8X')) return malformed(12, 'an image', 'none')
  const [width, height] = sizeOf(file, first)
  const animated = chunks.filter(({ type }) => type === 'ANMF')
  const stills = [
    ...chunks.filter(isImage),
    ...animated.flatMap(({ data, length }) =>
      readRiffChunks(file, data + frameHeader, data + length, limits).filter(isImage),
    ),
  ]
  for (const still of stills) {
    const [ownWidth, ownHeight] = sizeOf(file, still)
    if (ownWidth > width || ownHeight > height)
      malformed(still.data, `at most ${width} × ${height} pixels`, `${ownWidth} × ${ownHeight}`)
  }
  if (stills.length === 0) malformed(12, 'an image', 'none')
  const metadata = chunks
    .filter(({ type }) => metadataTypes.has(type))
    .map(({ data, length }) => ({ start: data, end: data + length, isPacked: false }))
  return { end, image: { width, height, frames: stills.length }, metadata }
}
