import { hashLength } from './merkle.ts'

/** How many hashes a full tile has, and how many records a full entry bundle (C2SP tlog-tiles: height 8). */
export const tileWidth = 256

export const fullTileBytes: number = tileWidth * hashLength

/** How many hashes of `level` a tree of `size` leaves has: level 0 are the leaves, each level up roots of 256 of them. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / tileWidth ** level)

/** The levels that a tree of `size` leaves has hashes at. */
export const levelsOf = (size: number): number => {
  let levels = 0
  while (hashesAt(levels, size) > 0) levels += 1
  return levels
}

const placeOf = (index: number): string => {
  const parts: string[] = []
  let rest = index
  do {
    parts.unshift(String(rest % 1000).padStart(3, '0'))
    rest = Math.floor(rest / 1000)
  } while (rest > 0)
  return parts.map((part, at) => (at === parts.length - 1 ? part : `x${part}`)).join('/')
}

/**
 * Where a tile stands in the log's directory (C2SP tlog-tiles).
 *
 * @param width how many hashes it has, if it is not full.
 * @example
 * ```ts
 * tilePath(0, 1234067) // 'tile/0/x001/x234/067'
 * tilePath('entries', 3, 17) // 'tile/entries/003.p/17'
 * ```
 */
export const tilePath = (level: number | 'entries', index: number, width: number = tileWidth): string =>
  `tile/${level}/${placeOf(index)}${width === tileWidth ? '' : `.p/${width}`}`

/** A tile that a tree of some size ends with at one level: not full. */
export interface PartialTile {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** The tiles that are not full in a tree of `size` leaves, the entry bundle first. */
export const partialTiles = (size: number): PartialTile[] => {
  const partials: PartialTile[] = []
  for (let level = 0; level < levelsOf(size); level += 1) {
    const count = hashesAt(level, size)
    const width = count % tileWidth
    if (width === 0) continue
    const index = Math.floor(count / tileWidth)
    if (level === 0) partials.push({ level: 'entries', index, width })
    partials.push({ level, index, width })
  }
  return partials
}
