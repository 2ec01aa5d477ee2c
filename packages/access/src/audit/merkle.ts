import { createHash } from 'node:crypto'

/** Length of every hash of the tree. */
export const hashLength = 32

// RFC 6962 section 2.1: the prefixes keep a leaf from being taken for an inner node (second preimages).
const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

/** The hash of a tree without leaves. */
export const emptyRoot: Uint8Array = createHash('sha256').digest()

/** The leaf hash of a record (RFC 6962). */
export const hashLeaf = (record: Uint8Array): Buffer => createHash('sha256').update(leafPrefix).update(record).digest()

/** The hash of an inner node (RFC 6962). */
export const hashNode = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(nodePrefix).update(left).update(right).digest()

/** The roots of the complete subtrees that make up a tree, widest first: all that is needed to add a leaf. */
export interface CompactRange {
  readonly size: number
  /** Adds a leaf hash: at most log2(size) hashes. */
  append(leafHash: Uint8Array): void
  /** The root over all leaves so far: at most log2(size) hashes. */
  root(): Uint8Array
}

/** A tree that can grow and give its root, in memory that grows with the logarithm of its size. */
export const createCompactRange = (): CompactRange => {
  const complete: Uint8Array[] = []
  let size = 0
  return {
    get size() {
      return size
    },
    append(leafHash) {
      let node = leafHash
      // Each 1 bit at the end of the size is a complete subtree as wide as the one that `node` has become.
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
        const left = complete.pop()
        if (left !== undefined) node = hashNode(left, node)
      }
      complete.push(node)
      size += 1
    },
    root: () => (size === 0 ? emptyRoot : complete.reduceRight((right, left) => hashNode(left, right))),
  }
}

/** The leaves `start` to `end` (exclusive) whose common root stands in a proof. */
export interface LeafRange {
  readonly start: number
  readonly end: number
}

/** The largest power of two below `size`, for `size` of at least 2. */
const splitPoint = (size: number): number => {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/** The subtrees of an inclusion proof, PATH of RFC 6962 section 2.1.1, from the leaf upwards. */
export const inclusionRanges = (index: number, { start, end }: LeafRange): LeafRange[] => {
  if (end - start === 1) return []
  const middle = start + splitPoint(end - start)
  return index < middle
    ? [...inclusionRanges(index, { start, end: middle }), { start: middle, end }]
    : [...inclusionRanges(index, { start: middle, end }), { start, end: middle }]
}

/** The subtrees of a consistency proof between the first `size` leaves and all, SUBPROOF of RFC 6962 section 2.1.2. */
export const consistencyRanges = (size: number, { start, end }: LeafRange): LeafRange[] => {
  // The verifier knows the older root; only a subtree further right must be named.
  if (size === end) return start === 0 ? [] : [{ start, end }]
  const middle = start + splitPoint(end - start)
  return size <= middle
    ? [...consistencyRanges(size, { start, end: middle }), { start: middle, end }]
    : [...consistencyRanges(size, { start: middle, end }), { start, end: middle }]
}
