import { type Finding, isNootropicError } from '@nootropic/core'
import { readBmp } from './bmp.ts'
import { createBoundedBytes } from './bounded-bytes.ts'
import {
  type DescribedFile,
  defaultFormatLimits,
  type FormatLimits,
  type FormatName,
  type FormatReader,
} from './described-file.ts'
import { detectFormat } from './detect-format.ts'
import { readFlac } from './flac.ts'
import { findForeignContent } from './foreign-content.ts'
import { readGif } from './gif.ts'
import { readJpeg } from './jpeg.ts'
import { unpackMetadata } from './metadata.ts'
import { readMp3 } from './mp3.ts'
import { readOgg } from './ogg.ts'
import { readPng } from './png.ts'
import { readTextFile } from './text-file.ts'
import { readTiff } from './tiff.ts'
import { readWav } from './wav.ts'
import { readWebp } from './webp.ts'

/** Which files are let through. */
export interface FormatOptions {
  /** The formats that the model's decoder knows. */
  readonly accept: readonly FormatName[]
  /** Limits that differ from {@link defaultFormatLimits}. */
  readonly limits?: Partial<FormatLimits>
}

const readers: Readonly<Record<FormatName, FormatReader>> = {
  png: readPng,
  jpeg: readJpeg,
  gif: readGif,
  webp: readWebp,
  bmp: readBmp,
  tiff: readTiff,
  wav: readWav,
  flac: readFlac,
  mp3: readMp3,
  ogg: readOgg,
  text: readTextFile,
}

type Problem = readonly [rule: string, message: string, tags: readonly string[]]

const overLimit = (what: string, limit: number, found: number): Problem[] =>
  found <= limit ? [] : [['too-large', `expected at most ${limit} ${what}, found ${found}`, ['CWE-409', 'CWE-770']]]

const checkSize = ({ image, sound }: DescribedFile, limits: FormatLimits): Problem[] => {
  const ofImage =
    image === undefined
      ? []
      : [
          ...(image.width > 0 && image.height > 0
            ? []
            : [['malformed', 'expected a width and height, found none', ['CWE-20']] as const]),
          ...overLimit('pixels of width or height', limits.dimension, Math.max(image.width, image.height)),
          ...overLimit('frames', limits.frames, image.frames),
          ...overLimit('pixels in all frames', limits.pixels, image.width * image.height * image.frames),
        ]
  const ofSound =
    sound === undefined
      ? []
      : [
          ...overLimit('seconds', limits.seconds, Math.round(sound.seconds ?? 0)),
          ...overLimit('channels', limits.channels, sound.channels),
        ]
  return [...ofImage, ...ofSound]
}

const checkContent = (bytes: Uint8Array, described: DescribedFile, limits: FormatLimits): Problem[] => {
  const trailing = bytes.length - described.end
  const unpacked = unpackMetadata(bytes, described.metadata, limits.metadataBytes)
  const behind = bytes.subarray(described.end, described.end + limits.metadataBytes)
  const foreign = [...unpacked.parts, behind].flatMap(findForeignContent)
  return [
    ...(trailing > 0
      ? [
          [
            'trailing-data',
            `expected the file to end at byte ${described.end}, found ${trailing} more`,
            ['CWE-20'],
          ] as const,
        ]
      : []),
    ...(unpacked.isComplete ? [] : overLimit('bytes of metadata', limits.metadataBytes, limits.metadataBytes + 1)),
    ...[...new Set(foreign)].map(
      (what): Problem => [
        'foreign-content',
        `expected comments and profiles alone beside the content, found ${what}`,
        ['CWE-434', 'CWE-646'],
      ],
    ),
  ]
}

const problemsOf = (bytes: Uint8Array, accept: readonly FormatName[], limits: FormatLimits): Problem[] => {
  const tooLarge = overLimit('bytes', limits.bytes, bytes.length)
  if (tooLarge.length > 0) return tooLarge
  const format = detectFormat(bytes) ?? 'text'
  if (!accept.includes(format))
    return [
      [
        'not-accepted',
        `expected one of ${accept.join(', ')}, found ${format === 'text' ? 'none of the formats that are known by their first bytes' : format}`,
        ['CWE-434'],
      ],
    ]
  try {
    const described = readers[format](createBoundedBytes(bytes), limits)
    return [...checkSize(described, limits), ...checkContent(bytes, described, limits)]
  } catch (error) {
    if (!isNootropicError(error, 'INPUT_INVALID')) throw error
    return [['malformed', `as ${format}: ${error.message}`, ['CWE-20']]]
  }
}

/**
 * What is wrong with a file before a decoder sees it: a format that is not accepted, a structure that is not its format's,
 * more pixels, frames, seconds or metadata than allowed, bytes behind its end, programs or documents in its metadata.
 * Structure alone is read: no pixel is decoded, and a file that passes may still be one that its decoder fails on.
 *
 * @param path what the file is called in the findings.
 * @example
 * ```ts
 * checkFormat(upload, 'photo', { accept: ['png', 'jpeg'], limits: { pixels: 4e6 } })
 * ```
 */
export const checkFormat = (bytes: Uint8Array, path: string, { accept, limits = {} }: FormatOptions): Finding[] =>
  problemsOf(bytes, accept, { ...defaultFormatLimits, ...limits }).map(([rule, message, tags]) => ({
    rule: `format/${rule}`,
    severity: 'high',
    title: 'The file is not one that a decoder should be given',
    message,
    location: { path },
    remediation: 'Send a file of an accepted format and size, as an encoder writes it, without data behind its end.',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html'],
    tags: [...tags],
  }))
