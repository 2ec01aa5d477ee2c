import { type NodeProto, type TensorProto, tensorValues } from '@nootropic/core/formats'
import { elementsOf } from './element-size.ts'
import type { Scope } from './graphs.ts'
import { leadingBytes, type OnnxScan } from './rule.ts'

/** Operands that say a size are short; a longer one is data, and is not read (CWE-770). */
const maximumOperandBytes = 4096

/** The values of a small numeric tensor as numbers; nothing when it is large, textual, external or unreadable. */
const smallTensorNumbers = (scan: OnnxScan, tensor: TensorProto): number[] | undefined => {
  if (tensor.externalData.length > 0 || elementsOf(tensor.dims) > maximumOperandBytes) return undefined
  if (tensor.rawData !== undefined && tensor.rawData.length > maximumOperandBytes) return undefined
  const rawData = tensor.rawData === undefined ? undefined : leadingBytes(scan, tensor.rawData, maximumOperandBytes)
  if (tensor.rawData !== undefined && rawData === undefined) return undefined
  try {
    const values = tensorValues({ ...tensor, rawData })
    const numbers = Array.from(values as ArrayLike<number | bigint | string>, Number)
    return numbers.some(Number.isNaN) ? undefined : numbers
  } catch {
    // The rule about tensor data reports it; here it is only not a usable constant.
    return undefined
  }
}

/** The tensor of a Constant node's `value`, or the numbers of its short forms. */
const constantNode = (scan: OnnxScan, node: NodeProto): number[] | undefined => {
  for (const attribute of node.attribute) {
    if (attribute.t !== undefined) return smallTensorNumbers(scan, attribute.t)
    if (attribute.name === 'value_ints') return attribute.ints.map(Number)
    if (attribute.name === 'value_int' && attribute.i !== undefined) return [Number(attribute.i)]
    if (attribute.name === 'value_floats') return [...attribute.floats]
    if (attribute.name === 'value_float' && attribute.f !== undefined) return [attribute.f]
  }
  return undefined
}

/** Looks a name up among the initialisers and Constant nodes of a scope and of those around it. */
export const createConstantLookup = (scan: OnnxScan): ((scope: Scope, name: string) => number[] | undefined) => {
  const tables = new Map<Scope, Map<string, TensorProto | NodeProto>>()
  const tableOf = (scope: Scope): Map<string, TensorProto | NodeProto> => {
    const known = tables.get(scope)
    if (known !== undefined) return known
    const table = new Map<string, TensorProto | NodeProto>()
    for (const tensor of scope.initialisers) table.set(tensor.name, tensor)
    for (const node of scope.nodes) if (node.opType === 'Constant') table.set(node.output[0] ?? '', node)
    tables.set(scope, table)
    return table
  }
  return (start, name) => {
    for (let scope: Scope | undefined = start; scope !== undefined; scope = scope.parent) {
      const source = tableOf(scope).get(name)
      if (source === undefined) continue
      return 'opType' in source ? constantNode(scan, source) : smallTensorNumbers(scan, source)
    }
    return undefined
  }
}
