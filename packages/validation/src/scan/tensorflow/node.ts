import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ProtobufRange, ProtobufReader } from '../wire/protobuf.ts'
import { dangerOf, debugOperators, isCustomOperator } from './operators.ts'
import { tensorflowRules } from './rules.ts'

/** What a node of a graph says of itself. */
export interface GraphNode {
  readonly name: string
  readonly operator: string
  readonly offset: number
  /** Functions of the library that it runs. */
  readonly calls: readonly string[]
}

const maximumTextBytes = 4096

/** Fields of AttrValue and ListValue (attr_value.proto). */
const attributeFields = { list: 1, text: 2, tensor: 8, function: 10 } as const
const listFields = { text: 2, function: 9 } as const

interface Attribute {
  readonly key: string
  readonly texts: readonly string[]
  readonly calls: readonly string[]
  readonly tensor: ProtobufRange | undefined
}

const nameIn = (reader: ProtobufReader, range: ProtobufRange, number = 1): string => {
  for (const field of reader.fields(range)) {
    if (field.number === number && field.kind === 'bytes') return reader.text(field, maximumTextBytes)
  }
  return ''
}

const readAttribute = (reader: ProtobufReader, entry: ProtobufRange): Attribute => {
  let key = ''
  const texts: string[] = []
  const calls: string[] = []
  let tensor: ProtobufRange | undefined
  for (const field of reader.fields(entry)) {
    if (field.kind !== 'bytes') continue
    if (field.number === 1) key = reader.text(field, maximumTextBytes)
    if (field.number !== 2) continue
    for (const value of reader.fields(field)) {
      if (value.kind !== 'bytes') continue
      if (value.number === attributeFields.text) texts.push(reader.text(value, maximumTextBytes))
      if (value.number === attributeFields.tensor) tensor = value
      if (value.number === attributeFields.function) calls.push(nameIn(reader, value))
      if (value.number !== attributeFields.list) continue
      for (const item of reader.fields(value)) {
        if (item.kind !== 'bytes') continue
        if (item.number === listFields.text) texts.push(reader.text(item, maximumTextBytes))
        if (item.number === listFields.function) calls.push(nameIn(reader, item))
      }
    }
  }
  return { key, texts, calls, tensor }
}

/** TensorProto: tensor_shape 2, with dim 2, with size 1. */
const readDimensions = (reader: ProtobufReader, tensor: ProtobufRange): number[] => {
  const dimensions: number[] = []
  for (const shape of reader.fields(tensor)) {
    if (shape.number !== 2 || shape.kind !== 'bytes') continue
    for (const dimension of reader.fields(shape)) {
      if (dimension.number !== 2 || dimension.kind !== 'bytes') continue
      for (const size of reader.fields(dimension)) if (size.number === 1) dimensions.push(size.value)
    }
  }
  return dimensions
}

const checkAttribute = (
  attribute: Attribute,
  node: GraphNode,
  reader: ProtobufReader,
  inspection: Inspection,
): void => {
  const { key, texts, tensor } = attribute
  const where = { offset: node.offset, inside: node.name }
  const text = texts[0] ?? ''
  if (tensor !== undefined && key === 'value') {
    const dimensions = readDimensions(reader, tensor)
    // What is no safe integer is negative or beyond any memory.
    if (!Number.isSafeInteger(dimensions.reduce((product, size) => product * size, 1))) {
      const message = `expected the shape of values that are there, found [${dimensions.join(', ')}]`
      inspection.report({ rule: tensorflowRules['tensor-shape'], message, ...where })
    }
  }
  if (key === 'debug_urls' && text !== '' && debugOperators.includes(node.operator)) {
    const message = `expected a graph without a debugger, found that ${node.operator} sends to ${printable(texts.join(', '))}`
    inspection.report({ rule: tensorflowRules['debug-address'], message, ...where })
  }
  if (key === 'output_stream' && text.startsWith('file://')) {
    const message = `expected a log stream, found ${printable(text)}`
    inspection.report({ rule: tensorflowRules['print-file'], message, ...where })
  }
  if (key === 'descriptor_source' && text !== '' && !/^(local|bytes):\/\//.test(text)) {
    const message = `expected a descriptor in the graph, found the path ${printable(text)}`
    inspection.report({ rule: tensorflowRules['descriptor-file'], message, ...where })
  }
}

/** Reports an operator that acts beyond tensors. */
export const checkOperator = (
  operator: string,
  inspection: Inspection,
  where: { readonly offset?: number; readonly inside?: string },
): boolean => {
  const danger = dangerOf(operator)
  if (danger === undefined) return false
  inspection.report({
    rule: danger.rule,
    message: `expected operators on tensors, found ${operator}`,
    ...where,
    evidence: { operator },
  })
  return true
}

/** Reads a NodeDef and reports what it does beyond computing. */
export const checkNode = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection): GraphNode => {
  let name = ''
  let operator = ''
  const attributes: Attribute[] = []
  for (const field of reader.fields(range)) {
    if (field.kind !== 'bytes') continue
    if (field.number === 1) name = reader.text(field, maximumTextBytes)
    if (field.number === 2) operator = reader.text(field, maximumTextBytes)
    if (field.number === 5) attributes.push(readAttribute(reader, field))
  }
  const calls = [operator, ...attributes.flatMap((attribute) => attribute.calls)]
  const node = { name, operator, offset: range.start, calls }
  const isDangerous = checkOperator(operator, inspection, { offset: range.start, inside: name })
  if (!isDangerous && isCustomOperator(operator)) {
    inspection.report({
      rule: tensorflowRules['custom-operator'],
      message: `expected an operator of TensorFlow, found ${printable(operator)}`,
      offset: range.start,
      inside: name,
      evidence: { operator: printable(operator) },
    })
  }
  for (const attribute of attributes) checkAttribute(attribute, node, reader, inspection)
  return node
}
