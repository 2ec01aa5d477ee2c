import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

/** What pyarrow calls a type that it unpickles: before 14.0.1 as soon as the file is read (CVE-2023-47248). */
const extensionName = 'arrow.py_extension_type'
const longExtensionName = 'arrow.pyarrow_extension_type'

/** Base64 of the name at each of the three places that it can have in the schema that Parquet carries encoded. */
const encodedNames: readonly string[] = [0, 1, 2].map((shift) => {
  const encoded = Buffer.from('\0'.repeat(shift) + extensionName, 'latin1').toString('base64')
  // The first and last characters depend on what stands around the name.
  return encoded.slice(shift === 0 ? 0 : shift + 1, -4)
})
const names: readonly string[] = [extensionName, longExtensionName, ...encodedNames]

/** A schema stands in the footer; it is looked for there and at the start, where streams keep it. */
const searchedLength = 2 ** 24

const checkExtensions = (content: ByteSource, start: number, length: number, inspection: Inspection): void => {
  const bytes = content.read(start, Math.min(length, searchedLength))
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  for (const name of names) {
    const at = buffer.indexOf(name, 0, 'latin1')
    if (at < 0) continue
    inspection.report({
      rule: modelsRules['arrow-pickled-type'],
      message: 'expected types of Arrow, found an extension type of Python, which is a pickle in the schema',
      offset: start + at,
    })
    return
  }
}

/** How a file with a footer begins and ends. */
interface Framing {
  readonly magic: string
  /** Bytes from the length of the footer to the end. */
  readonly tail: number
}

const parquet: Framing = { magic: 'PAR1', tail: 8 }
const arrow: Framing = { magic: 'ARROW1', tail: 10 }
const feather: Framing = { magic: 'FEA1', tail: 8 }

const inspectFramed = (content: ByteSource, inspection: Inspection, { magic, tail }: Framing): void => {
  readStructure(inspection, modelsRules.malformed, () => {
    const start = content.size - tail
    const cursor = createByteCursor(content, { start: Math.max(0, start) })
    const length = cursor.u32()
    if (start < magic.length || cursor.text(magic.length) !== magic) {
      throw new StructureError(content.size - magic.length, `expected ${magic} at the end, found something else`)
    }
    if (length > start - magic.length)
      throw new StructureError(start, `expected a footer inside, found ${length} bytes`)
    checkExtensions(content, start - length, length, inspection)
  })
  checkExtensions(content, 0, Math.min(content.size, 2 ** 20), inspection)
}

const recogniseMagic =
  (magic: string, at = 0) =>
  ({ head, size }: Sample): Recognition =>
    size > 12 && hasMagic(head, magic, at) ? 'certain' : undefined

/** A file of Apache Arrow, which Feather is since its second version. */
export const arrowFormat: Format = {
  name: 'arrow',
  title: 'Apache Arrow file',
  recognise: ({ head }) => (hasMagic(head, 'ARROW1\0\0') ? 'certain' : undefined),
  inspect: (content, inspection) => inspectFramed(content, inspection, arrow),
}

/** Feather before Arrow's own file format. */
export const featherFormat: Format = {
  name: 'feather',
  title: 'Feather table',
  recognise: recogniseMagic('FEA1'),
  inspect: (content, inspection) => inspectFramed(content, inspection, feather),
}

/** A table of Apache Parquet. */
export const parquetFormat: Format = {
  name: 'parquet',
  title: 'Apache Parquet table',
  recognise: recogniseMagic('PAR1'),
  inspect: (content, inspection) => inspectFramed(content, inspection, parquet),
}

/** An IPC message: a mark, the length of its metadata, and a FlatBuffer whose root offset is small. */
const recogniseStream = ({ head }: Sample): Recognition => {
  if (!hasMagic(head, [0xff, 0xff, 0xff, 0xff]) || head.length < 16) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const length = view.getUint32(4, true)
  const root = view.getUint32(8, true)
  return length > 16 && length % 8 === 0 && root >= 4 && root < 64 && root < length ? 'likely' : undefined
}

/** Messages one after another, without a footer. */
export const arrowStreamFormat: Format = {
  name: 'arrow-stream',
  title: 'Apache Arrow stream',
  recognise: recogniseStream,
  async inspect(content, inspection) {
    checkExtensions(content, 0, content.size, inspection)
    await inspection.enter({ name: 'batches', content: partOf(content, 0, content.size), expected: 'weights' })
  },
}
