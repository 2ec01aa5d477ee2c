/** The order of names in a statement: by code point, which is the order of their UTF-8 bytes. */
export const byCodePoint = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right))

// Where no dot or space stands before them: a pattern that begins at each of them takes the square of their number (CWE-1333).
const endsOfParts = /(?<![. ])[. ]+(?=\/|$)/g

/**
 * The same for names that a file system may not tell apart: by case (NTFS, APFS), where `ß` is `ss` and `ς` is `σ`, by
 * Unicode normal form (APFS), or by the dots and spaces at the end of a part, which Windows drops.
 */
export const foldedName = (path: string): string =>
  path.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC').replace(endsOfParts, '')

/** A piece of a file, the end not included. */
export interface Shard {
  readonly path: string
  readonly start: number
  readonly end: number
}

// The last two parts are numbers; the path before them may hold colons.
const shardName = /^(.*):(0|[1-9]\d*):([1-9]\d*)$/s

/** How a statement names a piece of a file. */
export const nameOfShard = ({ path, start, end }: Shard): string => `${path}:${start}:${end}`

/** The piece that a name stands for, or undefined. */
export const parseShardName = (name: string): Shard | undefined => {
  const [, path, from, to] = shardName.exec(name) ?? []
  const [start, end] = [Number(from), Number(to)]
  return path !== undefined && Number.isSafeInteger(end) && start < end ? { path, start, end } : undefined
}

/** The pieces of a file; none of an empty one. */
export const shardsOf = (path: string, size: number, shardSize: number): Shard[] =>
  Array.from({ length: Math.ceil(size / shardSize) }, (_, index) => ({
    path,
    start: index * shardSize,
    end: Math.min(size, (index + 1) * shardSize),
  }))
