import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

/** CRC-32C (RFC 3720, appendix B.4), whose polynomial is 0x1EDC6F41, reflected. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})

const checksum = (bytes: Uint8Array): number => {
  let value = 0xffffffff
  for (const byte of bytes) value = (table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

/** Records hold checksums in a rotated form (`tensorflow/core/lib/hash/crc32c.h`). */
const masked = (value: number): number => (((value >>> 15) | (value << 17)) + 0xa282ead8) >>> 0

const headerLength = 12

const isHeader = (bytes: Uint8Array): boolean =>
  bytes.length >= headerLength &&
  masked(checksum(bytes.subarray(0, 8))) === new DataView(bytes.buffer, bytes.byteOffset + 8, 4).getUint32(0, true)

// Lengths of records stay below 2^40: three zero bytes let most files off without a checksum.
const recogniseTfrecord = ({ head }: Sample): Recognition =>
  head[5] === 0 && head[6] === 0 && head[7] === 0 && isHeader(head) ? 'certain' : undefined

const inspectTfrecord = (content: ByteSource, inspection: Inspection): void => {
  const cursor = createByteCursor(content)
  readStructure(inspection, modelsRules.malformed, () => {
    for (let record = 0; cursor.remaining > 0; record += 1) {
      if (record % 1024 === 0) inspection.budget.checkTime()
      const at = cursor.offset
      if (!isHeader(cursor.bytes(headerLength)))
        throw new StructureError(at, 'expected a record, found a wrong checksum')
      cursor.seek(at)
      cursor.skip(BigInt(headerLength) + cursor.u64() - 8n)
      cursor.skip(4)
    }
  })
}

/** Records of TensorFlow: training data, and the events of TensorBoard. */
export const tfrecordFormat: Format = {
  name: 'tfrecord',
  title: 'TensorFlow records',
  recognise: recogniseTfrecord,
  inspect: inspectTfrecord,
}
