import { elementCount } from '@nootropic/core'
import { elementReader } from './element-reader.ts'
import type { ArrayHeader } from './npy-header.ts'
import { unfit } from './refusals.ts'

/** How the types of the IDX format (LeCun, "The MNIST database of handwritten digits") are called by numpy. */
const types: Readonly<Record<number, string>> = {
  8: '|u1',
  9: '|i1',
  11: '>i2',
  12: '>i4',
  13: '>f4',
  14: '>f8',
}

/** Whether bytes begin as an IDX file does: two zeros, a type, and a number of axes. */
export const isIdx = (head: Uint8Array): boolean =>
  head[0] === 0 && head[1] === 0 && types[head[2] ?? 0] !== undefined && (head[3] ?? 0) > 0

/**
 * Reads the header of an IDX file from its first bytes.
 *
 * @param size of the whole file, in bytes.
 * @throws NootropicError `USAGE`
 */
export const readIdxHeader = (path: string, head: Uint8Array, size: number): ArrayHeader => {
  const rank = head[3] ?? 0
  const dataAt = 4 + 4 * rank
  const element = elementReader(types[head[2] ?? 0] ?? '')
  if (element === undefined || head.length < dataAt)
    throw unfit(path, 'be a whole IDX file', 'the end of the file in its header', 'get it again')
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  const dataLength = elementCount(shape) * element.bytes
  if (dataLength !== size - dataAt)
    throw unfit(path, `hold ${dataLength} bytes of data for the shape [${shape}]`, `${size - dataAt}`, 'get it again')
  return { shape, isFortranOrder: false, element, dataAt, dataLength }
}
