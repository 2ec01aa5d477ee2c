import { type BoundedBytes, malformed } from './bounded-bytes.ts'
import { createPartCount } from './count-parts.ts'
import type { FormatLimits } from './described-file.ts'

/** A chunk of a RIFF file. */
export interface RiffChunk {
  readonly type: string
  readonly data: number
  readonly length: number
}

/** The offset after a RIFF file, by its header. */
export const endOfRiff = (file: BoundedBytes): number => {
  const length = file.little(4, 4)
  file.need(8, length, 'RIFF')
  return 8 + length + (length % 2 === 1 && 8 + length < file.length ? 1 : 0)
}

/** The chunks between two offsets, each padded to an even length. */
export const readRiffChunks = (file: BoundedBytes, from: number, to: number, limits: FormatLimits): RiffChunk[] => {
  const addPart = createPartCount(limits)
  const chunks: RiffChunk[] = []
  for (let at = from; at + 8 <= to; ) {
    addPart(at)
    const length = file.little(at + 4, 4)
    if (at + 8 + length > to) malformed(at + 4, `a chunk that ends before byte ${to}`, `one of ${length} bytes`)
    chunks.push({ type: file.text(at, 4), data: at + 8, length })
    at += 8 + length + (length % 2)
  }
  return chunks
}
