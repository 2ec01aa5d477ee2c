import { createHash } from 'node:crypto'

const hashOf = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

// RFC 6962 section 2.1: leaves and inner nodes are hashed with different first bytes, so that neither passes for the other.
const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

/** The hash of a leaf of a Merkle tree (RFC 6962). */
export const leafHash = (content: Uint8Array): Buffer => hashOf(leafPrefix, content)

/** The root over leaf hashes, in their order (RFC 6962: the left subtree is the largest full one). */
export const merkleRoot = (leaves: readonly Buffer[]): Buffer => {
  const [first] = leaves
  if (first === undefined) return hashOf()
  if (leaves.length === 1) return first
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return hashOf(nodePrefix, merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)))
}
