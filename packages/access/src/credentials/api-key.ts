import { crc32 } from 'node:zlib'
import type { Random } from '@nootropic/core'

/** Which environment a key was made for: part of its text, so that nobody takes one for the other. */
export type KeyEnvironment = 'live' | 'test'

const prefix = 'nsk'
const secretBytes = 32
// 62^43 > 2^256: as many digits as hold the secret, and as hold 32 bits of checksum and 96 of id.
const secretDigits = 43
const idBytes = 12
const idDigits = 17
const checksumDigits = 6
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const toBase62 = (bytes: Uint8Array, length: number): string => {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (let place = 0; place < length; place += 1) {
    text = `${digits[Number(rest % 62n)]}${text}`
    rest /= 62n
  }
  return text
}

const checksum = (text: string): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return toBase62(bytes, checksumDigits)
}

/** A key as its owner holds it, and the id by which everybody may speak of it. */
export interface ApiKeyText {
  readonly id: string
  readonly environment: KeyEnvironment
  readonly text: string
}

/** A new key: `nsk_<environment>_<id>_<256 random bits><CRC-32>`, digits in base 62. */
export const createApiKey = (environment: KeyEnvironment, random: Random): ApiKeyText => {
  const id = toBase62(random.bytes(idBytes), idDigits)
  const body = `${prefix}_${environment}_${id}_${toBase62(random.bytes(secretBytes), secretDigits)}`
  return { id, environment, text: body + checksum(body) }
}

const pattern = new RegExp(
  `^(?<body>${prefix}_(?<environment>live|test)_(?<id>[0-9A-Za-z]{${idDigits}})_[0-9A-Za-z]{${secretDigits}})(?<checksum>[0-9A-Za-z]{${checksumDigits}})$`,
)
const maximumLength = 128

/**
 * The id in a key's text, or undefined if the text is no key or has a typing error: its checksum is wrong. Nothing is
 * looked up for such a text.
 */
export const parseApiKey = (text: string): ApiKeyText | undefined => {
  // A caller without types may hand in anything.
  const groups = typeof text === 'string' && text.length <= maximumLength ? pattern.exec(text)?.groups : undefined
  if (groups?.id === undefined || groups.body === undefined) return undefined
  if (checksum(groups.body) !== groups.checksum) return undefined
  return { id: groups.id, environment: groups.environment === 'test' ? 'test' : 'live', text }
}
