import { deflateSync } from 'node:zlib'
import { littleEndian } from './model-files.ts'

/** Files of MATLAB, built byte by byte. */

const { number32 } = littleEndian

const element = (type: number, data: Uint8Array): Buffer =>
  Buffer.concat([number32(type), number32(data.length), data, Buffer.alloc((8 - (data.length % 8)) % 8)])

/** The classes of arrays by their numbers in the format. */
export const matlabClasses = { cell: 1, structure: 2, object: 3, double: 6, handle: 16, opaque: 17 } as const

/** An array of one of the classes, around its values or other arrays. */
export const matlabArray = (kind: keyof typeof matlabClasses, ...inner: readonly Uint8Array[]): Buffer => {
  const flags = element(6, Buffer.concat([number32(matlabClasses[kind]), number32(0)]))
  const dimensions = element(5, Buffer.concat([number32(1), number32(1)]))
  const name = Buffer.concat([Buffer.from([1, 0, 1, 0]), Buffer.from('x\0\0\0')])
  const values = kind === 'double' ? [element(9, Buffer.alloc(8, 1))] : inner
  return element(14, Buffer.concat([flags, dimensions, name, ...values]))
}

/** An element as it is written since version 7. */
export const matlabCompressed = (array: Uint8Array): Buffer => {
  const data = deflateSync(array)
  return Buffer.concat([number32(15), number32(data.length), data])
}

/** A file of level 5. */
export const matlabOf = (...elements: readonly Uint8Array[]): Buffer => {
  const header = Buffer.alloc(128, ' ')
  header.write('MATLAB 5.0 MAT-file Platform: posix')
  header.fill(0, 116, 124)
  header.write('\0\x01IM', 124, 'latin1')
  return Buffer.concat([header, ...elements])
}

/** A file of level 4: one matrix of doubles with two values. */
export const matlab4Of = ({ type = 0, rows = 2 } = {}): Buffer =>
  Buffer.concat([...[type, rows, 1, 0, 2].map(number32), Buffer.from('x\0'), Buffer.alloc(16, 1)])
