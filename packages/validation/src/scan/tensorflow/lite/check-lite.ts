import type { Inspection } from '../../inspection.ts'
import { printable } from '../../rule.ts'
import type { ByteSource } from '../../source.ts'
import { FlatBuffer } from '../../wire/flat-buffer.ts'
import { findRecursion } from '../graph.ts'
import { checkOperator } from '../node.ts'
import { tensorflowRules } from '../rules.ts'
import {
  callFields,
  customBuiltin,
  elementBytes,
  modelFields,
  type OperatorCode,
  operatorFields,
  readBuffers,
  readOperatorCodes,
  subgraphFields,
  tensorFields,
} from './model.ts'

const flexPrefix = 'Flex'

// TensorFlow Lite's own library registers this one.
const knownCustom: readonly string[] = ['TFLite_Detection_PostProcess']

const checkCode = ({ builtin, custom }: OperatorCode, index: number, inspection: Inspection): void => {
  if (builtin !== customBuiltin && custom === '') return
  const inside = `operator_codes.${index}`
  if (custom.startsWith(flexPrefix)) {
    if (checkOperator(custom.slice(flexPrefix.length), inspection, { inside })) return
    const message = `expected built-in operators, found ${printable(custom)}`
    inspection.report({ rule: tensorflowRules['lite-flex-operator'], message, inside })
    return
  }
  if (knownCustom.includes(custom)) return
  const message = `expected built-in operators, found ${printable(custom)}`
  inspection.report({ rule: tensorflowRules['lite-custom-operator'], message, inside })
}

interface Lite {
  readonly file: FlatBuffer
  readonly codes: readonly OperatorCode[]
  readonly bufferLengths: readonly number[]
  readonly subgraphs: readonly number[]
}

const reportIndex = (inspection: Inspection, inside: string, what: string, index: number, count: number): void =>
  inspection.report({
    rule: tensorflowRules['lite-index'],
    message: `expected one of ${count} ${what}, found number ${index}`,
    inside,
    evidence: { index, count },
  })

const checkTensor = ({ file, bufferLengths }: Lite, tensor: number, inspection: Inspection, inside: string): void => {
  const at = file.field(tensor, tensorFields.buffer)
  const buffer = at === undefined ? 0 : file.u32(at)
  if (buffer >= bufferLengths.length && buffer > 0) {
    reportIndex(inspection, inside, 'buffers', buffer, bufferLengths.length)
    return
  }
  const held = bufferLengths[buffer] ?? 0
  if (buffer === 0 || held === 0 || file.field(tensor, tensorFields.sparsity) !== undefined) return
  const typeAt = file.field(tensor, tensorFields.type)
  const bytes = elementBytes[typeAt === undefined ? 0 : file.u8(typeAt)]
  if (bytes === undefined) return
  const shape = [...file.integers(tensor, tensorFields.shape)]
  const needed = Math.ceil(shape.reduce((product, size) => product * Math.max(0, size), bytes))
  if (needed <= held) return
  inspection.report({
    rule: tensorflowRules['lite-buffer-size'],
    message: `expected ${needed} bytes for the shape [${shape.join(', ')}], found a buffer of ${held}`,
    inside,
  })
}

/** Flex operators carry the operator that is really run in their options, whatever name stands in the table. */
const checkFlexOptions = (file: FlatBuffer, operator: number, inspection: Inspection, inside: string): void => {
  const { start, length } = file.vector(operator, operatorFields.customOptions, 1)
  const options = Buffer.from(file.content.read(start, Math.min(length, 65_536))).toString('latin1')
  for (const [name] of options.matchAll(/[A-Z][A-Za-z0-9]{3,60}/g)) checkOperator(name, inspection, { inside })
}

const checkOperators = (lite: Lite, subgraph: number, number: number, inspection: Inspection): Set<string> => {
  const { file, codes, subgraphs } = lite
  const tensors = file.vector(subgraph, subgraphFields.tensors, 4).length
  const calls = new Set<string>()
  const checkIndices = (table: number, field: number, inside: string, least: number): void => {
    for (const index of file.integers(table, field)) {
      if (index < least || index >= tensors) reportIndex(inspection, inside, 'tensors', index, tensors)
    }
  }
  checkIndices(subgraph, subgraphFields.inputs, `subgraph ${number} inputs`, 0)
  checkIndices(subgraph, subgraphFields.outputs, `subgraph ${number} outputs`, 0)
  let position = -1
  for (const operator of file.tables(subgraph, subgraphFields.operators)) {
    position += 1
    inspection.budget.checkTime()
    const inside = `subgraph ${number} operator ${position}`
    const at = file.field(operator, operatorFields.code)
    const index = at === undefined ? 0 : file.u32(at)
    const code = codes[index]
    if (code === undefined) reportIndex(inspection, inside, 'operator codes', index, codes.length)
    // An input that is left out is -1.
    checkIndices(operator, operatorFields.inputs, inside, -1)
    checkIndices(operator, operatorFields.outputs, inside, 0)
    checkIndices(operator, operatorFields.intermediates, inside, -1)
    if (code?.custom.startsWith(flexPrefix)) checkFlexOptions(file, operator, inspection, inside)
    const options = file.table(operator, operatorFields.options)
    for (const field of options === undefined ? [] : (callFields.get(code?.builtin ?? -1) ?? [])) {
      const calledAt = file.field(options ?? 0, field)
      const called = calledAt === undefined ? 0 : file.i32(calledAt)
      if (called < 0 || called >= subgraphs.length)
        reportIndex(inspection, inside, 'subgraphs', called, subgraphs.length)
      else calls.add(String(called))
    }
  }
  return calls
}

/** Reads a TensorFlow Lite model: every number in it that the interpreter follows. @throws StructureError */
export const checkLite = (content: ByteSource, inspection: Inspection): void => {
  const file = new FlatBuffer(content)
  const model = file.follow(0)
  const codes = [...readOperatorCodes(file, model)]
  codes.forEach((code, index) => {
    checkCode(code, index, inspection)
  })
  const bufferLengths: number[] = []
  for (const { start, length } of readBuffers(file, model)) {
    bufferLengths.push(length)
    if (start + length <= content.size) continue
    inspection.report({
      rule: tensorflowRules['lite-malformed'],
      message: `expected buffers inside ${content.size} bytes, found one of ${length} bytes at ${start}`,
      inside: `buffers.${bufferLengths.length - 1}`,
    })
  }
  const subgraphs = [...file.tables(model, modelFields.subgraphs)]
  const lite = { file, codes, bufferLengths, subgraphs }
  const calls = new Map<string, ReadonlySet<string>>()
  subgraphs.forEach((subgraph, number) => {
    let position = -1
    for (const tensor of file.tables(subgraph, subgraphFields.tensors)) {
      position += 1
      inspection.budget.checkTime()
      checkTensor(lite, tensor, inspection, `subgraph ${number} tensor ${position}`)
    }
    calls.set(String(number), checkOperators(lite, subgraph, number, inspection))
  })
  const recursive = findRecursion(calls)
  if (recursive === undefined) return
  inspection.report({
    rule: tensorflowRules['lite-recursion'],
    message: `expected subgraphs that end, found that subgraph ${recursive} runs itself`,
    inside: `subgraph ${recursive}`,
  })
}
