import type { Dialect } from '../configuration/dialect.ts'
import { type Format, hasMagic, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { type ByteCursor, createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

/** `kMXAPINDArrayListMagic` and a reserved number that is zero (`src/ndarray/ndarray.cc`). */
const listMagic = [0x12, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
/** `NDARRAY_V2_MAGIC` and `NDARRAY_V3_MAGIC`: arrays with a kind of storage before their shape. */
const arrayMagics: readonly number[] = [0xf993fac9, 0xf993faca]

/** Bytes of one element of each `type_flag`. */
const elementSizes: readonly number[] = [4, 8, 2, 1, 4, 1, 8, 1, 2, 2, 4, 8, 2]
const maximumDimensions = 32

const readShape = (cursor: ByteCursor): bigint | undefined => {
  const count = cursor.i32()
  if (count < -1 || count > maximumDimensions) {
    throw new StructureError(cursor.offset - 4, `expected at most ${maximumDimensions} dimensions, found ${count}`)
  }
  let elements = 1n
  for (let index = 0; index < count; index += 1) elements *= BigInt.asIntN(64, cursor.u64())
  return count < 1 ? undefined : elements
}

/** One array. Answers whether it could be followed: arrays of old versions and sparse ones are weights all the same. */
const skipArray = (cursor: ByteCursor): boolean => {
  if (!arrayMagics.includes(cursor.u32()) || cursor.i32() !== 0) return false
  const elements = readShape(cursor)
  if (elements === undefined) return true
  cursor.skip(8)
  const type = cursor.i32()
  const size = elementSizes[type]
  if (size === undefined) throw new StructureError(cursor.offset - 4, `expected a type of elements, found ${type}`)
  cursor.skip(elements * BigInt(size))
  return true
}

const inspectParameters = (content: ByteSource, inspection: Inspection): void => {
  const cursor = createByteCursor(content, { start: listMagic.length })
  readStructure(inspection, modelsRules.malformed, () => {
    for (let left = cursor.u64(); left > 0n; left -= 1n) {
      inspection.budget.takeEntry()
      if (!skipArray(cursor)) return
    }
    for (let left = cursor.u64(); left > 0n; left -= 1n) {
      inspection.budget.takeEntry()
      cursor.skip(cursor.u64())
    }
    if (cursor.remaining > 0)
      throw new StructureError(cursor.offset, `expected the end, found ${cursor.remaining} bytes more`)
  })
}

/** Weights of MXNet, `.params`. */
export const mxnetParametersFormat: Format = {
  name: 'mxnet-parameters',
  title: 'MXNet weights',
  recognise: ({ head }: Sample) => (hasMagic(head, listMagic) ? 'certain' : undefined),
  inspect: inspectParameters,
}

/** Operators that call a function of the program by its address, which the symbol holds as a number. */
const addressOperators: ReadonlySet<string> = new Set(['_Native', '_NDArray', '_CustomFunction'])

interface SymbolNode {
  readonly op: string
  readonly name: string
}

const nodesOf = (document: unknown): readonly SymbolNode[] | undefined => {
  if (typeof document !== 'object' || document === null) return undefined
  const { nodes, arg_nodes: argumentNodes, heads } = document as Record<string, unknown>
  if (!Array.isArray(nodes) || !Array.isArray(argumentNodes) || !Array.isArray(heads)) return undefined
  const isNode = (node: unknown): node is SymbolNode =>
    typeof node === 'object' && node !== null && 'op' in node && typeof node.op === 'string' && 'name' in node
  return nodes.every(isNode) ? nodes : undefined
}

const checkSymbol = (document: unknown, inspection: Inspection): void => {
  for (const { op, name } of nodesOf(document) ?? []) {
    const isAddress = addressOperators.has(op)
    if (!isAddress && op !== 'Custom') continue
    inspection.report({
      rule: isAddress ? modelsRules['mxnet-address-operator'] : modelsRules['mxnet-custom-operator'],
      message: `expected operators of MXNet, found ${printable(op)}`,
      inside: printable(String(name)),
    })
  }
}

/** A network of MXNet, `-symbol.json`. */
export const mxnetSymbolDialect: Dialect = {
  name: 'mxnet-symbol',
  title: 'MXNet network',
  matches: (document) => nodesOf(document) !== undefined,
  check: checkSymbol,
}
