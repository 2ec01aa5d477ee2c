import type { Match } from '../redact.ts'
import { isPlausibleKey, isPlausiblePassword } from './plausible.ts'

/** What was found, and where the reading of it stopped. */
export interface Reading {
  readonly match?: Match
  readonly end: number
}

const userInformation = /:\/\/([^\s:@/"'<>]{0,100}):([^\s@/"'<>]{1,200})@[A-Za-z0-9._~%[\]:-]{1,255}/y
const scheme = /[a-z][a-z0-9+.-]{0,20}$/i
const schemeReach = 21
const databases =
  /^(?:mongodb|mysql|mariadb|postgres|redis|amqp|mssql|sqlserver|oracle|jdbc|clickhouse|cassandra|ldap|nats|kafka)/i
const template = /[{}<>*]|^\$|^%[A-Z_]+%$/

/** The address with a password in it around "://" at a place (RFC 3986 §3.2.1). */
export const findUrlCredentials = (text: string, at: number): Match | undefined => {
  userInformation.lastIndex = at
  const found = userInformation.exec(text)
  if (found === null) return undefined
  const password = found[2] as string
  if (template.test(password) || password.length < 3 || /^(?:pass(?:word)?|pwd|secret|xxx+|\.\.\.)$/i.test(password))
    return undefined
  const name = scheme.exec(text.slice(Math.max(0, at - schemeReach), at))?.[0] ?? ''
  if (name === '') return undefined
  const isDatabase = databases.test(name)
  return {
    type: isDatabase ? 'secret/connection-string' : 'secret/url-credentials',
    start: at - name.length,
    end: userInformation.lastIndex,
    confidence: isPlausiblePassword(password) || isPlausibleKey(password) ? 0.9 : 0.7,
    why: 'an address with a user and a password',
  }
}

const keyHeader = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y
const keyFooter = /-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y
// A PEM of an RSA key of 16,384 bits has some 12,700 characters (CWE-770).
const longestKey = 16 * 1024
const dashes = '-----'
// What documentation prints between the lines is shorter; so is no key.
const longBody = /[A-Za-z0-9+/=]{40}/

/** The private key in PEM or OpenPGP armour whose header stands at a place; one that was cut off counts too. */
export const findPrivateKey = (text: string, at: number): Match | undefined => {
  keyHeader.lastIndex = at
  if (!keyHeader.test(text)) return undefined
  const bodyStart = keyHeader.lastIndex
  const window = text.slice(bodyStart, bodyStart + longestKey)
  // Each header has dashes itself, so a text of headers is read once.
  const stop = window.indexOf(dashes)
  const body = stop < 0 ? window : window.slice(0, stop)
  if (!longBody.test(body) || /^\s*(?:\.{3}|<)/.test(body)) return undefined
  keyFooter.lastIndex = bodyStart + body.length
  const isWhole = keyFooter.test(text)
  return {
    type: 'secret/private-key',
    start: at,
    end: isWhole ? keyFooter.lastIndex : bodyStart + body.trimEnd().length,
    confidence: isWhole ? 0.98 : 0.7,
    why: isWhole ? 'a private key in PEM (RFC 7468) or OpenPGP armour' : 'the start of a private key',
  }
}

const commandReach = 200
const user = /-(?:u|-user)[ =]?["']?[^\s:"']{1,100}:([^\s"']{3,100})/y

/** The password that is given to curl by the option at a place. */
export const findCurlCredentials = (text: string, at: number): Match | undefined => {
  user.lastIndex = at
  const password = user.exec(text)?.[1]
  if (password === undefined || !(isPlausiblePassword(password) || isPlausibleKey(password))) return undefined
  const command = text.slice(Math.max(0, at - commandReach), at)
  if (command.lastIndexOf('curl') < 0) return undefined
  const end = user.lastIndex
  const [start, why] = [end - password.length, 'the password of a command']
  return { type: 'secret/command-line', start, end, confidence: 0.8, why }
}

const bearer = /bearer[ \t]{1,3}([A-Za-z0-9._~+/-]{16,2048}={0,2})/iy
const basic = /basic[ \t]{1,3}([A-Za-z0-9+/]{8,400}={0,2})/iy
const printableWithColon = /^[\x20-\x7e]{1,200}:[\x20-\x7e]{1,200}$/

/** The credential of an HTTP authorization header at a place (RFC 6750, RFC 7617), and where its reading stopped. */
export const findAuthorization = (text: string, at: number): Reading => {
  for (const form of [bearer, basic]) {
    form.lastIndex = at
    const found = form.exec(text)
    if (found === null) continue
    const value = found[1] as string
    const end = form.lastIndex
    const isReal =
      form === bearer ? isPlausibleKey(value) : printableWithColon.test(Buffer.from(value, 'base64').toString('latin1'))
    if (!isReal) return { end }
    const why = form === bearer ? 'the credential of a bearer' : 'a user and a password in base64'
    return { match: { type: 'secret/authorization', start: end - value.length, end, confidence: 0.85, why }, end }
  }
  return { end: at }
}
