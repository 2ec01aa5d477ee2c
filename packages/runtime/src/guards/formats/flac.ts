import { malformed } from './bounded-bytes.ts'
import { createPartCount } from './count-parts.ts'
import type { FormatReader, MetadataSpan } from './described-file.ts'

const streamInfoLength = 34
const padding = 1

/** Reads a FLAC (RFC 9639): its metadata, and that frames follow. Frames have no lengths: where they end is not known. */
export const readFlac: FormatReader = (file, limits) => {
  const addPart = createPartCount(limits)
  const metadata: MetadataSpan[] = []
  if (file.big(4, 1) % 128 !== 0 || file.big(5, 3) !== streamInfoLength)
    malformed(4, 'the stream info', 'another block')
  const sampleRate = (file.big(18, 3) >> 4) & 0xfffff
  const channels = ((file.big(20, 1) >> 1) & 7) + 1
  const samples = (file.big(21, 1) % 16) * 2 ** 32 + file.big(22, 4)
  if (sampleRate === 0) malformed(18, 'a sample rate', '0')
  let at = 4
  for (;;) {
    addPart(at)
    const kind = file.big(at, 1)
    const length = file.big(at + 1, 3)
    const start = at + 4
    file.need(start, length, 'a block')
    at = start + length
    if (start > 8 && kind % 128 !== padding) metadata.push({ start, end: at, isPacked: false })
    if (kind >= 128) break
  }
  if (at < file.length && file.big(at, 2) >> 2 !== 0x3ffe) malformed(at, 'a frame', 'something else')
  // A stream may not know its length: the packed bytes say nothing of it.
  const seconds = samples === 0 ? undefined : samples / sampleRate
  return { end: file.length, sound: { seconds, channels, sampleRate }, metadata }
}
