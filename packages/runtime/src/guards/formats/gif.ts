import { type BoundedBytes, malformed } from './bounded-bytes.ts'
import { createPartCount } from './count-parts.ts'
import type { FormatReader, MetadataSpan } from './described-file.ts'

const headerLength = 13
const trailer = 0x3b
const extension = 0x21
const imageDescriptor = 0x2c
const graphicControl = 0xf9

const tableLength = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))

/** The offset after a chain of sub-blocks. */
const endOfBlocks = (file: BoundedBytes, from: number, addPart: (at: number) => void): number => {
  let at = from
  for (;;) {
    addPart(at)
    const length = file.big(at, 1)
    at += 1 + length
    if (length === 0) return at
  }
}

/** Reads a GIF (87a, 89a): each block and frame up to the trailer. */
export const readGif: FormatReader = (file, limits) => {
  // A sub-block has at most 255 bytes: as many are allowed as a file of the largest size needs, and the parts.
  const addPart = createPartCount({ parts: limits.parts + Math.ceil(limits.bytes / 255) })
  const metadata: MetadataSpan[] = []
  const [width, height] = [file.little(6, 2), file.little(8, 2)]
  let frames = 0
  let at = headerLength + tableLength(file.big(10, 1))
  for (;;) {
    addPart(at)
    const kind = file.big(at, 1)
    if (kind === trailer) break
    if (kind === extension) {
      const label = file.big(at + 1, 1)
      const end = endOfBlocks(file, at + 2, addPart)
      if (label !== graphicControl) metadata.push({ start: at + 2, end, isPacked: false })
      at = end
    } else if (kind === imageDescriptor) {
      frames += 1
      const right = file.little(at + 1, 2) + file.little(at + 5, 2)
      const bottom = file.little(at + 3, 2) + file.little(at + 7, 2)
      if (right > width || bottom > height)
        malformed(at + 1, `a frame inside ${width} × ${height}`, `one to ${right} × ${bottom}`)
      at = endOfBlocks(file, at + 10 + tableLength(file.big(at + 9, 1)) + 1, addPart)
    } else malformed(at, 'a block of GIF', `0x${kind.toString(16)}`)
  }
  if (frames === 0) malformed(at, 'a frame', 'none')
  return { end: at + 1, image: { width, height, frames }, metadata }
}
