import { isEqualConstantTime, NootropicError } from '@nootropic/core'
import { hashLength, hashNode } from './merkle.ts'

/** The state of a log: how many entries, and their root, base64. */
export interface TreeHead {
  readonly size: number | bigint
  readonly root: string
}

/** That the entry with this leaf hash stands at `index` of the log with this head. Hashes are base64. */
export interface InclusionProof extends TreeHead {
  readonly index: number | bigint
  readonly leafHash: string
  readonly hashes: readonly string[]
}

/** That the log with the head `to` only added to the log with the head `from`. Hashes are base64. */
export interface ConsistencyProof {
  readonly from: TreeHead
  readonly to: TreeHead
  readonly hashes: readonly string[]
}

const refuse = (message: string): never => {
  throw new NootropicError('AUDIT_CORRUPT', `${message}; do not rely on what it was to prove`)
}

const parseHash = (text: string, what: string): Buffer => {
  const bytes = Buffer.from(text, 'base64')
  // Node decodes leniently: only a text that encodes back to itself is one that everybody reads alike.
  return bytes.length === hashLength && bytes.toString('base64') === text
    ? bytes
    : refuse(`expected ${what} of ${hashLength} bytes in base64, got ${bytes.length} bytes or another encoding`)
}

const checkRoot = (computed: Uint8Array, stated: Uint8Array, what: string): void => {
  if (!isEqualConstantTime(computed, stated)) refuse(`expected a proof that leads to ${what}, got one that does not`)
}

/**
 * Checks an inclusion proof (RFC 9162 section 2.1.3.2). Take the head from a checkpoint whose signature was verified.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if the proof does not lead from the leaf to the root.
 */
export const verifyInclusion = (proof: InclusionProof): void => {
  const index = BigInt(proof.index)
  const size = BigInt(proof.size)
  if (index < 0n || index >= size) refuse(`expected an index below the tree size ${size}, got ${index}`)
  let hash = parseHash(proof.leafHash, 'a leaf hash')
  let node = index
  let last = size - 1n
  for (const text of proof.hashes) {
    if (last === 0n) refuse('expected a proof that ends at the root, got more hashes')
    const sibling = parseHash(text, 'a proof hash')
    if (node % 2n === 1n || node === last) {
      hash = hashNode(sibling, hash)
      while (node % 2n === 0n && node !== 0n) {
        node /= 2n
        last /= 2n
      }
    } else {
      hash = hashNode(hash, sibling)
    }
    node /= 2n
    last /= 2n
  }
  if (last !== 0n) refuse('expected a proof that ends at the root, got too few hashes')
  checkRoot(hash, parseHash(proof.root, 'a root'), 'the root')
}

/**
 * Checks a consistency proof (RFC 9162 section 2.1.4.2). Nothing can be said of an empty log, so a `from` of size 0 is
 * refused.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if the second head is not the first one with entries added.
 */
export const verifyConsistency = (proof: ConsistencyProof): void => {
  const first = BigInt(proof.from.size)
  const second = BigInt(proof.to.size)
  if (first < 1n || first > second) refuse(`expected sizes 1 <= from <= to, got ${first} and ${second}`)
  const firstRoot = parseHash(proof.from.root, 'the older root')
  const secondRoot = parseHash(proof.to.root, 'the newer root')
  const hashes = proof.hashes.map((text) => parseHash(text, 'a proof hash'))
  if (first === second) {
    if (hashes.length > 0) refuse('expected no hashes between heads of one size')
    checkRoot(firstRoot, secondRoot, 'the same root for the same size')
    return
  }
  if (hashes.length === 0) refuse('expected hashes between heads of two sizes, got none')
  let node = first - 1n
  let last = second - 1n
  while (node % 2n === 1n) {
    node /= 2n
    last /= 2n
  }
  // When the older tree is one complete subtree, its root is the start of the path and is not sent.
  const path = node === 0n ? [firstRoot, ...hashes] : hashes
  const [seed = firstRoot, ...rest] = path
  let older = seed
  let newer = seed
  for (const hash of rest) {
    if (last === 0n) refuse('expected a proof that ends at the roots, got more hashes')
    if (node % 2n === 1n || node === last) {
      older = hashNode(hash, older)
      newer = hashNode(hash, newer)
      while (node % 2n === 0n && node !== 0n) {
        node /= 2n
        last /= 2n
      }
    } else {
      newer = hashNode(newer, hash)
    }
    node /= 2n
    last /= 2n
  }
  if (last !== 0n) refuse('expected a proof that ends at the roots, got too few hashes')
  checkRoot(older, firstRoot, 'the older root')
  checkRoot(newer, secondRoot, 'the newer root')
}
