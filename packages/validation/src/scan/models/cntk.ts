import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { readStructure } from '../wire/byte-cursor.ts'
import { fieldsOfShape, type MessageTree, textOfField, walkMessages } from '../wire/protobuf.ts'
import { modelsRules } from './rules.ts'

/** `Dictionary` of `CNTK.proto`: a version and a map of texts to values. */
const dictionaryShape = { 1: 'varint', 2: 'bytes' } as const
const entryShape = { 1: 'bytes', 2: 'bytes' } as const

/** Keys of the dictionary that every function of CNTK 2 is saved as. */
const functionKeys: ReadonlySet<string> = new Set([
  'type',
  'root',
  'uid',
  'inputs',
  'name',
  'version',
  'primitive_functions',
])

const recogniseCntk = ({ head, content, text }: Sample): Recognition => {
  if (head[0] !== 0x08 || head[2] !== 0x12 || text !== undefined) return undefined
  const entries = fieldsOfShape(content, dictionaryShape, { count: 16 })?.filter(({ number }) => number === 2)
  if (entries === undefined || entries.length === 0) return undefined
  const isFunction = entries.every(({ start, end }) => {
    const key = fieldsOfShape(content, entryShape, { start, end })?.find(({ number }) => number === 1)
    return key !== undefined && functionKeys.has(textOfField(content, key))
  })
  return isFunction ? 'certain' : undefined
}

/** DictionaryValue holds a text in field 8, a vector in 11 and a dictionary in 12. */
const tree: MessageTree = {
  dictionary: { 2: 'entry' },
  entry: { 2: 'value' },
  value: { 11: 'vector', 12: 'dictionary' },
  vector: { 1: 'value' },
}

/** Keys under which a function names the module, the class or the library that makes it. */
const codeKeys: ReadonlySet<string> = new Set(['module', 'deserialize_method'])

const inspectCntk = (content: ByteSource, inspection: Inspection): void => {
  readStructure(inspection, modelsRules.malformed, () =>
    walkMessages(
      content,
      tree,
      'dictionary',
      (message, field) => {
        if (message !== 'entry' || field.number !== 1 || field.kind !== 'bytes') return
        const key = textOfField(content, field)
        if (!codeKeys.has(key)) return
        inspection.report({
          rule: modelsRules['cntk-user-function'],
          message: `expected functions of CNTK, found one with ${printable(key)}, which is imported from elsewhere`,
          offset: field.start,
        })
      },
      () => inspection.budget.checkTime(),
    ),
  )
}

/** A model of CNTK 2. */
export const cntkFormat: Format = {
  name: 'cntk',
  title: 'CNTK model',
  recognise: recogniseCntk,
  inspect: inspectCntk,
}
