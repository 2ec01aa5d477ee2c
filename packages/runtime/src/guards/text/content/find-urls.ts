import type { Match } from '../../redact.ts'

/** Which addresses a text may hold. */
export interface UrlOptions {
  /** Hosts that are let through, with the hosts under them. Every host where it is left out. */
  readonly allowedHosts?: readonly string[]
  /** Hosts that are not let through, with the hosts under them. */
  readonly blockedHosts?: readonly string[]
  /** Schemes that are let through. */
  readonly allowedSchemes?: readonly string[]
}

/** Schemes that are let through where the host names none. */
export const defaultSchemes: readonly string[] = ['http', 'https', 'mailto']

// No browser needs a longer address, and what is not read twice is read once (CWE-1333).
const longestAddress = 4_096

const start = /\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|(?:javascript|vbscript|data|file|mailto|tel|blob):|www\.)/gi
// Brackets stand around an address of IPv6 only.
const ofAddress = /(?:[^\s:]{1,21}:\/\/\[[0-9a-f:.]{2,45}\])?[^\s<>"'`{}|\\^[\]()\u3000-\u303f]*/iy
const trailing = /[.,;:!?]+$/

const isUnder = (host: string, domains: readonly string[]): boolean =>
  domains.some((domain) => {
    const name = domain.toLowerCase()
    return host === name || host.endsWith(`.${name}`)
  })

const numericHost = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\])$/

/** Why an address is not let through; undefined when it is. */
const objectionTo = (
  address: string,
  { allowedHosts, blockedHosts, allowedSchemes }: UrlOptions,
): string | undefined => {
  const whole = /^www\./i.test(address) ? `https://${address}` : address
  if (!URL.canParse(whole)) return 'an address that cannot be read'
  const { protocol, hostname, username, password } = new URL(whole)
  const scheme = protocol.slice(0, -1)
  if (!(allowedSchemes ?? defaultSchemes).includes(scheme)) return `the scheme "${scheme}"`
  if (username !== '' || password !== '') return 'credentials, or a host that is made to look like another'
  if (hostname === '') return undefined
  // A dot at the end names the same host.
  const host = hostname.replace(/\.$/, '')
  if (blockedHosts !== undefined && isUnder(host, blockedHosts)) return 'a blocked host'
  if (allowedHosts !== undefined) return isUnder(host, allowedHosts) ? undefined : 'a host that is not on the list'
  if (host.split('.').some((label) => label.startsWith('xn--'))) return 'a host with letters beyond ASCII'
  return numericHost.test(host) ? 'a host without name' : undefined
}

/**
 * The addresses in a text that are not let through: by scheme, host, credentials before the host, hosts without name or
 * with letters beyond ASCII (unless allowed by name). Linear in the text.
 *
 * @example
 * ```ts
 * findUrls('see https://evil.example/x', { allowedHosts: ['example.com'] })[0]?.why // 'a host that is not on the list'
 * ```
 */
export const findUrls = (text: string, options: UrlOptions = {}): Match[] => {
  const matches: Match[] = []
  let readUntil = 0
  for (const { index } of text.matchAll(start)) {
    if (index < readUntil) continue
    ofAddress.lastIndex = 0
    const [address = ''] = ofAddress.exec(text.slice(index, index + longestAddress)) ?? []
    const trimmed = address.replace(trailing, '')
    readUntil = index + address.length
    const why = objectionTo(trimmed, options)
    if (why !== undefined)
      matches.push({ type: 'content/url', start: index, end: index + trimmed.length, confidence: 1, why })
  }
  return matches
}
