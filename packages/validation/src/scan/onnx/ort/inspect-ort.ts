import { isInterpreterOperator } from '@nootropic/core/formats'
import type { Inspection } from '../../inspection.ts'
import { printable, type Sighting } from '../../rule.ts'
import type { ByteSource } from '../../source.ts'
import { checkText } from '../../text/check-text.ts'
import { StructureError } from '../../wire/byte-cursor.ts'
import { FlatBuffer } from '../../wire/flat-buffer.ts'
import { customOperator, interpreterOperator } from '../checks/operators.ts'
import { bytesOf, isKnownDataType } from '../element-size.ts'
import { onnxRules } from '../rules.ts'

// Fields by their place in onnxruntime/core/flatbuffers/schema/ort.fbs.
const sessionFields = { model: 1 } as const
const modelFields = { graph: 7, metadata: 9 } as const
const entryFields = { key: 0, value: 1 } as const
const graphFields = { initializers: 0, nodes: 2, sparseInitializers: 7 } as const
const nodeFields = { domain: 2, opType: 5, attributes: 10 } as const
const attributeFields = { tensor: 6, graph: 7, tensors: 11, graphs: 12 } as const
const tensorFields = { name: 0, dims: 2, dataType: 3, rawData: 4, externalOffset: 6 } as const
const sparseFields = { values: 0, indices: 1 } as const

/** Subgraphs inside one another; exporters reach 4 (CWE-674). */
const maximumDepth = 16

/** Tables that are visited: two offsets can point to the same one, and so on without end (CWE-776). */
const maximumTables = 2 ** 20

/** Reads the graph of an ORT format model for the code that it needs and the tensors that it holds. */
class OrtReader {
  readonly #buffer: FlatBuffer
  readonly #inspection: Inspection
  readonly #operators = new Set<string>()
  #tables = 0

  constructor(buffer: FlatBuffer, inspection: Inspection) {
    this.#buffer = buffer
    this.#inspection = inspection
  }

  read(): void {
    const buffer = this.#buffer
    const model = buffer.table(buffer.follow(0), sessionFields.model)
    if (model === undefined) throw new StructureError(0, 'expected a session with a model')
    for (const entry of buffer.tables(model, modelFields.metadata)) {
      this.#count(entry)
      const place = `metadata_props.${printable(buffer.text(entry, entryFields.key))}`
      checkText(buffer.text(entry, entryFields.value), 'metadata', this.#inspection, place)
    }
    const graph = buffer.table(model, modelFields.graph)
    if (graph === undefined) throw new StructureError(model, 'expected a model with a graph')
    this.#graph(graph, 'graph', 0)
  }

  #count(offset: number): void {
    this.#tables += 1
    this.#inspection.budget.checkTime()
    if (this.#tables > maximumTables) throw new StructureError(offset, `expected at most ${maximumTables} tables`)
  }

  #report(sighting: Sighting): void {
    this.#inspection.report(sighting)
  }

  #graph(graph: number, place: string, depth: number): void {
    const buffer = this.#buffer
    if (depth > maximumDepth)
      throw new StructureError(graph, `expected at most ${maximumDepth} subgraphs inside one another`)
    this.#count(graph)
    let index = 0
    for (const tensor of buffer.tables(graph, graphFields.initializers))
      this.#tensor(tensor, `${place}.initializers[${index++}]`)
    for (const sparse of buffer.tables(graph, graphFields.sparseInitializers)) {
      for (const field of [sparseFields.values, sparseFields.indices]) {
        const tensor = buffer.table(sparse, field)
        if (tensor !== undefined) this.#tensor(tensor, `${place}.sparse_initializers`)
      }
    }
    index = 0
    for (const node of buffer.tables(graph, graphFields.nodes)) this.#node(node, `${place}.nodes[${index++}]`, depth)
  }

  #node(node: number, place: string, depth: number): void {
    const buffer = this.#buffer
    this.#count(node)
    this.#operator(buffer.text(node, nodeFields.domain), buffer.text(node, nodeFields.opType), place)
    for (const attribute of buffer.tables(node, nodeFields.attributes)) {
      this.#count(attribute)
      const tensor = buffer.table(attribute, attributeFields.tensor)
      if (tensor !== undefined) this.#tensor(tensor, place)
      for (const item of buffer.tables(attribute, attributeFields.tensors)) this.#tensor(item, place)
      const graph = buffer.table(attribute, attributeFields.graph)
      if (graph !== undefined) this.#graph(graph, place, depth + 1)
      for (const item of buffer.tables(attribute, attributeFields.graphs)) this.#graph(item, place, depth + 1)
    }
  }

  #operator(domain: string, opType: string, inside: string): void {
    const key = `${domain}\0${opType}`
    if (this.#operators.has(key)) return
    this.#operators.add(key)
    const sighting = isInterpreterOperator(opType)
      ? interpreterOperator(`${domain}:${opType}`, inside)
      : customOperator(domain, opType, inside)
    if (sighting !== undefined) this.#report(sighting)
  }

  #tensor(tensor: number, place: string): void {
    const buffer = this.#buffer
    this.#count(tensor)
    const name = printable(buffer.text(tensor, tensorFields.name))
    const at = buffer.field(tensor, tensorFields.dataType)
    const dataType = at === undefined ? 0 : buffer.i32(at)
    const { start, length: count } = buffer.vector(tensor, tensorFields.dims, 8)
    const dims = Array.from({ length: Math.min(count, 64) }, (_, axis) => buffer.i64(start + 8 * axis))
    const raw = buffer.vector(tensor, tensorFields.rawData, 1)
    const evidence = { tensor: name, dataType, dims: dims.map(String) }
    if (!isKnownDataType(dataType) || dims.some((dim) => dim < 0n) || count > 64) {
      throw new StructureError(tensor, `expected tensor "${name}" to have a known type and dims from 0 on`)
    }
    // Large tensors of newer files stand in a file beside; strings stand in a list of their own.
    const expected = bytesOf(dataType, dims)
    const isElsewhere = buffer.field(tensor, tensorFields.externalOffset) !== undefined
    if (expected === undefined || isElsewhere || BigInt(raw.length) === expected) return
    this.#report({
      rule: onnxRules['tensor-length'],
      message: `expected ${expected} bytes for dims [${dims}], found ${raw.length}`,
      inside: place,
      offset: raw.start,
      evidence,
    })
  }
}

/** Reads an ORT format model: the flatbuffer, the operators that it needs and the size of its tensors. */
export const inspectOrt = (content: ByteSource, inspection: Inspection): void => {
  try {
    new OrtReader(new FlatBuffer(content), inspection).read()
  } catch (error) {
    if (!(error instanceof StructureError)) throw error
    inspection.report({ rule: onnxRules['ort-malformed'], message: error.message, offset: error.offset })
    return
  }
  inspection.incomplete(
    'of an ORT format model operators and tensors are looked at, not how they are wired; scan the ONNX model',
  )
}
