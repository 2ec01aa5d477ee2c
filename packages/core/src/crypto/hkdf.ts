import type { KeyObject } from 'node:crypto'
import { NootropicError } from '../errors.ts'
import type { CryptoEngine, Hash } from './engine/engine.ts'
import { nodeEngine } from './engine/node.ts'

// The block counter is one byte.
const maximumBlocks = 255
const hashLength: Record<Hash, number> = { sha256: 32, sha384: 48, sha512: 64, blake2b512: 64 }

/**
 * HKDF-Expand (RFC 5869 section 2.3) from a key that is uniformly random already.
 *
 * @throws NootropicError `USAGE` for more than 255 blocks of the hash.
 */
export const hkdfExpand = (
  hash: Hash,
  key: KeyObject | Uint8Array,
  info: Uint8Array,
  length: number,
  engine: CryptoEngine = nodeEngine,
): Buffer => {
  const limit = maximumBlocks * hashLength[hash]
  if (length > limit) throw new NootropicError('USAGE', `expected at most ${limit} bytes to derive, got ${length}`)
  const blocks: Buffer[] = []
  let block: Buffer = Buffer.alloc(0)
  for (let filled = 0; filled < length; filled += block.length) {
    const counter = Uint8Array.of(blocks.length + 1)
    block = engine.hmac(hash, key, Buffer.concat([block, info, counter]))
    blocks.push(block)
  }
  return Buffer.concat(blocks, length)
}

/**
 * HKDF (RFC 5869): extract, then expand, from a secret of any form.
 *
 * @throws NootropicError `USAGE` as {@link hkdfExpand}.
 */
export const hkdf = (
  hash: Hash,
  secret: Uint8Array,
  { salt, info, length }: { salt: Uint8Array; info: Uint8Array; length: number },
  engine: CryptoEngine = nodeEngine,
): Buffer => hkdfExpand(hash, engine.hmac(hash, salt, secret), info, length, engine)
