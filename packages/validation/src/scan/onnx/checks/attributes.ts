import { type AttributeProto, attributeTypes } from '@nootropic/core/formats'
import { printable } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import { onnxRules } from '../rules.ts'

const fieldTypes = {
  f: attributeTypes.FLOAT,
  i: attributeTypes.INT,
  s: attributeTypes.STRING,
  t: attributeTypes.TENSOR,
  g: attributeTypes.GRAPH,
  floats: attributeTypes.FLOATS,
  ints: attributeTypes.INTS,
  strings: attributeTypes.STRINGS,
  tensors: attributeTypes.TENSORS,
  graphs: attributeTypes.GRAPHS,
  sparseTensor: attributeTypes.SPARSE_TENSOR,
  sparseTensors: attributeTypes.SPARSE_TENSORS,
  tp: attributeTypes.TYPE_PROTO,
  typeProtos: attributeTypes.TYPE_PROTOS,
} as const

const fields = Object.keys(fieldTypes) as (keyof typeof fieldTypes)[]

/**
 * Whether a field says something. Writers of protobuf's older language write each number and text with its default, so a
 * zero or an empty text in another field says nothing.
 */
const isFilled = (value: AttributeProto[keyof typeof fieldTypes]): boolean => {
  if (value === undefined || value === 0 || value === 0n) return false
  return typeof value === 'object' && 'length' in value ? value.length > 0 : true
}

/** The type and the fields of every attribute. */
export const attributesCheck: OnnxCheck = {
  name: 'attributes',
  *check(scan, { scopes }) {
    for (const { place, nodes } of scopes) {
      for (const [index, { attribute }] of nodes.entries()) {
        if (attribute.length === 0) continue
        scan.checkTime?.()
        const seen = new Set<string>()
        const told = new Set<string>()
        for (const value of attribute) {
          const inside = `${place}.node[${index}]`
          if (seen.has(value.name) && told.size < told.add(value.name).size) {
            yield {
              rule: onnxRules['duplicate-attribute'],
              message: `expected attribute "${printable(value.name)}" once, found it again`,
              inside,
            }
          }
          seen.add(value.name)
          // Before IR version 2 attributes had no type.
          if (value.type === 0) continue
          const wrong = fields.filter((field) => fieldTypes[field] !== value.type && isFilled(value[field]))
          if (wrong.length === 0) continue
          yield {
            rule: onnxRules['attribute-type'],
            message: `expected attribute "${printable(value.name)}" of type ${value.type} in the field of that type, found a value in ${wrong.join(', ')}`,
            inside,
            evidence: { attribute: printable(value.name), type: value.type, fields: wrong },
          }
        }
      }
    }
  },
}
