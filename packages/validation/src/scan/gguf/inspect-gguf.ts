import type { Inspection } from '../inspection.ts'
import type { Rule } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { checkLayout } from './check-layout.ts'
import { checkMetadata } from './check-metadata.ts'
import { type Cursor, createCursor, type Notation } from './cursor.ts'
import { Malformed } from './malformed.ts'
import { readMetadata } from './read-metadata.ts'
import { readTensors } from './read-tensors.ts'
import { ggufRules as rules } from './rules.ts'

const magicLength = 4
const currentVersions = [2, 3]

/** The fewest bytes of an entry: a key, a type and a value of one byte. */
const minimumEntryLength = ({ countBytes }: Notation): number => countBytes + 4 + 1
/** The fewest bytes of a tensor: a name, a number of dimensions, a type and an offset. */
const minimumTensorLength = ({ countBytes }: Notation): number => countBytes + 4 + 4 + 8

const readVersion = (content: ByteSource, inspection: Inspection): Notation => {
  const little = createCursor(content, magicLength, { isLittleEndian: true, countBytes: 8 }).uint32()
  // Versions are small: one whose low half is empty is written the other way round.
  const isLittleEndian = (little & 0xffff) !== 0 || little === 0
  const version = isLittleEndian
    ? little
    : createCursor(content, magicLength, { isLittleEndian: false, countBytes: 8 }).uint32()
  if (!isLittleEndian) {
    const message = 'expected little-endian numbers, found big-endian ones'
    inspection.report({ rule: rules['byte-order'], message, offset: magicLength })
  }
  if (!currentVersions.includes(version)) {
    const message = `expected version ${currentVersions.join(' or ')}, found ${version}`
    inspection.report({ rule: rules.version, message, offset: magicLength })
  }
  return { isLittleEndian, countBytes: version === 1 ? 4 : 8 }
}

/** Counts that the rest of the file cannot hold are refused before anything is read by them (CWE-789). */
const checkCount = (count: bigint, minimumLength: number, cursor: Cursor, rule: Rule): number => {
  const maximum = Math.floor(cursor.remaining / minimumLength)
  if (count <= BigInt(maximum)) return Number(count)
  const message = `expected at most ${maximum} in the ${cursor.remaining} bytes that are left, found ${count}`
  throw new Malformed({ rule, message, offset: magicLength + 4 })
}

/** Reads the structure of a GGUF file; of the data only where it lies. */
export const inspectGguf = (content: ByteSource, inspection: Inspection): void => {
  try {
    const notation = readVersion(content, inspection)
    const cursor = createCursor(content, magicLength + 4, notation)
    const [tensorCount, entryCount] = [cursor.count(), cursor.count()]
    const tensors = checkCount(tensorCount, minimumTensorLength(notation), cursor, rules['tensor-count'])
    const entries = checkCount(entryCount, minimumEntryLength(notation), cursor, rules['key-count'])
    const alignment = checkMetadata(readMetadata(cursor, entries, inspection), inspection)
    checkLayout(content, readTensors(cursor, tensors, inspection), cursor.offset, alignment, inspection)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    inspection.report(error.sighting)
  }
}
