import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { consistencyRanges, emptyRoot, hashLeaf, hashNode, inclusionRanges } from '../src/audit/merkle.ts'
import { verifyConsistency, verifyInclusion } from '../src/audit/proof.ts'
import { createTileTree } from '../src/audit/tile-tree.ts'

/** The definition of RFC 6962 section 2.1, with no cleverness. */
const naiveRoot = (leaves: readonly Buffer[]): Uint8Array => {
  const [only] = leaves
  if (only === undefined) return emptyRoot
  if (leaves.length === 1) return only
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return hashNode(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)))
}
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const leaves = Array.from({ length: 70 }, (_, index) => hashLeaf(Buffer.from(`record ${index}`)))
const rootAt = (size: number): string => base64(naiveRoot(leaves.slice(0, size)))

test('a tree has the root that RFC 6962 defines, at every size', () => {
  const tree = createTileTree()
  for (let size = 0; size <= leaves.length; size += 1) {
    expect(base64(tree.root())).toBe(rootAt(size))
    expect(tree.size).toBe(size)
    const leaf = leaves[size]
    if (leaf !== undefined) tree.append(leaf)
  }
})

test('the root of 2^14 equal leaves is the root of the perfect tree', () => {
  const tree = createTileTree()
  const leaf = hashLeaf(Buffer.from('x'))
  let perfect: Uint8Array = leaf
  for (let index = 0; index < 1 << 14; index += 1) tree.append(leaf)
  for (let level = 0; level < 14; level += 1) perfect = hashNode(perfect, perfect)
  expect(base64(tree.root())).toBe(base64(perfect))
})

test('every inclusion and consistency proof of every small tree verifies, and with any part changed does not', () => {
  const random = createSeededRandom(7)
  let refused = 0
  for (let size = 1; size <= 33; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const hashes = inclusionRanges(index, { start: 0, end: size }).map(({ start, end }) =>
        base64(naiveRoot(leaves.slice(start, end))),
      )
      const proof = { index, size, root: rootAt(size), leafHash: base64(leaves[index] ?? emptyRoot), hashes }
      verifyInclusion(proof)
      const other = random.integer(size)
      if (other === index) continue
      expect(() => verifyInclusion({ ...proof, index: other })).toThrow(/expected/)
      refused += 1
    }
    for (let older = 1; older <= size; older += 1) {
      const hashes = consistencyRanges(older, { start: 0, end: size }).map(({ start, end }) =>
        base64(naiveRoot(leaves.slice(start, end))),
      )
      const proof = { from: { size: older, root: rootAt(older) }, to: { size, root: rootAt(size) }, hashes }
      verifyConsistency(proof)
      expect(() => verifyConsistency({ ...proof, from: { size: older, root: rootAt(older + 1) } })).toThrow(/expected/)
      expect(() => verifyConsistency({ ...proof, hashes: [...hashes, rootAt(1)] })).toThrow(/expected/)
      refused += 2
    }
  }
  expect(refused).toBeGreaterThan(1000)
})

test('a hash in another base64 spelling is refused', () => {
  const root = rootAt(1)
  const respelled = root.replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, '')
  expect(() => verifyInclusion({ index: 0, size: 1, root: respelled, leafHash: root, hashes: [] })).toThrow(
    expect.objectContaining({ code: 'AUDIT_CORRUPT' }),
  )
})
