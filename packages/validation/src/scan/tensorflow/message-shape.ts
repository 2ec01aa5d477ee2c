import { lengthDelimited, type ProtobufField, type ProtobufRange, type ProtobufReader, parsesAs } from './protobuf.ts'

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
    if (field.number <= 7 && field.wireType !== lengthDelimited) return false
    if (field.number === 1) hasName = field.length > 0
    if (field.number !== 2) continue
    if (field.length > maximumOperatorLength || !operatorName.test(reader.text(field))) return false
    hasOperator = true
  }
  return hasName && hasOperator
}

const graphWireTypes: readonly (number | undefined)[] = [
  undefined,
  lengthDelimited,
  lengthDelimited,
  0,
  lengthDelimited,
]

const looksLikeGraph = (reader: ProtobufReader, range: ProtobufRange): boolean => {
  let nodes = 0
  for (const field of someFields(reader, range)) {
    if (field.number < graphWireTypes.length && field.wireType !== graphWireTypes[field.number]) return false
    if (field.number !== 1) continue
    if (!isNode(reader, field)) return false
    nodes += 1
    if (nodes === nodesToSee) break
  }
  return nodes > 0
}

const looksLikeMetaGraph = (reader: ProtobufReader, range: ProtobufRange): boolean => {
  for (const field of someFields(reader, range)) {
    if (field.number <= 7 && field.wireType !== lengthDelimited) return false
    if (field.number === 2) return looksLikeGraph(reader, field)
  }
  return false
}

const looksLikeSavedModel = (reader: ProtobufReader, range: ProtobufRange): boolean => {
  for (const field of someFields(reader, range)) {
    if (field.number === 2) return field.wireType === lengthDelimited && looksLikeMetaGraph(reader, field)
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
