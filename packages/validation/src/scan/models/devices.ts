import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

/** `ET12` and its successors behind the offset of the root table, as FlatBuffers place an identifier. */
const recogniseExecutorch = ({ head }: Sample): Recognition =>
  /^ET\d\d$/.test(Buffer.from(head.subarray(4, 8)).toString('latin1')) ? 'certain' : undefined

/** The root table of a FlatBuffer and its list of fields lie inside the buffer. */
const checkRootTable = (content: ByteSource): void => {
  const cursor = createByteCursor(content)
  const root = cursor.u32()
  cursor.seek(root)
  const fields = root - cursor.i32()
  cursor.seek(fields)
  const length = cursor.u16()
  if (length < 4 || length % 2 !== 0)
    throw new StructureError(fields, `expected a list of fields, found ${length} bytes`)
  cursor.skip(length - 2)
}

const inspectExecutorch = (content: ByteSource, inspection: Inspection): void => {
  readStructure(inspection, modelsRules.malformed, () => {
    checkRootTable(content)
    const cursor = createByteCursor(content, { start: 8 })
    // The extended header tells where the program ends and the segments begin.
    if (content.size < 32 || cursor.text(4) !== 'eh00') return
    cursor.skip(4)
    const program = cursor.u64()
    const segments = cursor.u64()
    if (program > content.size || (segments !== 0n && segments < program) || segments > content.size) {
      throw new StructureError(16, `expected a program and segments inside, found ${program} and ${segments}`)
    }
  })
}

/** A program for ExecuTorch, `.pte`. */
export const executorchFormat: Format = {
  name: 'executorch',
  title: 'ExecuTorch program',
  recognise: recogniseExecutorch,
  inspect: inspectExecutorch,
}

/** A plan of TensorRT opens with its magic; three more zero bytes tell it from text. */
const recogniseTensorrt = ({ head, text }: Sample): Recognition =>
  (hasMagic(head, 'ptrt') || hasMagic(head, 'ftrt')) && text === undefined ? 'certain' : undefined

const inspectTensorrt = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  inspection.report({
    rule: modelsRules['tensorrt-engine'],
    message: 'expected weights and a graph, found an engine of TensorRT, which carries code for one device',
  })
  await inspection.enter({ name: 'engine', content: partOf(content, 0, content.size), expected: 'weights' })
}

/** An engine of TensorRT. */
export const tensorrtFormat: Format = {
  name: 'tensorrt',
  title: 'TensorRT engine',
  recognise: recogniseTensorrt,
  inspect: inspectTensorrt,
}

/** `RKNN`, four zero bytes, version and length. */
const recogniseRknn = ({ head }: Sample): Recognition => (hasMagic(head, 'RKNN\0\0\0\0') ? 'certain' : undefined)

const inspectRknn = (content: ByteSource, inspection: Inspection): void => {
  readStructure(inspection, modelsRules.malformed, () => {
    const cursor = createByteCursor(content, { start: 8 })
    cursor.skip(8)
    cursor.skip(cursor.u64())
  })
}

/** A model for processors of Rockchip. */
export const rknnFormat: Format = { name: 'rknn', title: 'RKNN model', recognise: recogniseRknn, inspect: inspectRknn }

/** An Actually Portable Executable, which is what llamafile makes of a model: it opens as a program and as a script. */
const recogniseLlamafile = ({ head }: Sample): Recognition =>
  hasMagic(head, "MZqFpD='") || hasMagic(head, "jartsr='") ? 'certain' : undefined

const inspectLlamafile = (_content: ByteSource, inspection: Inspection): void =>
  inspection.report({
    rule: modelsRules['portable-program'],
    message: 'expected a model, found a program that runs on every system, perhaps with a model inside',
    offset: 0,
  })

/** A program with a model inside, `.llamafile`. */
export const llamafileFormat: Format = {
  name: 'llamafile',
  title: 'portable program (llamafile)',
  recognise: recogniseLlamafile,
  inspect: inspectLlamafile,
}
