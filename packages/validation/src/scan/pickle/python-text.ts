import { isAscii } from 'node:buffer'

// How CPython reads the text of a protocol 0 opcode. What these refuse ends the load.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of UTF-8 bytes, or nothing when they are none. */
export const decodeUtf8 = (bytes: Buffer): string | undefined => {
  // Nearly all texts are: of these Latin-1 is quicker read.
  if (isAscii(bytes)) return bytes.toString('latin1')
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** The part that C sees as a string: up to the first NUL. */
const upToNul = (text: string): string => {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}

// Python's digits may be grouped by single underscores.
const integerOfBase0 = /^[+-]?(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*)$/
const integerOfBase10 = /^[+-]?\d(?:_?\d)*$/
/** C's `strtol` of base 0, which INT tries first: a leading 0 is octal. */
const integerOfC = /^[+-]?(?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)$/

/** Whether INT takes the line. */
export const isPythonInt = (line: string): boolean =>
  integerOfC.test(line.trimStart()) || integerOfBase0.test(upToNul(line).trim())

/** Whether LONG takes the line, which usually ends with `L`. */
export const isPythonLong = (line: string): boolean =>
  line.length > 0 && integerOfBase0.test(upToNul(line.endsWith('L') ? line.slice(0, -1) : line).trim())

/** The key of GET and PUT, or nothing when it is none. */
export const parseMemoKey = (line: string): number | undefined => {
  const text = upToNul(line).trim()
  return integerOfBase10.test(text) ? Number(text.replaceAll('_', '')) : undefined
}

/** Whether FLOAT takes the line. */
export const isPythonFloat = (line: string): boolean =>
  /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i.test(line)

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  b: '\b',
  f: '\f',
  t: '\t',
  n: '\n',
  r: '\r',
  v: '\v',
  a: '\x07',
}

/** The bytes of STRING, as Latin-1: quoted, with the escapes of a bytes literal. Nothing when Python refuses it. */
export const parseQuoted = (line: string): string | undefined => {
  const quote = line[0]
  if (line.length < 2 || quote !== line.at(-1) || (quote !== "'" && quote !== '"')) return undefined
  const inner = line.slice(1, -1)
  if (!inner.includes('\\')) return inner
  // An odd number of backslashes at the end.
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(inner)) return undefined
  let isRefused = false
  const text = inner.replace(/\\(?:x([\da-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g, (all, hex, octal, character) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    if (character === 'x') isRefused = true
    return simpleEscapes[character] ?? all
  })
  return isRefused ? undefined : text
}

/** The text of UNICODE: Latin-1 with `\uXXXX` and `\UXXXXXXXX`. Nothing when Python refuses it. */
export const parseRawUnicode = (line: string): string | undefined => {
  if (!line.includes('\\')) return line
  let isRefused = false
  // Only an odd number of backslashes before a u begins an escape.
  const text = line.replace(
    /(\\+)(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|([uU]))?/g,
    (all, slashes, short, long, bare) => {
      if (slashes.length % 2 === 0) return all
      if (bare !== undefined) isRefused = true
      const digits = short ?? long
      if (digits === undefined) return all
      const point = Number.parseInt(digits, 16)
      if (point > 0x10ffff) {
        isRefused = true
        return all
      }
      return `${slashes.slice(1)}${String.fromCodePoint(point)}`
    },
  )
  return isRefused ? undefined : text
}
