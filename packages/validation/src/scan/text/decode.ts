import { hasMagic, type Sample } from '../format.ts'
import type { ByteSource } from '../source.ts'

/** An encoding that text files come in, by its WHATWG label. */
type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

// Backspace and escape stand in logs; every other C0 control says that it is no text.
const isBinaryControl = (byte: number): boolean =>
  (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b) || byte === 0x7f

/** How much of a text in an old encoding is ASCII at least: weights and compressed bytes are half of it. */
const minimumAsciiShare = 0.7

const encodingOf = (head: Uint8Array): Encoding | undefined => {
  if (hasMagic(head, [0xff, 0xfe]) && !hasMagic(head, [0, 0], 2)) return 'utf-16le'
  if (hasMagic(head, [0xfe, 0xff])) return 'utf-16be'
  let ascii = 0
  for (const byte of head) {
    if (isBinaryControl(byte)) return undefined
    if (byte < 0x80) ascii += 1
  }
  if (ascii === head.length) return 'utf-8'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return 'utf-8'
  } catch {
    return ascii >= head.length * minimumAsciiShare ? 'windows-1252' : undefined
  }
}

/** How far a decoded text may hold what no text holds. U+0000 is what UTF-16 of other bytes gives. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const binaryControl = /[\u0000-\u0007\u000E-\u001A\u001C-\u001F\u007F]/

/** Decoded from its start as far as `head` goes, without byte order mark. */
const decodeHead = (head: Uint8Array): string | undefined => {
  const encoding = encodingOf(head)
  if (encoding === undefined) return undefined
  const text = new TextDecoder(encoding).decode(head, { stream: true })
  return binaryControl.test(text) ? undefined : text
}

const openings = new WeakMap<Sample, { readonly text: string | undefined }>()

/** The beginning of a content as text, in any encoding that text files come in; nothing when it is no text. */
export const openingOf = (sample: Sample): string | undefined => {
  const known = openings.get(sample)
  if (known !== undefined) return known.text
  const text = sample.text ?? decodeHead(sample.head)
  openings.set(sample, { text })
  return text
}

const openingLines = new WeakMap<Sample, readonly string[]>()

/** The whole lines at the beginning of a text, which several formats are told by; none when it is no text. */
export const openingLinesOf = (sample: Sample): readonly string[] => {
  const known = openingLines.get(sample)
  if (known !== undefined) return known
  const lines = wholeLinesOf(openingOf(sample) ?? '')
  openingLines.set(sample, lines)
  return lines
}

/** The lines of a head, which ends anywhere in its last one. */
export const wholeLinesOf = (opening: string): readonly string[] => {
  const lines = opening.split('\n')
  return lines.length > 2 ? lines.slice(0, -1) : lines
}

const decoders = new Map<Encoding, InstanceType<typeof TextDecoder>>()

/** Decodes all of a text at once. A decoder is kept, for to make one takes longer than to decode a small text. */
const decodeWhole = (bytes: Uint8Array, encoding: Encoding): string => {
  const decoder = decoders.get(encoding) ?? new TextDecoder(encoding)
  decoders.set(encoding, decoder)
  return decoder.decode(bytes)
}

const windowLength = 1 << 18
const headLength = 4096

/** A long line that goes on in the next window: what is looked for is shorter than this. */
const overlap = 512

/**
 * Decodes a text of any length, window by window.
 *
 * @returns whether all of it is text; what comes before something else is visited.
 */
export const readChunks = (content: ByteSource, visit: (chunk: string, isLast: boolean) => void): boolean => {
  const encoding = encodingOf(content.read(0, headLength))
  if (encoding === undefined) return false
  if (content.size <= windowLength) {
    const text = decodeWhole(content.read(0, windowLength), encoding)
    if (binaryControl.test(text)) return false
    visit(text, true)
    return true
  }
  const decoder = new TextDecoder(encoding)
  for (let offset = 0; offset < content.size; offset += windowLength) {
    const isLast = offset + windowLength >= content.size
    const chunk = decoder.decode(content.read(offset, windowLength), { stream: !isLast })
    if (binaryControl.test(chunk)) return false
    visit(chunk, isLast)
  }
  return true
}

/**
 * Hands a text of any length to `visit` in pieces that end at a line's end; in a line that is longer than a window, what
 * stands at the edge is visited twice.
 *
 * @returns whether all of it is text.
 */
export const readText = (content: ByteSource, visit: (text: string) => void): boolean => {
  let held = ''
  return readChunks(content, (chunk, isLast) => {
    const text = held + chunk
    const end = isLast ? text.length : text.lastIndexOf('\n') + 1
    const isLongLine = text.length - end > windowLength
    visit(isLongLine ? text : text.slice(0, end))
    held = text.slice(isLongLine ? -overlap : end)
  })
}

/** All of a text that is short enough to be held (CWE-789), or nothing. */
export const wholeText = (content: ByteSource, maximumLength: number): string | undefined => {
  if (content.size > maximumLength) return undefined
  const bytes = content.read(0, content.size)
  const encoding = encodingOf(bytes.subarray(0, headLength))
  return encoding === undefined ? undefined : decodeWhole(bytes, encoding)
}
