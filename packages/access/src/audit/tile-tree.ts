import { emptyRoot, hashLength, hashNode } from './merkle.ts'
import { fullTileBytes, hashesAt, levelsOf, tileWidth } from './tile-layout.ts'

/** The root of as many hashes as a power of two, side by side. */
export const perfectRoot = (hashes: Uint8Array): Uint8Array => {
  let row: Uint8Array[] = []
  for (let at = 0; at < hashes.length; at += hashLength) row.push(hashes.subarray(at, at + hashLength))
  while (row.length > 1) {
    const above: Uint8Array[] = []
    for (let at = 0; at + 1 < row.length; at += 2) above.push(hashNode(row[at] ?? emptyRoot, row[at + 1] ?? emptyRoot))
    row = above
  }
  return row[0] ?? emptyRoot
}

/** A tree that grows, gives its root, and keeps its tiles until they are on disk. */
export interface TileTree {
  readonly size: number
  /** Adds a leaf hash: at most log2(size) hashes, one on average. */
  append(leafHash: Uint8Array): void
  /** The root over all leaves so far: at most log2(size) hashes. */
  root(): Uint8Array
  /** The hashes of a tile that is not forgotten: of the last of its level the hashes so far. */
  tile(level: number, index: number): Buffer | undefined
  /** Forgets the full tiles of the first `size` leaves: they are on disk. */
  forget(size: number): void
}

/** The last tile of each level that a tree begins with, where that tile is not full; leaves first. */
export type Edges = readonly (Buffer | undefined)[]

/**
 * A tree in memory that grows with the logarithm of its size and with what is not on disk yet.
 *
 * @param start the size of the tree that is on disk, and the tiles that it ends with.
 */
export const createTileTree = (start: { size: number; edges: Edges } = { size: 0, edges: [] }): TileTree => {
  let size = start.size
  let firstKept = start.size
  const levels: { edge: Buffer; full: Map<number, Buffer> }[] = []
  const levelAt = (level: number): { edge: Buffer; full: Map<number, Buffer> } => {
    const found = levels[level] ?? { edge: Buffer.alloc(fullTileBytes), full: new Map<number, Buffer>() }
    levels[level] = found
    return found
  }
  start.edges.forEach((edge, level) => void edge?.copy(levelAt(level).edge))

  // The roots of the complete subtrees that make up the tree, widest first: one for each 1 bit of the size.
  const complete: Uint8Array[] = []
  for (let level = levelsOf(size) - 1; level >= 0; level -= 1) {
    const width = hashesAt(level, size) % tileWidth
    let at = 0
    for (let bit = tileWidth / 2; bit >= 1; bit /= 2) {
      if ((width & bit) === 0) continue
      complete.push(Buffer.from(perfectRoot(levelAt(level).edge.subarray(at * hashLength, (at + bit) * hashLength))))
      at += bit
    }
  }

  /** Puts hash number `index` of a level into its tile. */
  const put = (level: number, index: number, hash: Uint8Array): void => {
    const place = levelAt(level)
    const at = index % tileWidth
    place.edge.set(hash, at * hashLength)
    if (at < tileWidth - 1) return
    place.full.set(Math.floor(index / tileWidth), place.edge)
    place.edge = Buffer.alloc(fullTileBytes)
  }

  return {
    get size() {
      return size
    },
    append(leafHash) {
      put(0, size, leafHash)
      let node = leafHash
      let height = 0
      // Each 1 bit at the end of the size is a complete subtree as wide as the one that `node` has become.
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
        const left = complete.pop()
        if (left !== undefined) node = hashNode(left, node)
        height += 1
        if (height % 8 === 0) put(height / 8, (rest - 1) / 2, node)
      }
      complete.push(node)
      size += 1
    },
    root: () => (size === 0 ? emptyRoot : complete.reduceRight((right, left) => hashNode(left, right))),
    tile(level, index) {
      const place = levels[level]
      if (place === undefined) return undefined
      const count = hashesAt(level, size)
      return index === Math.floor(count / tileWidth)
        ? place.edge.subarray(0, (count % tileWidth) * hashLength)
        : place.full.get(index)
    },
    forget(onDisk) {
      levels.forEach(({ full }, level) => {
        const end = Math.floor(hashesAt(level, onDisk) / tileWidth)
        for (let index = Math.floor(hashesAt(level, firstKept) / tileWidth); index < end; index += 1) full.delete(index)
      })
      firstKept = onDisk
    },
  }
}
