import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Digest } from '@nootropic/core'
import { type ByteSource, readInto } from './source.ts'

const pieceLength = 2 ** 20

/** So much is hashed before others of this thread have their turn. */
const turnLength = 2 ** 26

/**
 * The SHA-256 of a content, piece by piece, so that memory stays bounded.
 *
 * @param checkTime called before each piece; what it throws ends the hashing.
 */
export const digestOf = async (content: ByteSource, checkTime: () => void = () => {}): Promise<Digest> => {
  const hash = createHash('sha256')
  const window = Buffer.allocUnsafeSlow(Math.min(pieceLength, content.size))
  for (let offset = 0; offset < content.size; offset += pieceLength) {
    checkTime()
    if (offset > 0 && offset % turnLength === 0) await setImmediate()
    hash.update(window.subarray(0, readInto(content, window, offset)))
  }
  return `sha256:${hash.digest('hex')}`
}
