import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ProtobufRange, ProtobufReader } from '../wire/protobuf.ts'
import { checkNode } from './node.ts'
import { tensorflowRules } from './rules.ts'

/** FunctionDef: signature 1 (an OpDef, whose name is 1), node_def 3. */
const readFunction = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection) => {
  let name = ''
  const calls = new Set<string>()
  for (const field of reader.fields(range)) {
    if (field.kind !== 'bytes') continue
    if (field.number === 1) {
      for (const part of reader.fields(field)) if (part.number === 1) name = reader.text(part)
    }
    if (field.number !== 3) continue
    inspection.budget.checkTime()
    for (const call of checkNode(reader, field, inspection).calls) calls.add(call)
  }
  return { name, calls }
}

/** A function that reaches itself by calls, if there is one. */
export const findRecursion = (calls: ReadonlyMap<string, ReadonlySet<string>>): string | undefined => {
  const done = new Set<string>()
  for (const start of calls.keys()) {
    const path = new Set<string>()
    const waiting: { readonly name: string; readonly isLeaving: boolean }[] = [{ name: start, isLeaving: false }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { name, isLeaving } = next
      if (isLeaving) {
        path.delete(name)
        done.add(name)
        continue
      }
      if (path.has(name)) return name
      if (done.has(name)) continue
      path.add(name)
      waiting.push({ name, isLeaving: true })
      for (const called of calls.get(name) ?? []) {
        if (calls.has(called) && !done.has(called)) waiting.push({ name: called, isLeaving: false })
      }
    }
  }
  return undefined
}

const checkLibrary = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection): void => {
  const calls = new Map<string, ReadonlySet<string>>()
  for (const field of reader.fields(range)) {
    if (field.number !== 1 || field.kind !== 'bytes') continue
    const found = readFunction(reader, field, inspection)
    calls.set(found.name, found.calls)
  }
  const recursive = findRecursion(calls)
  if (recursive === undefined) return
  inspection.report({
    rule: tensorflowRules['recursive-function'],
    message: `expected functions that end, found that ${printable(recursive)} calls itself`,
    offset: range.start,
    inside: recursive,
  })
}

/** Reads every node of a GraphDef and of the functions in its library. */
export const checkGraph = (reader: ProtobufReader, range: ProtobufRange, inspection: Inspection): void => {
  for (const field of reader.fields(range)) {
    if (field.kind !== 'bytes') continue
    inspection.budget.checkTime()
    if (field.number === 1) checkNode(reader, field, inspection)
    if (field.number === 2) checkLibrary(reader, field, inspection)
  }
}
