import type { Format } from '../format.ts'
import { ProtobufReader, parsesAs } from '../wire/protobuf.ts'
import { checkKerasMetadata, withFaults } from './saved-model.ts'

/** SavedObject of `keras_metadata.pb`: node_id 2, node_path 3, identifier 4, metadata 5, version 6. */
const savedObject = { identifier: 4, metadata: 5 } as const

/** `keras_metadata.pb`: the configurations that Keras 2 keeps beside a SavedModel. */
export const savedMetadata: Format = {
  name: 'keras-saved-metadata',
  title: 'Keras metadata of a SavedModel',
  recognise({ head, content }) {
    if (head[0] !== 0x0a) return undefined
    const reader = new ProtobufReader(content)
    const isMetadata = parsesAs(() => {
      for (const object of reader.fields({ start: 0, end: content.size })) {
        if (object.number !== 1 || object.kind !== 'bytes') return false
        for (const field of reader.fields(object)) {
          if (field.number === savedObject.identifier) return reader.text(field).startsWith('_tf_keras_')
        }
        return false
      }
      return false
    })
    return isMetadata ? 'certain' : undefined
  },
  inspect(content, inspection) {
    const reader = new ProtobufReader(content)
    withFaults(inspection, () => {
      for (const object of reader.fields({ start: 0, end: content.size })) {
        inspection.budget.checkTime()
        if (object.kind === 'bytes') checkKerasMetadata(reader, object, savedObject, inspection)
      }
    })
  },
}

const largestFingerprint = 512
const hashCount = 5

/** `fingerprint.pb`: five hashes of a SavedModel in fields 1 to 5, then versions and an id. It makes nothing happen. */
export const fingerprint: Format = {
  name: 'tensorflow-fingerprint',
  title: 'TensorFlow fingerprint',
  recognise({ head, content, size }) {
    if (head[0] !== 0x08 || size > largestFingerprint) return undefined
    const reader = new ProtobufReader(content)
    const isFingerprint = parsesAs(() => {
      let hashes = 0
      for (const { number, kind, start, end } of reader.fields({ start: 0, end: size })) {
        if (number > 7 || kind !== (number <= hashCount ? 'varint' : 'bytes')) return false
        if (number <= hashCount && end - start >= 7) hashes += 1
      }
      return hashes >= 3
    })
    return isFingerprint ? 'certain' : undefined
  },
  inspect: () => {},
}
