import { type BoundedBytes, malformed } from './bounded-bytes.ts'
import { createPartCount } from './count-parts.ts'
import type { FormatReader, MetadataSpan } from './described-file.ts'

// Each scan of a progressive file makes a decoder go over the whole image: encoders make ten.
const mostScans = 64

const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const isMetadata = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe

/** The offset of the marker that ends the coded data of a scan: 0xFF before 0 is data, before D0 to D7 a restart. */
const endOfScan = ({ bytes }: BoundedBytes, from: number): number => {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] as number
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  return malformed(bytes.length, 'the end of the image', 'the end of the file')
}

/** Reads a JPEG (ITU-T T.81): each segment up to the end of the image. */
export const readJpeg: FormatReader = (file, limits) => {
  const addPart = createPartCount(limits)
  const metadata: MetadataSpan[] = []
  let [width, height, scans] = [0, 0, 0]
  let at = 2
  for (;;) {
    addPart(at)
    if (file.big(at, 1) !== 0xff) malformed(at, 'a marker', `0x${file.big(at, 1).toString(16)}`)
    const marker = file.big(at + 1, 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === 0xd9) break
    const length = file.big(at + 2, 2)
    if (length < 2) malformed(at + 2, 'a length of 2 or more', `${length}`)
    file.need(at + 2, length, 'a segment')
    const end = at + 2 + length
    if (isFrame(marker)) {
      if (width !== 0) malformed(at, 'one frame', 'another one')
      height = file.big(at + 5, 2)
      width = file.big(at + 7, 2)
      if (width === 0 || height === 0) malformed(at + 5, 'a width and height', `${width} × ${height}`)
    } else if (isMetadata(marker)) metadata.push({ start: at + 4, end, isPacked: false })
    at = end
    if (marker !== 0xda) continue
    scans += 1
    if (width === 0 || scans > mostScans) malformed(at, `1 frame and at most ${mostScans} scans`, `${scans} scans`)
    at = endOfScan(file, at)
  }
  if (scans === 0) malformed(at, 'a scan', 'none')
  return { end: at + 2, image: { width, height, frames: 1 }, metadata }
}
