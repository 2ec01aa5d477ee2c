import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, bytesSource, partOf } from '../source.ts'
import { type ByteCursor, createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

// "MAT-File Format", MathWorks, level 4: matrices one after another, each with a header of five integers and its name.

const headerLength = 20
/** MATLAB takes 63 letters. */
const maximumNameLength = 64
/** Bytes of a value: double, single, 32-bit, 16-bit with and without a sign, 8-bit. */
const valueSizes: readonly number[] = [8, 4, 4, 2, 2, 1]
const matrixKinds = 3

const nameOfVariable = /^[A-Za-z]\w*\0$/

interface Matrix {
  readonly name: string
  readonly length: number
}

/** Reads the header of a matrix; its values follow. */
const readMatrix = (cursor: ByteCursor, isLittleEndian: boolean): Matrix => {
  const at = cursor.offset
  // MOPT: the machine, nothing, the precision of the values and the kind of the matrix, a decimal digit each.
  const type = cursor.u32() - (isLittleEndian ? 0 : 1000)
  const size = valueSizes[Math.floor(type / 10)]
  const [rows, columns, isComplex, nameLength] = [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()]
  if (type < 0 || size === undefined || type % 10 >= matrixKinds || isComplex > 1) {
    throw new StructureError(at, 'expected the header of a matrix, found other numbers')
  }
  if (nameLength < 2 || nameLength > maximumNameLength) {
    throw new StructureError(at, `expected the length of a name, found ${nameLength}`)
  }
  const name = cursor.text(nameLength)
  if (!nameOfVariable.test(name)) throw new StructureError(at, 'expected the name of a variable, found other text')
  return { name: name.slice(0, -1), length: rows * columns * size * (1 + isComplex) }
}

const openBy = (content: ByteSource, isLittleEndian: boolean): Matrix | undefined => {
  try {
    return readMatrix(createByteCursor(content, { isLittleEndian }), isLittleEndian)
  } catch (error) {
    if (error instanceof StructureError) return undefined
    throw error
  }
}

/** Whether a content opens with the header of a matrix, its name, and as many values as it says. */
export const recogniseMatlab4 = ({ head, size }: Sample): Recognition => {
  // The machine and the precision make no number above 1,052, whatever the order of its bytes.
  if (head.length <= headerLength || head[1] !== 0) return undefined
  const matrix = openBy(bytesSource(head), true) ?? openBy(bytesSource(head), false)
  return matrix !== undefined && headerLength + matrix.name.length + 1 + matrix.length <= size ? 'likely' : undefined
}

const inspectMatlab4 = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  const isLittleEndian = openBy(content, true) !== undefined
  const cursor = createByteCursor(content, { isLittleEndian })
  readStructure(inspection, modelsRules.malformed, () => {
    while (cursor.remaining > 0) {
      inspection.budget.takeEntry()
      inspection.budget.checkTime()
      cursor.skip(readMatrix(cursor, isLittleEndian).length)
    }
  })
  await inspection.enter({ name: 'matrices', content: partOf(content, 0, content.size), expected: 'weights' })
}

/** What MATLAB wrote before version 5: matrices of numbers. */
export const matlab4Format: Format = {
  name: 'matlab-4',
  title: 'MATLAB file of level 4',
  recognise: recogniseMatlab4,
  inspect: inspectMatlab4,
}
