import type { Inspection } from '../inspection.ts'
import { checkKerasText } from '../keras/check-keras-text.ts'
import { isOutsidePath } from '../keras/outside-path.ts'
import { printable } from '../rule.ts'
import { StructureError } from '../wire/byte-cursor.ts'
import type { ProtobufField, ProtobufRange, ProtobufReader } from '../wire/protobuf.ts'
import { checkGraph } from './graph.ts'
import { tensorflowRules } from './rules.ts'

// Keras writes the whole configuration of a model into the metadata of one object (CWE-789).
const maximumMetadataBytes = 2 ** 24

/** Runs a reader over a message; where the bytes stop being one is reported. */
export const withFaults = (inspection: Inspection, read: () => void): void => {
  try {
    read()
  } catch (error) {
    if (!(error instanceof StructureError)) throw error
    inspection.report({ rule: tensorflowRules.malformed, message: error.message, offset: error.offset })
  }
}

function* messages(reader: ProtobufReader, range: ProtobufRange, number: number): Generator<ProtobufField> {
  for (const field of reader.fields(range)) {
    if (field.number === number && field.kind === 'bytes') yield field
  }
}

/** AssetFileDef: filename 2. */
const checkAsset = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection): void => {
  for (const field of messages(reader, range, 2)) {
    const path = reader.text(field)
    if (!isOutsidePath(path)) continue
    inspection.report({
      rule: tensorflowRules['asset-path'],
      message: `expected a file below assets/, found ${printable(path)}`,
      offset: field.start,
      evidence: { path: printable(path) },
    })
  }
}

/** Reports the configuration of a Keras object: `identifier` of the object and its `metadata`. */
export const checkKerasMetadata = (
  reader: ProtobufReader,
  range: ProtobufRange,
  fields: { readonly identifier: number; readonly metadata: number },
  inspection: Inspection,
): void => {
  let identifier = ''
  let metadata: ProtobufField | undefined
  for (const field of reader.fields(range)) {
    if (field.kind !== 'bytes') continue
    if (field.number === fields.identifier) identifier = reader.text(field)
    if (field.number === fields.metadata) metadata = field
  }
  if (metadata === undefined || metadata.end === metadata.start || !identifier.startsWith('_tf_keras_')) return
  if (metadata.end - metadata.start > maximumMetadataBytes) {
    inspection.incomplete(`${identifier}: metadata of ${metadata.end - metadata.start} bytes`)
    return
  }
  checkKerasText(reader.text(metadata, maximumMetadataBytes), inspection, { inside: identifier })
}

/** SavedObjectGraph: nodes 1, each with a user object in 4 that says what Keras shall make of it. */
const checkObjects = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection): void => {
  for (const node of messages(reader, range, 1)) {
    inspection.budget.checkTime()
    for (const object of messages(reader, node, 4)) {
      checkKerasMetadata(reader, object, { identifier: 1, metadata: 3 }, inspection)
    }
  }
}

/** Reads a MetaGraphDef: graph_def 2, asset_file_def 6, object_graph_def 7. */
export const checkMetaGraph = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection): void => {
  for (const graph of messages(reader, range, 2)) checkGraph(reader, graph, inspection)
  for (const asset of messages(reader, range, 6)) checkAsset(reader, asset, inspection)
  for (const objects of messages(reader, range, 7)) checkObjects(reader, objects, inspection)
}

/** Reports a field at the top of a message that its format does not have: another format's reader may know it. */
export const checkTopFields = (
  reader: ProtobufReader,
  range: ProtobufRange,
  last: number,
  inspection: Inspection,
): void => {
  for (const field of reader.fields(range)) {
    inspection.budget.checkTime()
    if (field.number <= last) continue
    inspection.report({
      rule: tensorflowRules['unknown-field'],
      message: `expected fields 1 to ${last}, found field ${field.number} of ${field.end - field.start} bytes`,
      offset: field.offset,
      evidence: { field: field.number, bytes: field.end - field.start },
    })
  }
}

/** Reads a SavedModel: every meta graph in it. */
export const checkSavedModel = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection): void => {
  for (const graph of messages(reader, range, 2)) checkMetaGraph(reader, graph, inspection)
  checkTopFields(reader, range, 2, inspection)
}
