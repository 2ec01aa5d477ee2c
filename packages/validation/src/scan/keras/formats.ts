import { type Format, hasMagic } from '../format.ts'
import type { ByteSource } from '../source.ts'
import { checkHdf5 } from './hdf5/check-hdf5.ts'
import { hdf5Signature, readSuperblock, superblockPlaces } from './hdf5/superblock.ts'

const findSuperblock = (content: ByteSource): number | undefined => {
  for (const place of superblockPlaces(content.size)) {
    if (hasMagic(content.read(place, hdf5Signature.length), hdf5Signature)) return place
  }
  return undefined
}

/** Archives that hold HDF5 files uncompressed, at places where a superblock may happen to stand. */
const isArchive = (head: Uint8Array): boolean => hasMagic(head, 'PK\u0003\u0004') || hasMagic(head, 'ustar', 257)

const hdf5: Format = {
  name: 'hdf5',
  title: 'HDF5 file',
  recognise({ content, head }) {
    const base = findSuperblock(content)
    if (base === undefined) return undefined
    // The library opens it wherever it stands; in an archive only one that was made for its place is no mere entry.
    if (base === 0 || !isArchive(head)) return 'certain'
    try {
      return readSuperblock(content, base).baseAddress === base ? 'certain' : undefined
    } catch {
      return undefined
    }
  },
  async inspect(content, inspection) {
    const base = findSuperblock(content)
    if (base !== undefined) await checkHdf5(content, base, inspection)
  },
}

/** Keras models and the HDF5 format. */
export const kerasFormats: readonly Format[] = [hdf5]
