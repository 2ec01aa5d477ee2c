import { recogniseProgram } from '../embedded/program-header.ts'
import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { StructureError } from '../wire/byte-cursor.ts'
import { isFont } from './font.ts'
import { endOfMedia, type MediaKind } from './media-end.ts'
import { modelsRules } from './rules.ts'

/** Cameras append small records; what is larger than any of them is a file of its own. */
const tolerableTrailer = 2 ** 16

/** Openings of what is no part of a picture: archives, pickles, scripts. Pickles open with PROTO and a version. */
const foreignOpenings: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x52, 0x61, 0x72, 0x21],
  [0x37, 0x7a, 0xbc, 0xaf],
  [0x1f, 0x8b, 0x08],
  [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59],
  ...[2, 3, 4, 5].map((protocol) => [0x80, protocol]),
  [0x3c, 0x3f, 0x70, 0x68, 0x70],
  [0x3c, 0x73, 0x63, 0x72],
]

const isForeign = (bytes: Uint8Array): boolean =>
  recogniseProgram(bytes) !== undefined || foreignOpenings.some((opening) => hasMagic(bytes, opening))

const isPadding = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => byte === 0 || byte === 0x0a || byte === 0x0d || byte === 0x20)

const inspectMedia = async (kind: MediaKind, content: ByteSource, inspection: Inspection): Promise<void> => {
  let end: number
  try {
    end = endOfMedia[kind](content)
  } catch (error) {
    if (!(error instanceof StructureError)) throw error
    // No viewer does harm with a picture that breaks off, and downloads do break off.
    return inspection.report({ rule: modelsRules['media-truncated'], message: error.message, offset: error.offset })
  }
  const trailer = partOf(content, end, content.size)
  const opening = trailer.read(0, 4096)
  if (trailer.size === 0 || (trailer.size <= opening.length && isPadding(opening))) return
  const isHidden = isForeign(opening)
  // A second picture of the same kind is a preview or a depth map, which cameras append.
  const isPreview = kind === 'jpeg' && hasMagic(opening, [0xff, 0xd8, 0xff])
  const isLarge = trailer.size > tolerableTrailer && !isPreview
  inspection.report({
    rule: modelsRules['media-trailing-data'],
    severity: isHidden || isLarge ? undefined : 'low',
    message: `expected the end, found ${trailer.size} bytes more`,
    offset: end,
  })
  await inspection.enter({
    name: 'trailing data',
    content: trailer,
    ...(isHidden || isLarge ? {} : { expected: 'weights' }),
  })
}

const isRiff = (head: Uint8Array, kind: string): boolean => hasMagic(head, 'RIFF') && hasMagic(head, kind, 8)

/** BMP has two letters for a magic: the size of its header and one plane tell it from a text. */
const isBmp = (head: Uint8Array): boolean =>
  hasMagic(head, 'BM') && [12, 40, 52, 56, 64, 108, 124].includes(head[14] ?? 0) && hasMagic(head, [0, 0, 0], 15)

const media: readonly { kind: MediaKind; title: string; isOne: (head: Uint8Array) => boolean }[] = [
  {
    kind: 'png',
    title: 'PNG image',
    isOne: (head) => hasMagic(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  },
  { kind: 'jpeg', title: 'JPEG image', isOne: (head) => hasMagic(head, [0xff, 0xd8, 0xff]) },
  { kind: 'gif', title: 'GIF image', isOne: (head) => hasMagic(head, 'GIF87a') || hasMagic(head, 'GIF89a') },
  { kind: 'webp', title: 'WebP image', isOne: (head) => isRiff(head, 'WEBP') },
  { kind: 'wav', title: 'WAVE audio', isOne: (head) => isRiff(head, 'WAVE') },
  { kind: 'bmp', title: 'BMP image', isOne: isBmp },
  {
    kind: 'tiff',
    title: 'TIFF image',
    isOne: (head) => hasMagic(head, [0x49, 0x49, 0x2a, 0]) || hasMagic(head, [0x4d, 0x4d, 0, 0x2a]),
  },
  { kind: 'mp4', title: 'MP4 media', isOne: (head) => hasMagic(head, 'ftyp', 4) && head[0] === 0 },
  { kind: 'ogg', title: 'Ogg media', isOne: (head) => hasMagic(head, 'OggS\0') },
  { kind: 'flac', title: 'FLAC audio', isOne: (head) => hasMagic(head, 'fLaC') && (head[4] ?? 0) % 128 === 0 },
  { kind: 'mp3', title: 'MP3 audio', isOne: (head) => hasMagic(head, 'ID3') && (head[3] ?? 0) < 5 },
  { kind: 'font', title: 'TrueType or OpenType font', isOne: isFont },
]

/** Pictures, recordings and fonts beside a model. */
export const mediaFormats: readonly Format[] = media.map(({ kind, title, isOne }) => ({
  name: kind,
  title,
  recognise: ({ head }: Sample): Recognition => (isOne(head) ? 'certain' : undefined),
  inspect: (content, inspection) => inspectMedia(kind, content, inspection),
}))
