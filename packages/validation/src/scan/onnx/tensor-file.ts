import { dataTypes } from '@nootropic/core/formats'
import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { type ProtobufField, ProtobufReader, parsesAs } from '../wire/protobuf.ts'
import { bytesOf } from './element-size.ts'

// ONNX's own tests keep the inputs and outputs of a model as single TensorProto messages, `test_data_set_0/input_0.pb`.

/** Fields of a TensorProto that holds its own values, in one piece: nothing that names another file (onnx.proto). */
const fields = { dims: 1, dataType: 2, name: 8, rawData: 9, docString: 12 } as const

/** A tensor has fewer dims; and a message of five fields has no more fields than this (CWE-770). */
const maximumDims = 16
const maximumFields = maximumDims + 4
const maximumName = 256

/** What a message that may be a tensor says. */
interface TensorFile {
  readonly dims: readonly number[]
  readonly dataType: number
  readonly rawData: ProtobufField
}

const dimsOf = (reader: ProtobufReader, field: ProtobufField): number[] => {
  if (field.kind === 'varint') return [field.value]
  const dims: number[] = []
  let value = 0
  let factor = 1
  for (const byte of reader.content.read(field.start, Math.min(field.end - field.start, maximumDims * 10))) {
    value += (byte & 0x7f) * factor
    factor *= 128
    if (byte >= 0x80) continue
    dims.push(value)
    value = 0
    factor = 1
  }
  return dims
}

const readTensorFile = (content: ByteSource): TensorFile | undefined => {
  const reader = new ProtobufReader(content)
  const dims: number[] = []
  let dataType: number | undefined
  let rawData: ProtobufField | undefined
  let count = 0
  for (const field of reader.fields({ start: 0, end: content.size })) {
    count += 1
    const { number, kind, value, start, end } = field
    if (count > maximumFields) return undefined
    if (number === fields.dims) dims.push(...dimsOf(reader, field))
    else if (number === fields.dataType && kind === 'varint' && dataType === undefined) dataType = value
    else if (number === fields.rawData && kind === 'bytes' && rawData === undefined) rawData = field
    else if ((number !== fields.name && number !== fields.docString) || kind !== 'bytes' || end - start > maximumName) {
      return undefined
    }
  }
  if (dataType === undefined || rawData === undefined || dims.length > maximumDims) return undefined
  return { dims, dataType, rawData }
}

/** Whether the values have the length that dims and type ask for: without a magic, this is what tells a tensor. */
const isTensor = ({ dims, dataType, rawData }: TensorFile): boolean =>
  dims.every(Number.isSafeInteger) &&
  dataType !== dataTypes.STRING &&
  bytesOf(dataType, dims) === BigInt(rawData.end - rawData.start)

const openings: ReadonlySet<number> = new Set([0x08, 0x0a, 0x10, 0x42, 0x4a])

/** A tensor of ONNX in a file of its own. */
export const tensorFile: Format = {
  name: 'onnx-tensor',
  title: 'ONNX tensor',
  recognise: ({ head, content, text }: Sample): Recognition => {
    if (!openings.has(head[0] ?? 0) || text !== undefined) return undefined
    const isOne = parsesAs(() => {
      const tensor = readTensorFile(content)
      return tensor !== undefined && tensor.rawData.end > tensor.rawData.start && isTensor(tensor)
    })
    return isOne ? 'likely' : undefined
  },
  inspect: async (content: ByteSource, inspection: Inspection) => {
    const tensor = readTensorFile(content)
    if (tensor === undefined) return inspection.incomplete('expected a tensor, found another message')
    const { start, end } = tensor.rawData
    await inspection.enter({ name: 'raw_data', content: partOf(content, start, end - start), expected: 'weights' })
  },
}
