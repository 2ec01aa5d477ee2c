import { characterClass, characterClasses, isAlphanumeric } from './characters.ts'
import type { Recogniser, Report } from './recogniser.ts'

/** Mail addresses. */
export const email: Recogniser = {
  type: 'e-mail',
  name: 'mail address',
  alone: 0.95,
  near: 0.99,
  context: [
    ...['email', 'e mail', 'mail', 'mailto', 'correo', 'courriel', 'e post', 'почта', '邮箱', '电子邮件', 'メール'],
    '이메일',
  ],
  source: 'RFC 5321 §4.1.2; RFC 6531 §3.3',
}

// RFC 5321 §4.5.3.1: 64 octets before the @, 255 after.
const longestLocalPart = 64
const longestDomain = 255
const longestLabel = 63

const setOf = (symbols: string): Uint8Array => {
  const set = new Uint8Array(0x10000)
  for (const symbol of symbols) set[symbol.charCodeAt(0)] = 1
  return set
}
const isAtomSymbol = setOf("!#$%&'*+-/=?^_`{|}~.")
const joints = setOf('=/|{')
const wrappers = setOf(".-*'`_")

const isWordClass = (kind: number): boolean => kind >= characterClass.digit && kind <= characterClass.ideograph

/** Where the local part that ends before the @ starts. */
const startOfLocalPart = (text: string, at: number, classes: Uint8Array): number => {
  if (text[at - 1] === '"') {
    // A quoted string; what stands in it is anything printable, with backslashes before quotes.
    const first = Math.max(0, at - longestLocalPart)
    for (let start = at - 2; start >= first; start -= 1) {
      const unit = text.charCodeAt(start)
      if (unit === 0x22 && text[start - 1] !== '\\') return start
      if (unit < 0x20) break
    }
    return at
  }
  // Scripts without spaces run into the address: "我的邮箱是li@example.com".
  const stopsAtIdeographs = at > 0 && text.charCodeAt(at - 1) < 128
  const first = Math.max(0, at - longestLocalPart - 1)
  let start = at
  while (start > first) {
    const unit = text.charCodeAt(start - 1)
    const kind = classes[unit] as number
    if (kind === characterClass.ideograph && stopsAtIdeographs) break
    const isPart =
      isWordClass(kind) ||
      isAtomSymbol[unit] === 1 ||
      kind === characterClass.plus ||
      (unit >= 0xd800 && unit <= 0xdfff)
    if (!isPart) break
    start -= 1
  }
  if (at - start > longestLocalPart) return at
  // What joins an address to the word before it is rarely part of it: user=a@b.example, from/a@b.example.
  for (let joint = at - 1; joint >= start; joint -= 1) {
    if (joints[text.charCodeAt(joint)] === 1) {
      start = joint + 1
      break
    }
  }
  while (start < at && wrappers[text.charCodeAt(start)] === 1) start += 1
  return start
}

const topLabel = /^(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/i
const beyondAscii = /[^\p{ASCII}]/u
// Pictures for screens of twice the density: icon@2x.png.
const picture = /^\dx\.(?:png|jpe?g|webp|gif)$/i
const fileEndings = /^(?:png|jpe?g|gif|svg|webp|css|js|ts|json|html?|py|md|txt|ya?ml|php|exe|dll|zip|gz)$/i
const addressLiteral = /\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]/y

/** Where the domain that starts after the @ ends, and its last label; the place itself when there is none. */
const readDomain = (text: string, start: number, classes: Uint8Array): { end: number; top: number } => {
  let end = start
  let labelStart = start
  let top = start
  for (let at = start; at < text.length && at - start <= longestDomain; at += 1) {
    const unit = text.charCodeAt(at)
    const kind = classes[unit] as number
    // "ann@example.orgに": a script without spaces runs into the address.
    const isNextSentence = kind === characterClass.ideograph && at > labelStart && text.charCodeAt(at - 1) < 128
    if (unit === dot) {
      if (at === labelStart) break
      labelStart = at + 1
    } else if ((isWordClass(kind) && !isNextSentence) || (unit === hyphen && at > labelStart)) {
      if (at - labelStart >= longestLabel) return { end: start, top: start }
      top = labelStart
      end = at + 1
    } else break
  }
  while (end > start && text.charCodeAt(end - 1) === hyphen) end -= 1
  return top === start || end - start > longestDomain ? { end: start, top: start } : { end, top }
}

const dot = 0x2e
const hyphen = 0x2d
const atSign = 0x40
const bracket = 0x5b
const shortestDomain = 3

/**
 * Reports the address around the @ at a place.
 *
 * @returns how many characters it read, the measure of its work.
 */
export const findEmail = (text: string, at: number, report: Report): number => {
  const classes = characterClasses()
  const next = text.charCodeAt(at + 1)
  if (at === 0 || at + shortestDomain >= text.length || next === atSign) return 1
  const start = startOfLocalPart(text, at, classes)
  if (start === at || text.charCodeAt(at - 1) === dot) return longestLocalPart

  if (next === bracket) {
    addressLiteral.lastIndex = at + 1
    if (addressLiteral.test(text)) report(email, start, addressLiteral.lastIndex)
    return longestLocalPart
  }
  const { end, top: topStart } = readDomain(text, at + 1, classes)
  if (end === at + 1) return longestLocalPart
  const top = text.slice(topStart, end)
  if (!topLabel.test(top) && !beyondAscii.test(top)) return end - start
  if (picture.test(text.slice(at + 1, end))) return end - start
  // git@host:path is a remote.
  const isRemote = text[end] === ':' && isAlphanumeric(text.charCodeAt(end + 1)) && start + 3 === at
  report(email, start, end, fileEndings.test(top) ? 0.3 : isRemote ? 0.45 : email.alone)
  return end - start
}
