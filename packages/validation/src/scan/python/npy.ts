import { type Format, hasMagic, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { createByteCursor, readStructure, StructureError, tooLarge } from '../wire/byte-cursor.ts'
import { locateHeader, readHeader } from './npy-header.ts'
import { endOfPickle } from './pickle-walk.ts'
import { pythonRules } from './rules.ts'

/** numpy, `numpy/lib/format.py`. */
const npyMagic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

const recogniseNpy = ({ head }: Sample) => (hasMagic(head, npyMagic) ? 'certain' : undefined)

/** Data of objects are one pickle. Answers where they end; nothing where a pickle's end cannot be told. */
const inspectObjects = async (
  content: ByteSource,
  dataAt: number,
  name: string,
  inspection: Inspection,
): Promise<number | undefined> => {
  inspection.report({
    rule: pythonRules['npy-object-array'],
    message: 'expected numbers, found objects, which are a pickle',
    offset: dataAt,
  })
  let end: number | undefined
  try {
    end = endOfPickle(content, dataAt, inspection.budget)
  } catch (error) {
    // The reader of pickles says what is wrong with it, and what it would do before that.
    if (!(error instanceof StructureError)) throw error
  }
  const length = (end ?? content.size) - dataAt
  await inspection.enter({ name, content: partOf(content, dataAt, length), expected: 'pickle' })
  return end
}

/** Reads one array. Answers where it ends; nothing where that cannot be told. */
const inspectArray = async (
  content: ByteSource,
  offset: number,
  name: string,
  inspection: Inspection,
): Promise<number | undefined> => {
  let located: ReturnType<typeof locateHeader> | undefined
  const isLocated = readStructure(inspection, pythonRules['npy-header-malformed'], () => {
    located = locateHeader(content, offset)
  })
  const header = isLocated && located !== undefined ? readHeader(located, inspection) : undefined
  if (header === undefined) {
    // Whatever the header means to its loader, what stands behind it is looked at for what it is.
    const rest = partOf(content, located?.end ?? offset + npyMagic.length, content.size)
    if (rest.size > 0) await inspection.enter({ name, content: rest })
    return undefined
  }
  const { type, elements, dataAt } = header
  if (type.hasObjects) return inspectObjects(content, dataAt, name, inspection)
  const length = type.itemSize * elements
  const isWhole = readStructure(inspection, pythonRules['npy-data-short'], () => {
    createByteCursor(content, { start: dataAt }).skip(length)
  })
  const data = partOf(content, dataAt, isWhole ? Number(length) : content.size)
  if (data.size > 0) await inspection.enter({ name, content: data, expected: 'weights' })
  return isWhole ? dataAt + Number(length) : undefined
}

/** Arrays of one file (CWE-770). */
const maximumArrays = 20_000

/** Arrays may follow one another in a file: `numpy.save` writes to an open file as often as it is asked. */
const inspectNpy = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  let offset = 0
  for (let index = 0; offset < content.size; index += 1) {
    if (index >= maximumArrays) throw tooLarge(`${maximumArrays} arrays in a row`)
    inspection.budget.checkTime()
    if (index > 0 && !hasMagic(content.read(offset, npyMagic.length), npyMagic)) {
      inspection.report({
        rule: pythonRules['npy-trailing-data'],
        message: `expected the end of the array, found ${content.size - offset} bytes more`,
        offset,
      })
      return inspection.enter({ name: 'trailing data', content: partOf(content, offset, content.size) })
    }
    const end = await inspectArray(content, offset, index === 0 ? 'data' : `data ${index + 1}`, inspection)
    if (end === undefined) return
    offset = end
  }
}

/** One array of numpy, or several in a row. */
export const npyFormat: Format = {
  name: 'npy',
  title: 'numpy array',
  recognise: recogniseNpy,
  inspect: inspectNpy,
}
