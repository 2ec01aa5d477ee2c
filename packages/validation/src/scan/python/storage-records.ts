import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { pythonRules } from './rules.ts'
import { storageClaims } from './torch-storages.ts'

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
  for (const [key, { elementSize, count }] of storageClaims(pickle, 0, inspection.budget)) {
    const length = records.get(key)
    if (length === undefined || count === undefined || count * elementSize <= length) continue
    inspection.report({
      rule: pythonRules['torch-storage-length'],
      message: `expected ${count} elements of ${elementSize} bytes in the record ${printable(key)}, found ${length} bytes`,
      evidence: { storage: printable(key), count, elementSize, bytes: length },
    })
  }
}
