import { hash } from 'node:crypto'
import type { Recogniser, Report } from './recogniser.ts'

/** Addresses of crypto wallets. */
export const wallet: Recogniser = {
  type: 'crypto-wallet',
  name: 'wallet address',
  alone: 0.95,
  near: 0.98,
  context: ['wallet', 'bitcoin', 'btc', 'ethereum', 'eth', 'litecoin', 'address', 'crypto', 'dogecoin'],
  source: 'Bitcoin base58check; BIP-173, BIP-350; EIP-55',
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const base58Values = new Int8Array(128).fill(-1)
for (let value = 0; value < base58.length; value += 1) base58Values[base58.charCodeAt(value)] = value

const payloadLength = 25
// Version bytes of addresses of keys and scripts: Bitcoin 0 and 5, Litecoin 48 and 50, Dogecoin 30 and 22, Dash 76 and 16.
const versions = [0, 5, 48, 50, 30, 22, 76, 16]

// 200 bits as limbs of 24: 58 times a limb is still a small integer, and nine of them are quicker than 25 bytes.
const limbBits = 24
const limbs = new Int32Array(9)

/** The 25 bytes of a base58 text; undefined when it is none or of another length. */
const decodeBase58 = (text: string): Buffer | undefined => {
  limbs.fill(0)
  for (let at = 0; at < text.length; at += 1) {
    let carry = base58Values[text.charCodeAt(at)] as number
    if (carry < 0) return undefined
    for (let index = 0; index < limbs.length; index += 1) {
      carry += 58 * (limbs[index] as number)
      limbs[index] = carry & 0xffffff
      carry >>>= limbBits
    }
    if (carry > 0) return undefined
  }
  if ((limbs[8] as number) > 0xff) return undefined
  const bytes = Buffer.alloc(payloadLength)
  for (let index = 0; index < payloadLength; index += 1)
    bytes[payloadLength - 1 - index] = (limbs[Math.floor(index / 3)] as number) >>> (8 * (index % 3))
  return bytes
}

const isBase58Check = (text: string): boolean => {
  const bytes = decodeBase58(text)
  if (bytes === undefined || !versions.includes(bytes[0] as number)) return false
  const once = hash('sha256', bytes.subarray(0, 21), 'buffer')
  return hash('sha256', once, 'buffer').subarray(0, 4).equals(bytes.subarray(21))
}

const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
// What the checksum comes to: bech32 for version 0, bech32m since version 1.
const bech32Constants = [1, 0x2bc830a3]

const isBech32 = (text: string): boolean => {
  const lower = text.toLowerCase()
  if (text !== lower && text !== text.toUpperCase()) return false
  const one = lower.lastIndexOf('1')
  let checksum = 1
  const add = (value: number): void => {
    const top = checksum >>> 25
    checksum = ((checksum & 0x1ffffff) << 5) ^ value
    for (let bit = 0; bit < 5; bit += 1) if ((top >>> bit) & 1) checksum ^= generators[bit] as number
  }
  for (let at = 0; at < one; at += 1) add(lower.charCodeAt(at) >>> 5)
  add(0)
  for (let at = 0; at < one; at += 1) add(lower.charCodeAt(at) & 31)
  for (let at = one + 1; at < lower.length; at += 1) {
    const value = bech32.indexOf(lower[at] as string)
    if (value < 0) return false
    add(value)
  }
  return bech32Constants.includes(checksum)
}

const shortestBase58 = 26
const longestBase58 = 35
const startsAsBase58 = /^[13LMDAX79]/
const startsAsBech32 = /^(?:bc|tb|ltc)1/i
const ethereum = /^0x[0-9A-Fa-f]{40}$/
const shortestBech32 = 42
// bech32 stops at 90 characters.
const longestWallet = 90

/** Reports the word when it is an address. Its checksum is computed, except Ethereum's, which only mixed case has. */
export const findWallet = (text: string, start: number, end: number, report: Report): void => {
  const length = end - start
  if (length < shortestBase58 || length > longestWallet) return
  const word = text.slice(start, end)
  if (length === 42 && ethereum.test(word)) report(wallet, start, end, 0.85)
  else if (length >= shortestBech32 && startsAsBech32.test(word)) {
    if (isBech32(word)) report(wallet, start, end)
  } else if (length <= longestBase58 && startsAsBase58.test(word) && isBase58Check(word)) report(wallet, start, end)
}
