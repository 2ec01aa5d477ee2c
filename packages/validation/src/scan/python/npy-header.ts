import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { StructureError } from '../wire/byte-cursor.ts'
import { elementCount, type NpyType, parseNpyType } from './npy-dtype.ts'
import { type PythonLiteral, parsePythonLiteral } from './python-literal.ts'
import { pythonRules } from './rules.ts'

/** What an array of a `.npy` file is. */
export interface NpyHeader {
  readonly type: NpyType
  readonly elements: bigint
  /** Where its data begin. */
  readonly dataAt: number
}

/** Where the header's text stands, which is known even where it says nothing sound. */
interface HeaderText {
  readonly text: string
  readonly at: number
  readonly end: number
}

/** `max_header_size` of numpy: `literal_eval` of more can exhaust the interpreter's stack (CWE-674). */
const acceptedLength = 10_000

/** A header that no structured type explains; it is not parsed (CWE-770). */
const maximumLength = 2 ** 20

/** Reads where the header stands. Throws {@link StructureError}. */
export const locateHeader = (content: ByteSource, offset: number): HeaderText => {
  const prefix = content.read(offset, 12)
  const [major = 0, minor = 0] = prefix.subarray(6)
  if (major < 1 || major > 3 || minor !== 0) {
    throw new StructureError(offset + 6, `expected version 1.0, 2.0 or 3.0, found ${major}.${minor}`)
  }
  const at = offset + (major === 1 ? 10 : 12)
  if (at > content.size) throw new StructureError(offset + 8, 'expected the length of the header, found the end')
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length)
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > content.size - at) {
    throw new StructureError(
      offset + 8,
      `expected a header of ${length} bytes, found the end after ${content.size - at}`,
    )
  }
  if (length > maximumLength) {
    throw new StructureError(offset + 8, `expected a header of at most ${maximumLength} bytes, found ${length}`)
  }
  const encoding = major === 3 ? 'utf8' : 'latin1'
  return { text: Buffer.from(content.read(at, length)).toString(encoding), at, end: at + length }
}

const headerKeys = ['descr', 'fortran_order', 'shape'] as const

/** The three values, or nothing where there are others, fewer or one twice. */
const valuesOf = (header: PythonLiteral): readonly PythonLiteral[] | undefined => {
  if (header.kind !== 'dictionary' || header.entries.length !== headerKeys.length) return undefined
  const values = headerKeys.map(
    (key) => header.entries.find(([name]) => name.kind === 'text' && name.value === key)?.[1],
  )
  return values.every((value) => value !== undefined) ? values : undefined
}

/** Reads what the header says, and reports what is wrong with it. */
export const readHeader = ({ text, at, end }: HeaderText, inspection: Inspection): NpyHeader | undefined => {
  if (text.length > acceptedLength) {
    inspection.report({
      rule: pythonRules['npy-header-length'],
      message: `expected a header of at most ${acceptedLength} bytes, found ${text.length}`,
      offset: at,
    })
  }
  const header = parsePythonLiteral(text)
  if ('found' in header) {
    const rule = header.isCode ? pythonRules['npy-header-code'] : pythonRules['npy-header-malformed']
    const message = `expected a literal of Python, found ${JSON.stringify(header.found)}`
    inspection.report({ rule, message, offset: at + header.at, evidence: { header: text.slice(0, 200) } })
    return undefined
  }
  const [descriptor, order, shape] = valuesOf(header) ?? []
  if (descriptor === undefined || order === undefined || shape === undefined) {
    const found =
      header.kind === 'dictionary' ? header.entries.map(([key]) => ('value' in key ? key.value : key.kind)) : []
    inspection.report({
      rule: pythonRules['npy-header-keys'],
      message: `expected descr, fortran_order and shape once each, found ${found.slice(0, 10).join(', ') || header.kind}`,
      offset: at,
    })
    return undefined
  }
  const elements = elementCount(shape)
  if (elements === undefined || order.kind !== 'constant' || order.value === undefined) {
    inspection.report({
      rule: pythonRules['npy-header-malformed'],
      message: 'expected a shape of non-negative integers and an order that is True or False, found others',
      offset: at,
      evidence: { header: text.slice(0, 200) },
    })
    return undefined
  }
  const type = parseNpyType(descriptor)
  if (type === undefined) {
    inspection.report({
      rule: pythonRules['npy-type'],
      message: 'expected a type as numpy spells it, found another',
      offset: at,
      evidence: { header: text.slice(0, 200) },
    })
    return undefined
  }
  return { type, elements, dataAt: end }
}
