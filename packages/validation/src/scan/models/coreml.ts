import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { readStructure } from '../wire/byte-cursor.ts'
import { type MessageTree, protobufFields, textOfField, walkMessages } from '../wire/protobuf.ts'
import { isEscapingPath } from './escaping-path.ts'
import { modelsRules } from './rules.ts'

/** `Model.proto` of Core ML: version 1, description 2, isUpdatable 10, and one model under a number from 200 on. */
const isModelField = (number: number): boolean => (number >= 200 && number <= 999) || (number >= 2000 && number <= 3000)

/** The versions so far end at 9. */
const maximumVersion = 40

/** `specificationVersion` first: every Core ML writer puts it there, and a runtime compiles nothing else. */
const recogniseCoreml = ({ head, content }: Sample): Recognition => {
  if (head[0] !== 0x08 || head[2] !== 0x12) return undefined
  let isVersioned = false
  try {
    for (const { number, kind, value } of protobufFields(content)) {
      if (number === 1 && kind === 'varint' && value > 0 && value <= maximumVersion) isVersioned = true
      else if (isModelField(number) && kind === 'bytes') return isVersioned ? 'certain' : undefined
      else if (!(number === 2 && kind === 'bytes') && !(number === 10 && kind === 'varint')) return undefined
    }
  } catch {
    // Not a message: some other format.
  }
  return undefined
}

/** The ways to what names code or files: layers of networks, models of pipelines, operations of programs. */
const tree: MessageTree = {
  model: {
    200: 'pipelineClassifier',
    201: 'pipelineRegressor',
    202: 'pipeline',
    303: 'network',
    403: 'network',
    500: 'network',
    502: 'program',
    555: 'customModel',
    556: 'linkedModel',
  },
  pipelineClassifier: { 1: 'pipeline' },
  pipelineRegressor: { 1: 'pipeline' },
  pipeline: { 1: 'model' },
  network: { 1: 'layer' },
  layer: { 500: 'customLayer', 605: 'branch', 615: 'loop' },
  branch: { 1: 'network', 2: 'network' },
  loop: { 3: 'network', 4: 'network' },
  linkedModel: { 1: 'linkedModelFile' },
  linkedModelFile: { 1: 'linkedPath' },
  program: { 2: 'functionEntry' },
  functionEntry: { 2: 'function' },
  function: { 3: 'blockEntry' },
  blockEntry: { 2: 'block' },
  block: { 3: 'operation' },
  operation: { 2: 'argumentEntry', 4: 'block', 5: 'attributeEntry' },
  argumentEntry: { 2: 'argument' },
  argument: { 1: 'binding' },
  binding: { 2: 'value' },
  attributeEntry: { 2: 'value' },
  value: { 5: 'blobFile' },
}

const inspectCoreml = (content: ByteSource, inspection: Inspection): void => {
  readStructure(inspection, modelsRules.malformed, () =>
    walkMessages(
      content,
      tree,
      'model',
      (message, field) => {
        if (field.kind !== 'bytes') return
        const isCode =
          (message === 'customLayer' && field.number === 10) || (message === 'customModel' && field.number === 1)
        const isPath =
          (message === 'linkedPath' && field.number === 1) || (message === 'blobFile' && field.number === 1)
        if (!isCode && !isPath) return
        const text = textOfField(content, field)
        if (isCode) {
          inspection.report({
            rule: modelsRules['coreml-custom-code'],
            message: `expected layers of Core ML, found ${message === 'customLayer' ? 'a layer' : 'a model'} of class ${printable(text)}`,
            offset: field.start,
          })
        } else if (isEscapingPath(text.replace(/^@model_path\//, ''))) {
          inspection.report({
            rule: modelsRules['path-escape'],
            message: `expected a path inside the model, found ${printable(text)}`,
            offset: field.start,
          })
        }
      },
      () => inspection.budget.checkTime(),
    ),
  )
}

/** A model of Core ML, `.mlmodel`. */
export const coremlFormat: Format = {
  name: 'coreml',
  title: 'Core ML model',
  recognise: recogniseCoreml,
  inspect: inspectCoreml,
}
