import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { recogniseMatlab4 } from './matlab-4.ts'
import { modelsRules } from './rules.ts'

/** A network in text that is longer is not read (CWE-770). */
const maximumTextLength = 2 ** 22

const linesOf = (content: ByteSource, inspection: Inspection): readonly string[] | undefined => {
  if (content.size <= maximumTextLength) return Buffer.from(content.read(0, content.size)).toString('utf8').split('\n')
  inspection.incomplete(`not scanned: a network of more than ${maximumTextLength} bytes of text`)
  return undefined
}

/** The magic of ncnn, a date; the counts of layers and blobs stand in the line behind it. */
const ncnnOpening = /^7767517\r?\n\s*\d+\s+\d+\s*\r?\n/

const inspectNcnn = (content: ByteSource, inspection: Inspection): void => {
  const [, counts = '', ...layers] = linesOf(content, inspection) ?? []
  const [declared] = counts.trim().split(/\s+/).map(Number)
  const found = layers.filter((line) => line.trim() !== '').length
  if (declared === found || layers.length === 0) return
  inspection.report({
    rule: modelsRules.malformed,
    message: `expected ${declared} layers, found ${found}`,
    offset: 8,
  })
}

/** A network of ncnn in text, `.param`. */
export const ncnnFormat: Format = {
  name: 'ncnn',
  title: 'ncnn network',
  recognise: ({ text }: Sample): Recognition => (text !== undefined && ncnnOpening.test(text) ? 'certain' : undefined),
  inspect: inspectNcnn,
}

const darknetOpening = /^(?:\s|[#;][^\n]*\n)*\[net(?:work)?\]\s*\r?\n/
const darknetLine = /^\s*(?:\[[\w-]+\]|[\w-]+\s*=[^\0]*|[#;].*)?\s*$/

const inspectDarknet = (content: ByteSource, inspection: Inspection): void => {
  const odd = (linesOf(content, inspection) ?? []).findIndex((line) => !darknetLine.test(line.slice(0, 10_000)))
  if (odd < 0) return
  inspection.report({
    rule: modelsRules.malformed,
    message: 'expected sections and options, found another line',
    inside: `line ${odd + 1}`,
  })
}

/** A network of Darknet, `.cfg`. */
export const darknetFormat: Format = {
  name: 'darknet',
  title: 'Darknet network',
  recognise: ({ text }: Sample): Recognition =>
    text !== undefined && darknetOpening.test(text) ? 'likely' : undefined,
  inspect: inspectDarknet,
}

/** Version 0.1 or 0.2, revision, and images seen, of 4 bytes before 0.2 and 8 since; floats follow. */
const recogniseDarknetWeights = (sample: Sample): Recognition => {
  const { head, size } = sample
  // A column of one or two numbers of MATLAB opens alike, and has a name besides.
  if (recogniseMatlab4(sample) !== undefined) return undefined
  if (!hasMagic(head, [0, 0, 0, 0]) || !hasMagic(head, [0, 0, 0], 5) || !hasMagic(head, [0, 0, 0], 9)) return undefined
  const minor = head[4] ?? 0
  const revision = head[8] ?? 0
  return (minor === 1 || minor === 2) && revision <= 5 && size > 64 && size % 4 === 0 ? 'certain' : undefined
}

/** Weights of Darknet, which have no structure behind their header. */
export const darknetWeightsFormat: Format = {
  name: 'darknet-weights',
  title: 'Darknet weights',
  recognise: recogniseDarknetWeights,
  inspect: (content, inspection) =>
    inspection.enter({ name: 'weights', content: partOf(content, 16, content.size), expected: 'weights' }),
}

/** `FASTTEXT_FILEFORMAT_MAGIC_INT32` and the versions that there are. */
const fasttextMagic = 793712314

const recogniseFasttext = ({ head }: Sample): Recognition => {
  if (head.length < 8) return undefined
  const view = new DataView(head.buffer, head.byteOffset, 8)
  const version = view.getInt32(4, true)
  return view.getInt32(0, true) === fasttextMagic && version >= 1 && version <= 12 ? 'certain' : undefined
}

/** Twelve integers and a double: the arguments of the training. */
const fasttextArguments = 12 * 4 + 8
const maximumWordLength = 4096

const inspectFasttext = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  const cursor = createByteCursor(content, { start: 8 })
  readStructure(inspection, modelsRules.malformed, () => {
    cursor.skip(fasttextArguments)
    const words = cursor.i32()
    cursor.skip(8)
    cursor.skip(8)
    const pruned = BigInt.asIntN(64, cursor.u64())
    if (words < 0) throw new StructureError(cursor.offset, `expected a number of words, found ${words}`)
    for (let index = 0; index < words; index += 1) {
      if (index % 4096 === 0) inspection.budget.checkTime()
      const window = content.read(cursor.offset, Math.min(maximumWordLength, cursor.remaining))
      const end = window.indexOf(0)
      if (end < 0) throw new StructureError(cursor.offset, 'expected a word that ends, found none')
      cursor.skip(end + 1 + 9)
    }
    if (pruned > 0n) cursor.skip(pruned * 8n)
  })
  await inspection.enter({
    name: 'vectors',
    content: partOf(content, cursor.offset, content.size),
    expected: 'weights',
  })
}

/** A model of fastText, `.bin`. */
export const fasttextFormat: Format = {
  name: 'fasttext',
  title: 'fastText model',
  recognise: recogniseFasttext,
  inspect: inspectFasttext,
}

const word2vecOpening = /^(\d{1,9}) (\d{1,5})\n\S{1,200} /

const recogniseWord2vec = ({ head, size, text }: Sample): Recognition => {
  if (text !== undefined || (head[0] ?? 0) < 0x30 || (head[0] ?? 0) > 0x39) return undefined
  const found = word2vecOpening.exec(Buffer.from(head.subarray(0, 256)).toString('latin1'))
  if (found === null) return undefined
  // Each word takes its letters, a space and as many floats as there are dimensions.
  return Number(found[1]) * (Number(found[2]) * 4 + 2) <= size ? 'likely' : undefined
}

/** Word vectors in the binary format of word2vec. */
export const word2vecFormat: Format = {
  name: 'word2vec',
  title: 'word2vec vectors',
  recognise: recogniseWord2vec,
  inspect: (content, inspection) =>
    inspection.enter({ name: 'vectors', content: partOf(content, 0, content.size), expected: 'weights' }),
}
