import { findExactEnd, readDirectories } from '../scan/containers/zip/directory.ts'
import { readLocalAt } from '../scan/containers/zip/entries.ts'
import { zipFlag } from '../scan/containers/zip/records.ts'
import { printable } from '../scan/rule.ts'
import { type ByteSource, partOf } from '../scan/source.ts'
import { type ByteStream, streamOfEntry } from './byte-stream.ts'
import type { DataLimits } from './limits.ts'
import { excessive, unfit } from './refusals.ts'

const stored = 0
const deflated = 8

/** `numpy.savez` writes a handful of arrays (CWE-770). */
const maximumEntries = 10_000

/** A directory of that many entries takes about a tenth of this. */
const directoryBytes = 2 ** 24

const advice = 'save it with numpy.savez or numpy.savez_compressed'

/**
 * The arrays of an `.npz` file by their names, without `.npy`.
 *
 * @throws NootropicError `USAGE` for an archive that no numpy writes: with a name twice, with a header that contradicts the
 *   directory, encrypted, or compressed by another method than deflate; `LIMIT_EXCEEDED`
 */
export const readNpzEntries = (
  path: string,
  content: ByteSource,
  limits: DataLimits,
): ReadonlyMap<string, ByteStream> => {
  const end = findExactEnd(content)
  let count = 0
  const takeEntry = (): void => {
    count += 1
    if (count > maximumEntries) throw excessive(path, 'entries', maximumEntries, count, 'name the arrays apart')
  }
  const [directory] = end === undefined ? [] : readDirectories(content, end, { heldBytes: directoryBytes, takeEntry })
  if (directory === undefined || directory.records.length !== directory.end.entryCount)
    throw unfit(path, 'be a whole zip archive', 'no directory that fits its end', 'get it again')
  const entries = new Map<string, ByteStream>()
  for (const record of directory.records) {
    const name = record.name.replace(/\.npy$/, '')
    const place = `${path}: ${printable(record.name)}`
    const at = directory.base + record.headerAt
    const local = readLocalAt(content, at, record.nameBytes.length)
    if (local === undefined || local.name !== record.name || local.method !== record.method)
      throw unfit(place, 'have the header that the directory lists', 'another', advice)
    if (entries.has(name)) throw unfit(place, 'be there once', 'two of that name', advice)
    if ((record.flags & zipFlag.encrypted) !== 0 || (record.method !== stored && record.method !== deflated))
      throw unfit(place, 'be stored or deflated', `the method ${record.method}, or encryption`, advice)
    if (record.length > limits.expandedBytes)
      throw excessive(place, 'expandedBytes', limits.expandedBytes, record.length, 'raise the limit if you trust it')
    const part = partOf(content, at + local.headerLength, record.compressedLength)
    if (part.size !== record.compressedLength)
      throw unfit(place, `hold ${record.compressedLength} bytes`, `${part.size}`, 'get the archive again')
    entries.set(
      name,
      streamOfEntry(place, {
        content: part,
        isDeflated: record.method === deflated,
        size: record.length,
        checksum: record.checksum,
      }),
    )
  }
  return entries
}
