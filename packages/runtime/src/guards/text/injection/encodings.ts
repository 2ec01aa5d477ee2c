/** A text that stood encoded in another one. */
export interface Decoded {
  readonly text: string
  readonly encoding: string
  readonly start: number
  readonly end: number
}

// Shorter runs hold no instruction, and words and identifiers are such runs.
const shortestRun = 24
const leastPrintable = 0.9

const runOf = { base64: 1, hex: 2 } as const

const readAlphabet = (): Uint8Array => {
  const alphabet = new Uint8Array(128)
  for (const each of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=')
    alphabet[each.charCodeAt(0)] = runOf.base64
  for (const each of '0123456789abcdefABCDEF') alphabet[each.charCodeAt(0)] = runOf.base64 | runOf.hex
  return alphabet
}

const alphabet = readAlphabet()

/** The text of bytes when nearly all of it is printable, as encoded language is and random bytes are not. */
const readable = (bytes: Buffer): string | undefined => {
  let printable = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte >= 0xc2) printable += 1
  }
  if (printable < bytes.length * leastPrintable) return undefined
  return bytes.toString('utf8')
}

const readRun = (text: string, start: number, end: number, isHex: boolean): Decoded | undefined => {
  const run = text.slice(start, end)
  const hexadecimal = isHex && run.length % 2 === 0 ? readable(Buffer.from(run, 'hex')) : undefined
  if (hexadecimal !== undefined) return { text: hexadecimal, encoding: 'hexadecimal', start, end }
  const base64 = readable(Buffer.from(run, 'base64'))
  return base64 === undefined ? undefined : { text: base64, encoding: 'base64', start, end }
}

/** Calls `onDecoded` for each part of a text that is text in an encoding. All of them together are no longer than it. */
export const findEncodedTexts = (text: string, onDecoded: (part: Decoded) => void): void => {
  let start = -1
  let shared = runOf.base64 | runOf.hex
  for (let at = 0; at <= text.length; at += 1) {
    const unit = at < text.length ? text.charCodeAt(at) : 0
    const kind = unit < 128 ? (alphabet[unit] as number) : 0
    if (kind !== 0) {
      if (start < 0) start = at
      shared &= kind
      continue
    }
    if (start >= 0 && at - start >= shortestRun) {
      const decoded = readRun(text, start, at, (shared & runOf.hex) !== 0)
      if (decoded !== undefined) onDecoded(decoded)
    }
    start = -1
    shared = runOf.base64 | runOf.hex
  }
}

/** The disguises that can spell a text. */
export const hidingTypes = ['tag-character', 'variation-selector'] as const

const tagBase = 0xe0000
const shortestHidden = 4

const hiddenByte = (code: number): number => {
  if (code >= 0xfe00 && code <= 0xfe0f) return code - 0xfe00
  return code >= 0xe0100 ? code - 0xe0100 + 16 : 0
}

/**
 * The text that tag characters or variation selectors spell: ASCII moved to another plane, or a byte in each selector.
 * Undefined when it is shorter than a word.
 */
export const readHiddenText = (type: (typeof hidingTypes)[number], hidden: string): string | undefined => {
  const codes = Array.from(hidden, (each) => each.codePointAt(0) as number)
  if (codes.length < shortestHidden) return undefined
  return type === 'tag-character'
    ? Buffer.from(codes.map((code) => (code - tagBase) & 0x7f)).toString('latin1')
    : readable(Buffer.from(codes.map(hiddenByte)))
}
