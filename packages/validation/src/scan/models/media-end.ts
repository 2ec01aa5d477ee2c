import type { ByteSource } from '../source.ts'
import { createByteCursor, StructureError, tooLarge } from '../wire/byte-cursor.ts'
import { endOfFont } from './font.ts'

/** Parts of one image or recording (CWE-770). */
const maximumParts = 2_000_000

const endOfPng = (content: ByteSource): number => {
  const cursor = createByteCursor(content, { start: 8, isLittleEndian: false })
  for (let chunk = 0; chunk < maximumParts; chunk += 1) {
    const length = cursor.u32()
    const type = cursor.text(4)
    cursor.skip(length)
    cursor.skip(4)
    if (type === 'IEND') return cursor.offset
  }
  throw tooLarge(`${maximumParts} parts of an image`)
}

const scanWindow = 4096

/** Where a marker ends the entropy-coded data that begin at `start`: 0xff and neither stuffing nor a restart. */
const nextMarker = (content: ByteSource, start: number): number => {
  for (let offset = start; offset < content.size - 1; ) {
    const window = content.read(offset, scanWindow)
    for (let at = window.indexOf(0xff); at >= 0 && at < window.length - 1; at = window.indexOf(0xff, at + 1)) {
      const code = window[at + 1] ?? 0
      if (code !== 0 && code !== 0xff && !(code >= 0xd0 && code <= 0xd7)) return offset + at
    }
    // One byte again, so that a marker across two windows is seen.
    offset += Math.max(1, window.length - 1)
  }
  throw new StructureError(content.size, 'expected the end of the image')
}

const endOfJpeg = (content: ByteSource): number => {
  const cursor = createByteCursor(content, { start: 2, isLittleEndian: false })
  for (let segment = 0; segment < maximumParts; segment += 1) {
    const at = cursor.offset
    if (cursor.u8() !== 0xff) throw new StructureError(at, 'expected a marker of JPEG, found another byte')
    const marker = cursor.u8()
    if (marker === 0xd9) return cursor.offset
    if (marker === 0xff) cursor.seek(cursor.offset - 1)
    else if (marker !== 0x01 && !(marker >= 0xd0 && marker <= 0xd8)) cursor.skip(Math.max(0, cursor.u16() - 2))
    if (marker === 0xda) cursor.seek(nextMarker(content, cursor.offset))
  }
  throw tooLarge(`${maximumParts} parts of an image`)
}

const endOfGif = (content: ByteSource): number => {
  const cursor = createByteCursor(content, { start: 10 })
  const skipTable = (flags: number): void => {
    if (flags & 0x80) cursor.skip(3 * 2 ** ((flags & 7) + 1))
  }
  const skipBlocks = (): void => {
    for (let length = cursor.u8(); length > 0; length = cursor.u8()) cursor.skip(length)
  }
  const flags = cursor.u8()
  cursor.skip(2)
  skipTable(flags)
  for (let block = 0; block < maximumParts; block += 1) {
    const at = cursor.offset
    const kind = cursor.u8()
    if (kind === 0x3b) return cursor.offset
    if (kind === 0x21) cursor.skip(1)
    else if (kind === 0x2c) {
      cursor.skip(8)
      skipTable(cursor.u8())
      cursor.skip(1)
    } else throw new StructureError(at, 'expected a block of GIF, found another byte')
    skipBlocks()
  }
  throw tooLarge(`${maximumParts} parts of an image`)
}

/** RIFF: its length stands behind its name, and an odd one is padded. */
const endOfRiff = (content: ByteSource): number => {
  const cursor = createByteCursor(content, { start: 4 })
  const length = cursor.u32()
  cursor.skip(length)
  return Math.min(content.size, cursor.offset + (length % 2))
}

const endOfBmp = (content: ByteSource): number => {
  const length = createByteCursor(content, { start: 2 }).u32()
  const cursor = createByteCursor(content)
  // Writers that do not know the length leave it at zero.
  cursor.skip(length === 0 ? content.size : length)
  return cursor.offset
}

/** Boxes of ISO base media files: a length of 1 stands for one of eight bytes, 0 for the rest. */
const endOfBoxes = (content: ByteSource): number => {
  const cursor = createByteCursor(content, { isLittleEndian: false })
  for (let box = 0; cursor.remaining > 0 && box < maximumParts; box += 1) {
    const at = cursor.offset
    const length = cursor.u32()
    if (!/^[\w \u00a9-]{4}$/.test(cursor.text(4))) return at
    if (length === 0) return content.size
    if (length === 1) cursor.skip(cursor.u64() - 16n)
    else cursor.skip(length - 8)
  }
  return cursor.offset
}

const endOfOgg = (content: ByteSource): number => {
  const cursor = createByteCursor(content)
  for (let page = 0; cursor.remaining > 0 && page < maximumParts; page += 1) {
    const at = cursor.offset
    if (cursor.text(4) !== 'OggS') return at
    cursor.skip(22)
    const segments = cursor.bytes(cursor.u8())
    cursor.skip(segments.reduce((sum, length) => sum + length, 0))
  }
  return cursor.offset
}

/** Frames of FLAC and MP3 and the directories of TIFF have no end that can be told without decoding. */
const unknownEnd = (content: ByteSource): number => content.size

/** Where each kind of media ends. Throws {@link StructureError} where it breaks off. */
export const endOfMedia = {
  png: endOfPng,
  jpeg: endOfJpeg,
  gif: endOfGif,
  webp: endOfRiff,
  wav: endOfRiff,
  bmp: endOfBmp,
  mp4: endOfBoxes,
  ogg: endOfOgg,
  flac: unknownEnd,
  mp3: unknownEnd,
  tiff: unknownEnd,
  font: endOfFont,
} as const satisfies Readonly<Record<string, (content: ByteSource) => number>>

/** A kind of media. */
export type MediaKind = keyof typeof endOfMedia
