import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { StructureError } from '../wire/byte-cursor.ts'
import { pythonRules } from './rules.ts'
import { type StorageClaim, storageClaims } from './torch-storages.ts'

/** Of a pickle that breaks off nothing is known here; the reader of pickles says what is wrong with it. */
const readClaims = (pickle: ByteSource, { budget }: Inspection): ReadonlyMap<string, StorageClaim> => {
  try {
    return storageClaims(pickle, 0, budget)
  } catch (error) {
    if (error instanceof StructureError) return new Map()
    throw error
  }
}

/**
 * Compares what the pickle of a torch zip says of its storages with the records that hold them.
 *
 * @param records the lengths of the records in bytes, by the keys of the storages.
 */
export const checkStorageRecords = (
  pickle: ByteSource,
  records: ReadonlyMap<string, number>,
  inspection: Inspection,
): void => {
  for (const [key, { elementSize, count }] of readClaims(pickle, inspection)) {
    const length = records.get(key)
    if (length === undefined || count === undefined || count * elementSize <= length) continue
    inspection.report({
      rule: pythonRules['torch-storage-length'],
      message: `expected ${count} elements of ${elementSize} bytes in the record ${printable(key)}, found ${length} bytes`,
      evidence: { storage: printable(key), count, elementSize, bytes: length },
    })
  }
}
