import { isUtf8 } from 'node:buffer'
import type { Inspection } from './inspection.ts'
import type { ByteSource } from './source.ts'

/** How many bytes from the start a format is told by. A tar's magic ends at 263; more makes text more certain. */
export const headLength = 4096

/** What a format is told by: content alone. The name of a file plays no part. */
export interface Sample {
  readonly size: number
  /** The first {@link headLength} bytes, or all of a shorter content. */
  readonly head: Uint8Array
  /** The head as UTF-8 text without control characters, or nothing when it is not such a text. */
  readonly text: string | undefined
  readonly content: ByteSource
}

/**
 * - `certain`: a loader of this format would take the content (a magic that was checked, a pickle that acts).
 * - `likely`: it looks like the format, and nothing surer claims it.
 */
export type Recognition = 'certain' | 'likely' | undefined

/** A format that the scanner reads. */
export interface Format {
  /** Stable name, as it stands in `report.subject.format`. */
  readonly name: string
  /** What it is, for a reader. */
  readonly title: string
  /** Formats that its reader reads the same bytes as: they make no polyglot of it. */
  readonly includes?: readonly string[]
  /** Formats that its own writers append to it: they are read as well, and make no polyglot of it. */
  readonly carries?: readonly string[]
  /** Whether the content is of this format. Every format that is certain is read: a polyglot is all that it can be. */
  recognise(sample: Sample): Recognition
  /** Reads the content and reports what it finds. It throws only `LIMIT_EXCEEDED`; whatever else it throws is a defect. */
  inspect(content: ByteSource, inspection: Inspection): void | Promise<void>
}

/** Whether `bytes` hold `magic` (a string stands for its Latin-1 bytes) at a place. */
export const hasMagic = (bytes: Uint8Array, magic: string | readonly number[], at = 0): boolean => {
  if (bytes.length < at + magic.length) return false
  for (let index = 0; index < magic.length; index += 1) {
    const expected = typeof magic === 'string' ? magic.charCodeAt(index) : magic[index]
    if (bytes[at + index] !== expected) return false
  }
  return true
}

/** A character has at most four bytes; the last one of a head may be cut. */
const withoutCutCharacter = (bytes: Uint8Array): Uint8Array => {
  for (let back = 1; back < 4; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back)
  }
  return bytes
}

const decodeText = (bytes: Uint8Array, isCut: boolean): string | undefined => {
  // Most binary files show it in their first bytes; decoding 4 KiB of each would take most of a small file's time.
  for (let index = 0; index < Math.min(bytes.length, 16); index += 1) {
    const byte = bytes[index] ?? 0
    if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d)) return undefined
  }
  const whole = isCut ? withoutCutCharacter(bytes) : bytes
  if (!isUtf8(whole)) return undefined
  const text = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('utf8')
  return /[^\P{Cc}\t\n\f\r\v]/u.test(text) ? undefined : text.replace(/^\uFEFF/, '')
}

/** The sample of a content. */
export const sampleOf = (content: ByteSource): Sample => {
  const head = content.read(0, headLength)
  let text: string | undefined
  let isDecoded = false
  return {
    size: content.size,
    head,
    content,
    get text() {
      if (!isDecoded) text = decodeText(head, content.size > head.length)
      isDecoded = true
      return text
    },
  }
}
