import {
  type MessageShape,
  type ProtobufField,
  type ProtobufRange,
  type ProtobufReader,
  parsesAs,
} from '../wire/protobuf.ts'

// Protobuf has no magic: this many fields are looked at before a content is called a TensorFlow message.
const maximumFields = 512
const nodesToSee = 8
const maximumOperatorLength = 256

const operatorName = /^[A-Za-z_][\w.>]*$/

function* someFields(reader: ProtobufReader, range: ProtobufRange): Generator<ProtobufField> {
  let count = 0
  for (const field of reader.fields(range)) {
    count += 1
    if (count > maximumFields) return
    yield field
  }
}

/** NodeDef: name 1, op 2, input 3, device 4, attr 5. */
const isNode = (reader: ProtobufReader, range: ProtobufRange): boolean => {
  let hasName = false
  let hasOperator = false
  for (const field of someFields(reader, range)) {
    if (field.number <= 7 && field.kind !== 'bytes') return false
    if (field.number === 1) hasName = field.end > field.start
    if (field.number !== 2) continue
    if (field.end - field.start > maximumOperatorLength || !operatorName.test(reader.text(field))) return false
    hasOperator = true
  }
  return hasName && hasOperator
}

const graphShape: MessageShape = { 1: 'bytes', 2: 'bytes', 3: 'varint', 4: 'bytes' }

const looksLikeGraph = (reader: ProtobufReader, range: ProtobufRange): boolean => {
  let nodes = 0
  for (const field of someFields(reader, range)) {
    if (field.number <= 4 && field.kind !== graphShape[field.number]) return false
    if (field.number !== 1) continue
    if (!isNode(reader, field)) return false
    nodes += 1
    if (nodes === nodesToSee) break
  }
  return nodes > 0
}

const looksLikeMetaGraph = (reader: ProtobufReader, range: ProtobufRange): boolean => {
  for (const field of someFields(reader, range)) {
    if (field.number <= 7 && field.kind !== 'bytes') return false
    if (field.number === 2) return looksLikeGraph(reader, field)
  }
  return false
}

const looksLikeSavedModel = (reader: ProtobufReader, range: ProtobufRange): boolean => {
  for (const field of someFields(reader, range)) {
    if (field.number === 2) return field.kind === 'bytes' && looksLikeMetaGraph(reader, field)
  }
  return false
}

/** GraphDef: node 1, library 2, version 3, versions 4. */
export const isGraph = (reader: ProtobufReader, range: ProtobufRange): boolean =>
  parsesAs(() => looksLikeGraph(reader, range))

/** MetaGraphDef: a graph in field 2. */
export const isMetaGraph = (reader: ProtobufReader, range: ProtobufRange): boolean =>
  parsesAs(() => looksLikeMetaGraph(reader, range))

/** SavedModel: schema version 1, meta graphs 2. An ONNX model has its producer's name in field 2. */
export const isSavedModel = (reader: ProtobufReader, range: ProtobufRange): boolean =>
  parsesAs(() => looksLikeSavedModel(reader, range))
