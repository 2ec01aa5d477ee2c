import { type BoundedBytes, malformed } from './bounded-bytes.ts'
import { createPartCount } from './count-parts.ts'
import type { FormatReader, MetadataSpan } from './described-file.ts'

const headerLength = 27
const opusRate = 48_000
// What Ogg says when no packet ends on a page.
const noPosition = 0xffffffff

interface Codec {
  readonly channels: number
  readonly sampleRate: number
}

/** The identification header of Vorbis or Opus, the first packet. */
const readCodec = (file: BoundedBytes, at: number): Codec => {
  if (file.text(at, 7) === '\x01vorbis') return { channels: file.big(at + 11, 1), sampleRate: file.little(at + 12, 4) }
  if (file.text(at, 8) === 'OpusHead') return { channels: file.big(at + 9, 1), sampleRate: opusRate }
  return malformed(at, 'Vorbis or Opus', 'another codec')
}

/** Reads an Ogg (RFC 3533) of Vorbis or Opus: each page. Its length is what the last page says. */
export const readOgg: FormatReader = (file, limits) => {
  const addPart = createPartCount(limits)
  const metadata: MetadataSpan[] = []
  let at = 0
  let samples = 0
  let codec: Codec | undefined
  let serial = 0
  while (at + 4 <= file.length && file.text(at, 4) === 'OggS') {
    addPart(at)
    file.need(at, headerLength, 'a page')
    if (file.big(at + 4, 1) !== 0) malformed(at + 4, 'version 0', `${file.big(at + 4, 1)}`)
    const segments = file.big(at + 26, 1)
    const start = at + headerLength + segments
    file.need(at + headerLength, segments, 'a table of segments')
    let end = start
    for (let segment = 0; segment < segments; segment += 1) end += file.bytes[at + headerLength + segment] as number
    file.need(start, end - start, 'a page')
    if (codec === undefined) {
      codec = readCodec(file, start)
      serial = file.little(at + 14, 4)
    } else if (file.little(at + 14, 4) !== serial) malformed(at + 14, 'one stream', 'another one')
    const [low, high] = [file.little(at + 6, 4), file.little(at + 10, 4)]
    const isPosition = high !== noPosition && high < 2 ** 21
    if (isPosition) samples = Math.max(samples, high * 2 ** 32 + low)
    // Pages before the first sample carry comments and tables.
    if (at > 0 && samples === 0) metadata.push({ start, end, isPacked: false })
    at = end
  }
  if (codec === undefined || codec.channels === 0 || codec.sampleRate === 0)
    return malformed(0, 'a rate and channels', 'none')
  return { end: at, sound: { seconds: samples / codec.sampleRate, ...codec }, metadata }
}
