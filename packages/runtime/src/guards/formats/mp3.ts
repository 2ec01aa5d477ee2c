import { type BoundedBytes, malformed } from './bounded-bytes.ts'
import { createPartCount } from './count-parts.ts'
import type { FormatReader, MetadataSpan } from './described-file.ts'

// Kilobits a second of layers II and III of MPEG-1, then of MPEG-2.
const rates = {
  second: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  third: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  low: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const
const layers = { second: 2, third: 1 } as const
const sampleRates = [44_100, 48_000, 32_000]

interface Frame {
  readonly length: number
  readonly samples: number
  readonly sampleRate: number
  readonly channels: number
}

/** The header of a frame (ISO/IEC 11172-3, 13818-3); undefined where there is none. */
const readFrame = (file: BoundedBytes, at: number): Frame | undefined => {
  if (at + 4 > file.length) return undefined
  const header = file.big(at, 4)
  if (header >>> 21 !== 0x7ff) return undefined
  const version = (header >>> 19) & 3
  const layer = (header >>> 17) & 3
  const base = sampleRates[(header >>> 10) & 3]
  if (version === 1 || base === undefined || (layer !== layers.second && layer !== layers.third)) return undefined
  const isFirst = version === 3
  const kind = layer === layers.second ? 'second' : 'third'
  const rate = rates[isFirst ? kind : 'low'][(header >>> 12) & 15]
  // A free bit rate (0) has no length in the header: no common encoder writes it.
  if (!rate) return undefined
  const sampleRate = isFirst ? base : version === 2 ? base / 2 : base / 4
  const samples = kind === 'third' && !isFirst ? 576 : 1152
  const length = Math.floor((samples * 125 * rate) / sampleRate) + ((header >>> 9) & 1)
  return { length, samples, sampleRate, channels: ((header >>> 6) & 3) === 3 ? 1 : 2 }
}

/** The length of an ID3v2 tag at the start, 0 without one. */
const tagLength = (file: BoundedBytes): number => {
  if (file.text(0, 3) !== 'ID3') return 0
  const size = [6, 7, 8, 9].reduce((sum, at) => {
    const byte = file.big(at, 1)
    return byte > 127 ? malformed(at, 'a length in bytes below 128', `${byte}`) : sum * 128 + byte
  }, 0)
  const length = 10 + size + ((file.big(5, 1) & 16) === 0 ? 0 : 10)
  file.need(0, length, 'a tag')
  return length
}

const oldTag = 128

/** Reads an MP3: tags, and each frame by its header. */
export const readMp3: FormatReader = (file, limits) => {
  // A frame holds 24 ms or so: as many are allowed as the longest sound needs, and the parts.
  const addPart = createPartCount({ parts: limits.parts + limits.seconds * 200 })
  const metadata: MetadataSpan[] = []
  let at = tagLength(file)
  if (at > 0) metadata.push({ start: 10, end: at, isPacked: false })
  const first = readFrame(file, at)
  if (first === undefined) return malformed(at, 'a frame of MPEG audio', 'none')
  let seconds = 0
  for (let frame: Frame | undefined = first; frame !== undefined; frame = readFrame(file, at)) {
    addPart(at)
    file.need(at, frame.length, 'a frame')
    seconds += frame.samples / frame.sampleRate
    at += frame.length
  }
  if (at + oldTag <= file.length && file.text(at, 3) === 'TAG') {
    metadata.push({ start: at, end: at + oldTag, isPacked: false })
    at += oldTag
  }
  return { end: at, sound: { seconds, channels: first.channels, sampleRate: first.sampleRate }, metadata }
}
