import { refuseLog } from './corrupt.ts'
import type { LogFiles } from './log-store.ts'
import { emptyRoot, hashLength, hashNode, type LeafRange, splitPoint } from './merkle.ts'
import { fullTileBytes, levelsOf, partialTiles, tilePath, tileWidth } from './tile-layout.ts'
import { createTileTree, perfectRoot, type TileTree } from './tile-tree.ts'

/** Hashes of a log, each of which the last checkpoint covers. */
export interface TileReader {
  /** The leaf hash of an entry. */
  leafHash(index: number): Promise<Uint8Array>
  /** The root over leaves: reads that grow with the logarithm of the log. */
  rangeRoot(range: LeafRange): Promise<Uint8Array>
}

// Tiles that were read and checked: 2 MiB.
const maximumCachedTiles = 256

const isPowerOfTwo = (count: number): boolean => 2 ** Math.round(Math.log2(count)) === count

/**
 * Reads the tiles of a log. `tree` was checked against a signed checkpoint, so the hashes that it ends with can be relied
 * on; a tile from disk is relied on when its root is the hash in the tile above it.
 */
export const createTileReader = (files: LogFiles, tree: TileTree): TileReader => {
  const cache = new Map<string, Buffer>()

  const tile = async (level: number, index: number): Promise<Buffer> => {
    const inMemory = tree.tile(level, index)
    if (inMemory !== undefined) return inMemory
    const path = tilePath(level, index)
    const cached = cache.get(path)
    if (cached !== undefined) return cached
    const bytes = await files.read(path)
    if (bytes?.length !== fullTileBytes) {
      return refuseLog(
        files.directory,
        `${bytes === undefined ? 'no tile' : `${bytes.length} bytes in the tile`} ${path}`,
      )
    }
    const expected = await hashAt(level + 1, index)
    if (!Buffer.from(perfectRoot(bytes)).equals(expected)) return refuseLog(files.directory, `a changed tile ${path}`)
    if (cache.size >= maximumCachedTiles) cache.delete(cache.keys().next().value ?? '')
    cache.set(path, bytes)
    return bytes
  }

  const hashesOf = async (level: number, first: number, count: number): Promise<Buffer> => {
    const hashes = await tile(level, Math.floor(first / tileWidth))
    const at = (first % tileWidth) * hashLength
    const found = hashes.subarray(at, at + count * hashLength)
    return found.length === count * hashLength ? found : refuseLog(files.directory, `a hash too few at level ${level}`)
  }
  const hashAt = (level: number, index: number): Promise<Buffer> => hashesOf(level, index, 1)

  /** The root of a complete subtree: the hashes of one tile suffice. */
  const subtree = async (start: number, width: number): Promise<Uint8Array> => {
    const level = Math.floor(Math.round(Math.log2(width)) / 8)
    const each = tileWidth ** level
    return perfectRoot(await hashesOf(level, start / each, width / each))
  }

  const rangeRoot = async ({ start, end }: LeafRange): Promise<Uint8Array> => {
    const width = end - start
    if (width === 0) return emptyRoot
    if (isPowerOfTwo(width)) return subtree(start, width)
    const middle = start + splitPoint(width)
    const left = await subtree(start, middle - start)
    return hashNode(left, await rangeRoot({ start: middle, end }))
  }

  return { leafHash: (index) => hashAt(0, index), rangeRoot }
}

/**
 * The tree of the first `size` entries from the tiles it ends with: one read for each level.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if its root is not `root`, base64.
 */
export const readTree = async (files: LogFiles, { size, root }: { size: number; root: string }): Promise<TileTree> => {
  const edges: (Buffer | undefined)[] = Array.from({ length: levelsOf(size) }, () => undefined)
  for (const { level, index, width } of partialTiles(size)) {
    if (level === 'entries') continue
    const path = tilePath(level, index, width)
    const bytes = await files.read(path)
    if (bytes?.length !== width * hashLength) return refuseLog(files.directory, `no tile ${path} of ${width} hashes`)
    edges[level] = bytes
  }
  const tree = createTileTree({ size, edges })
  if (Buffer.from(tree.root()).toString('base64') !== root) {
    return refuseLog(files.directory, `tiles with another root than the checkpoint of size ${size}`)
  }
  return tree
}
