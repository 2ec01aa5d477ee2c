import type { ByteSource } from '../../source.ts'
import { Cursor, malformed, unread } from './structure.ts'

/** What the HDF5 library looks for at 0, 512, 1024 and so on. */
export const hdf5Signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const

const firstUserBlock = 512

/** Where a superblock may stand: at the start, or behind a user block of 512 bytes or a power of two times that. */
export function* superblockPlaces(size: number): Generator<number> {
  yield 0
  for (let place = firstUserBlock; place + hdf5Signature.length <= size; place *= 2) yield place
}

/** What the superblock says of the file (HDF5 File Format Specification 3.0, II.A). */
export interface Superblock {
  readonly offsetSize: number
  readonly lengthSize: number
  /** Where the writer meant the file to begin; the library counts from where the superblock is. */
  readonly baseAddress: number
  readonly endAddress: number
  readonly rootAddress: number
  readonly extensionAddress: number
}

const isSize = (size: number): boolean => [2, 4, 8].includes(size)

/** Reads the superblock at `base`. */
export const readSuperblock = (content: ByteSource, base: number): Superblock => {
  const bytes = content.read(base, 128)
  const versionAt = hdf5Signature.length
  const version = bytes[versionAt] ?? 0
  if (version > 3) throw unread(base + versionAt, `version ${version} of the superblock`)
  const isOld = version < 2
  const offsetSize = bytes[versionAt + (isOld ? 5 : 1)] ?? 0
  const lengthSize = bytes[versionAt + (isOld ? 6 : 2)] ?? 0
  if (!isSize(offsetSize) || !isSize(lengthSize)) {
    throw malformed(base + versionAt, `expected addresses of 2, 4 or 8 bytes, found ${offsetSize} and ${lengthSize}`)
  }
  const cursor = new Cursor(bytes, base, { offsetSize, lengthSize })
  cursor.skip(isOld ? (version === 0 ? 24 : 28) : 12)
  const baseAddress = cursor.address()
  // Old: free space, end, driver, then the root's symbol table entry with the name's offset first.
  const second = cursor.address()
  const endAddress = cursor.address()
  if (isOld) {
    cursor.address()
    cursor.address()
  }
  const rootAddress = cursor.address()
  const extensionAddress = isOld ? Number.POSITIVE_INFINITY : second
  return { offsetSize, lengthSize, baseAddress, endAddress, rootAddress, extensionAddress }
}
