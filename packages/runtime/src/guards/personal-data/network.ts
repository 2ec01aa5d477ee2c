import { isIPv6 } from 'node:net'
import { isAlphanumeric, isDigit } from './characters.ts'
import type { Recogniser, Report } from './recogniser.ts'

const ipContext = [
  'ip',
  'ipv4',
  'ipv6',
  'ip address',
  'host',
  'client',
  'server',
  'remote',
  'peer',
  'gateway',
  'login from',
]

/** Addresses of the fourth version of the Internet Protocol. */
export const ipv4: Recogniser = {
  type: 'ipv4',
  name: 'IPv4 address',
  alone: 0.7,
  near: 0.95,
  context: ipContext,
  source: 'RFC 791; RFC 6943 §3.1.1 for the dotted form',
}

/** Addresses of the sixth version. */
export const ipv6: Recogniser = {
  type: 'ipv6',
  name: 'IPv6 address',
  alone: 0.9,
  near: 0.97,
  context: ipContext,
  source: 'RFC 4291 §2.2; RFC 5952',
}

/** Hardware addresses. */
export const macAddress: Recogniser = {
  type: 'mac-address',
  name: 'MAC address',
  alone: 0.9,
  near: 0.97,
  context: ['mac', 'hardware address', 'ethernet', 'hwaddr', 'bssid', 'wlan', 'bluetooth'],
  source: 'IEEE 802',
}

const dotted = /(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\dA-Za-z_]|[.-]\d)/y
const isOctet = (digits: string): boolean => Number(digits) < 256 && (digits.length === 1 || digits[0] !== '0')
const portOrPrefix = /^[:/]\d/
const localRange = /^(?:10|127)\./
const versionLetter = /[vV]$/

/** Reports the IPv4 address that starts with the digits at a place. */
export const findIpv4 = (text: string, start: number, report: Report): void => {
  const before = text[start - 1]
  if (before === '.' || before === '-' || before === '_' || (before !== undefined && versionLetter.test(before))) return
  dotted.lastIndex = start
  const found = dotted.exec(text)
  if (found === null) return
  const octets = found.slice(1)
  if (!octets.every(isOctet) || found[0] === '0.0.0.0') return
  // Four small numbers are as often a version or a section, unless they are written as a place to reach.
  const end = start + found[0].length
  const isReached = before === '/' || before === '@' || before === '[' || portOrPrefix.test(text.slice(end, end + 2))
  const isSmall = !(isReached || localRange.test(found[0])) && octets.every((octet) => Number(octet) < 20)
  report(ipv4, start, end, isSmall ? 0.4 : ipv4.alone)
}

const isHexadecimal = (unit: number): boolean =>
  isDigit(unit) || (unit >= 0x41 && unit <= 0x46) || (unit >= 0x61 && unit <= 0x66)

// 39 characters, or 45 with an IPv4 address at the end (RFC 4291 §2.2).
const longestAddress = 45
const macForm = /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/
const hasDigit = /\d/

/**
 * Reports the hardware or IPv6 address around the colon at a place.
 *
 * @param from where the last address ended: nothing before it is read again.
 * @returns where the run of characters of addresses ends.
 */
export const findColonAddress = (text: string, colon: number, from: number, report: Report): number => {
  let start = colon
  while (start > from && colon - start <= longestAddress && isHexadecimal(text.charCodeAt(start - 1))) start -= 1
  let end = colon
  let colons = 0
  while (end < text.length && end - start <= longestAddress + 1) {
    const unit = text.charCodeAt(end)
    if (unit === 0x3a) colons += 1
    else if (!isHexadecimal(unit) && unit !== 0x2e) break
    end += 1
  }
  if (colons < 2 || end - start > longestAddress) return end
  let last = end
  while (last > start && (text[last - 1] === '.' || (text[last - 1] === ':' && text[last - 2] !== ':'))) last -= 1
  const isApart =
    (start === 0 || !isAlphanumeric(text.charCodeAt(start - 1))) &&
    (last >= text.length || !isAlphanumeric(text.charCodeAt(last)))
  if (!isApart) return end
  const value = text.slice(start, last)
  if (macForm.test(value)) report(macAddress, start, last)
  // Scope operators of programs look alike: "add::bad".
  else if (isIPv6(value) && hasDigit.test(value) && value.length > 3)
    report(ipv6, start, last, colons > 2 ? ipv6.alone : 0.7)
  return end
}

const hyphenated = /[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}(?![\dA-Za-z]|-[0-9A-Fa-f])/y
const ciscoDotted = /[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\dA-Za-z]|\.[0-9A-Fa-f])/y

/** Reports the hardware address with hyphens or in three groups that starts at a place. */
export const findMacAddress = (text: string, start: number, report: Report): void => {
  const before = text[start - 1]
  if (before === '-' || before === '.') return
  for (const form of [hyphenated, ciscoDotted]) {
    form.lastIndex = start
    if (form.test(text)) report(macAddress, start, form.lastIndex, form === ciscoDotted ? 0.6 : macAddress.alone)
  }
}
