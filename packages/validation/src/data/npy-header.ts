import { elementCount } from '@nootropic/core'
import { locateHeader } from '../scan/python/npy-header.ts'
import { type PythonLiteral, parsePythonLiteral } from '../scan/python/python-literal.ts'
import { printable } from '../scan/rule.ts'
import { bytesSource } from '../scan/source.ts'
import { StructureError } from '../scan/wire/byte-cursor.ts'
import { type ElementReader, elementReader } from './element-reader.ts'
import { unfit } from './refusals.ts'

/** What an array of numpy holds. */
export interface ArrayHeader {
  readonly shape: readonly number[]
  /** Whether the first axis is the one that runs fastest. */
  readonly isFortranOrder: boolean
  readonly element: ElementReader
  /** Where its data begin, in bytes. */
  readonly dataAt: number
  /** How long they are, in bytes. */
  readonly dataLength: number
}

/** numpy, `numpy/lib/format.py`. */
export const npyMagic: Uint8Array = Buffer.from('\x93NUMPY', 'latin1')

/** A header is read within so many bytes: numpy itself refuses one above 10,000. */
export const headBytes = 2 ** 14

/** numpy's own NPY_MAXDIMS was 32, and is 64 from 2.0 on. */
const maximumRank = 64

const advice = 'save it with numpy.save, as an array of numbers'

const parseShape = (path: string, shape: PythonLiteral | undefined): number[] => {
  const items = shape?.kind === 'tuple' && shape.items.length <= maximumRank ? shape.items : undefined
  const dims = items?.map((item) => (item.kind === 'integer' && item.value >= 0n ? Number(item.value) : Number.NaN))
  if (dims === undefined || !dims.every(Number.isSafeInteger) || !Number.isSafeInteger(elementCount(dims)))
    throw unfit(path, 'have a shape of whole numbers', 'another in its header', advice)
  return dims
}

const describeType = (descriptor: PythonLiteral | undefined): string => {
  if (descriptor?.kind === 'text') return `the type "${printable(descriptor.value)}"`
  return descriptor?.kind === 'list' ? 'a structured type' : 'another type'
}

/** Objects are a pickle, which is a program: nothing here runs one. */
const refuseType = (path: string, descriptor: PythonLiteral | undefined): never => {
  const isObject = descriptor?.kind === 'text' && /^[<>|=]?O/.test(descriptor.value)
  throw isObject
    ? unfit(path, 'hold numbers', 'Python objects (dtype object), which only a pickle holds', `${advice}, after astype`)
    : unfit(path, 'hold booleans, integers or floats of at most 64 bits', describeType(descriptor), advice)
}

/**
 * Reads the header of an array from its first bytes.
 *
 * @param size of the whole array, header and data, in bytes.
 * @throws NootropicError `USAGE`
 */
export const readNpyHeader = (path: string, head: Uint8Array, size: number): ArrayHeader => {
  if (!Buffer.from(npyMagic).equals(head.subarray(0, npyMagic.length)))
    throw unfit(path, 'be an array of numpy', 'other bytes', advice)
  try {
    const { text, end } = locateHeader(bytesSource(head), 0)
    const header = parsePythonLiteral(text)
    const entries = 'kind' in header && header.kind === 'dictionary' ? header.entries : []
    const entryOf = (key: string): PythonLiteral | undefined =>
      entries.find(([name]) => name.kind === 'text' && name.value === key)?.[1]
    const [descriptor, order] = [entryOf('descr'), entryOf('fortran_order')]
    if (entries.length !== 3 || order?.kind !== 'constant' || order.value === undefined)
      throw unfit(path, 'have a header with descr, fortran_order and shape', 'another', advice)
    const shape = parseShape(path, entryOf('shape'))
    const element = descriptor?.kind === 'text' ? elementReader(descriptor.value) : undefined
    if (element === undefined) return refuseType(path, descriptor)
    const dataLength = elementCount(shape) * element.bytes
    if (dataLength !== size - end)
      throw unfit(path, `hold ${dataLength} bytes of data for the shape [${shape}]`, `${size - end}`, 'get it again')
    return { shape, isFortranOrder: order.value, element, dataAt: end, dataLength }
  } catch (error) {
    if (!(error instanceof StructureError)) throw error
    throw unfit(path, 'have a header of numpy', printable(error.message), advice, error)
  }
}
