import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { type ProtobufRange, ProtobufReader } from '../wire/protobuf.ts'
import { checkpointIndex } from './checkpoint-index.ts'
import { fingerprint, savedMetadata } from './companions.ts'
import { checkGraph } from './graph.ts'
import { tensorflowLite } from './lite/format.ts'
import { isGraph, isMetaGraph, isSavedModel } from './message-shape.ts'
import { checkMetaGraph, checkSavedModel, checkTopFields, withFaults } from './saved-model.ts'
import { textGraph } from './text-graph.ts'

type Read<Result> = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection) => Result

const wholeOf = (content: ByteSource): ProtobufRange => ({ start: 0, end: content.size })

/** A format that is one protobuf message, told by its shape. A newline and a length may begin a text too. */
const messageFormat = (
  { name, title }: Pick<Format, 'name' | 'title'>,
  isShape: (reader: ProtobufReader, range: ProtobufRange) => boolean,
  firstTags: readonly number[],
  check: Read<void>,
): Format => ({
  name,
  title,
  recognise({ head, content }: Sample): Recognition {
    if (!firstTags.includes(head[0] ?? 0)) return undefined
    return isShape(new ProtobufReader(content), wholeOf(content)) ? 'certain' : undefined
  },
  inspect: (content, inspection) =>
    withFaults(inspection, () => check(new ProtobufReader(content), wholeOf(content), inspection)),
})

/** TensorFlow SavedModel and TensorFlow Lite. */
export const tensorflowFormats: readonly Format[] = [
  tensorflowLite,
  messageFormat(
    { name: 'tensorflow-saved-model', title: 'TensorFlow SavedModel' },
    isSavedModel,
    [0x08, 0x12],
    checkSavedModel,
  ),
  messageFormat(
    { name: 'tensorflow-meta-graph', title: 'TensorFlow meta graph' },
    isMetaGraph,
    [0x0a, 0x12],
    (reader, range, inspection) => {
      checkMetaGraph(reader, range, inspection)
      checkTopFields(reader, range, 7, inspection)
    },
  ),
  messageFormat(
    { name: 'tensorflow-graph', title: 'TensorFlow graph' },
    isGraph,
    [0x0a, 0x12, 0x18, 0x22],
    (reader, range, inspection) => {
      checkGraph(reader, range, inspection)
      checkTopFields(reader, range, 5, inspection)
    },
  ),
  savedMetadata,
  fingerprint,
  checkpointIndex,
  textGraph,
]
