import { createHmac, type KeyObject } from 'node:crypto'
import { NootropicError } from '../errors.ts'

// The block counter is one byte.
const maximumBlocks = 255
const hashLength = { sha256: 32, sha384: 48 }

/**
 * HKDF-Expand (RFC 5869 section 2.3). Node's own `hkdf` always extracts first, which FLOE does not.
 */
export const hkdfExpand = (
  hash: keyof typeof hashLength,
  key: KeyObject | Uint8Array,
  info: Uint8Array,
  length: number,
): Buffer => {
  const limit = maximumBlocks * hashLength[hash]
  if (length > limit) throw new NootropicError('INTERNAL', `expected at most ${limit} bytes to derive, got ${length}`)
  const blocks: Buffer[] = []
  let block = Buffer.alloc(0)
  for (let filled = 0; filled < length; filled += block.length) {
    const counter = Uint8Array.of(blocks.length + 1)
    block = createHmac(hash, key).update(block).update(info).update(counter).digest()
    blocks.push(block)
  }
  return Buffer.concat(blocks, length)
}
