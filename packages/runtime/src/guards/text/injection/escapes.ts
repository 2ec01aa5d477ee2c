const lastCodePoint = 0x10ffff
const longestNumber = 6

const digitOf = (unit: number): number => {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const lower = unit | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 16
}

/** The number of `count` hexadecimal digits, -1 where there are not as many. */
const readHex = (text: string, at: number, count: number): number => {
  let value = 0
  for (let index = at; index < at + count; index += 1) {
    const digit = digitOf(text.charCodeAt(index))
    if (digit > 15) return -1
    value = value * 16 + digit
  }
  return value
}

/** One character that stands escaped: its code point and the offset after it. */
interface Escape {
  code: number
  end: number
}

const readEntity = (text: string, at: number, into: Escape): boolean => {
  if (text[at + 1] !== '#') return false
  const isHex = text[at + 2] === 'x' || text[at + 2] === 'X'
  const base = isHex ? 16 : 10
  const from = at + (isHex ? 3 : 2)
  let value = 0
  let index = from
  for (; index < from + longestNumber; index += 1) {
    const digit = digitOf(text.charCodeAt(index))
    if (digit >= base) break
    value = value * base + digit
  }
  if (index === from || text[index] !== ';' || value > lastCodePoint) return false
  into.code = value
  into.end = index + 1
  return true
}

/** Reads the escape at a place: %69, \x69, \u0069, &#105; or &#x69;. */
const readEscape = (text: string, at: number, into: Escape): boolean => {
  const unit = text.charCodeAt(at)
  if (unit === 0x26) return readEntity(text, at, into)
  const next = text.charCodeAt(at + 1)
  const isWide = unit === 0x5c && next === 0x75
  if (unit === 0x5c && !isWide && next !== 0x78) return false
  const from = at + (unit === 0x5c ? 2 : 1)
  const count = isWide ? 4 : 2
  into.code = readHex(text, from, count)
  into.end = from + count
  return into.code >= 0
}

// Escapes so near to one another are read together, with the words beside them.
const reach = 24
const fewest = 8

/**
 * Calls `onEscapes` for each part of a text that is thick with escapes, and what it says. Only escapes of ASCII count:
 * other scripts are escaped in any address.
 */
export const findEscapes = (
  text: string,
  onEscapes: (raw: string, decoded: string, start: number, end: number) => void,
): void => {
  const found: Escape = { code: 0, end: 0 }
  let [count, start, end, written] = [0, 0, -1, 0]
  let decoded = ''
  const close = (): void => {
    if (count < fewest) return
    const last = Math.min(text.length, end + reach)
    onEscapes(text.slice(Math.max(0, start - reach), last), decoded + text.slice(written, last), start, end)
  }
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if ((unit !== 0x25 && unit !== 0x5c && unit !== 0x26) || !readEscape(text, at, found)) continue
    if (end < 0 || at - end > reach) {
      close()
      count = 0
      start = at
      written = at
      decoded = text.slice(Math.max(0, at - reach), at)
    }
    if (found.code < 0x80) count += 1
    decoded += text.slice(written, at) + String.fromCodePoint(found.code)
    end = found.end
    written = end
    at = end - 1
  }
  close()
}
