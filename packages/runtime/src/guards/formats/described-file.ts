import type { BoundedBytes } from './bounded-bytes.ts'

/** The formats that are read. */
export const formatNames = ['png', 'jpeg', 'gif', 'webp', 'bmp', 'tiff', 'wav', 'flac', 'mp3', 'ogg', 'text'] as const

/** One of {@link formatNames}. */
export type FormatName = (typeof formatNames)[number]

/** What a file may ask of whoever decodes it. Each limit is checked before a decoder sees the file (CWE-409, CWE-770). */
export interface FormatLimits {
  /** Bytes of the file. */
  readonly bytes: number
  /** Width or height of an image. */
  readonly dimension: number
  /** Pixels of all frames of an image together. */
  readonly pixels: number
  readonly frames: number
  /** Seconds of sound. */
  readonly seconds: number
  /** Channels of sound. */
  readonly channels: number
  /** Parts that a file has: chunks, segments, blocks, pages, directories. */
  readonly parts: number
  /** Bytes of comments, profiles and other data that no pixel or sample is made of; those that are packed, unpacked. */
  readonly metadataBytes: number
}

/** A photograph of 64 megapixels, an hour of sound. */
export const defaultFormatLimits: FormatLimits = {
  bytes: 64 * 1024 ** 2,
  dimension: 16_384,
  pixels: 64 * 1024 ** 2,
  frames: 1_000,
  seconds: 3_600,
  channels: 8,
  parts: 100_000,
  metadataBytes: 1024 ** 2,
}

/** A part of a file that carries data of its own: where, and whether deflate packs it. */
export interface MetadataSpan {
  readonly start: number
  readonly end: number
  readonly isPacked: boolean
}

/** What a file says of itself. */
export interface DescribedFile {
  /** The offset after its last byte. What follows is no part of it. */
  readonly end: number
  readonly image?: { readonly width: number; readonly height: number; readonly frames: number }
  /** `seconds` is undefined where the file does not say. */
  readonly sound?: { readonly seconds: number | undefined; readonly channels: number; readonly sampleRate: number }
  readonly metadata: readonly MetadataSpan[]
}

/** Reads what a file of one format says of itself, in time linear in the file and in no more steps than `parts`. */
export type FormatReader = (file: BoundedBytes, limits: FormatLimits) => DescribedFile
