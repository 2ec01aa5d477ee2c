import { elementCount, type Tensor } from '@nootropic/core'
import { createValueInfo, type NodeProto, type OnnxModel, onnxSignature } from '@nootropic/core/formats'
import { type FloatTensor, floatArray } from '../../behaviour/dataset.ts'
import { valueDependents } from '../dependence.ts'
import { operatorName } from '../graph-names.ts'
import { createGraphEditor, type GraphEditor, withInput, withNodes } from './graph-editor.ts'

/** Runs a model once and gives the values of names in it. */
export type ValuesOf = (
  model: OnnxModel,
  names: readonly string[],
  inputs?: FloatTensor,
) => Promise<ReadonlyMap<string, Tensor>>

/** Two batches may go through other kernels than one; what is further apart is another function. */
const tolerance = 1e-4

/** What an edit of one node may ask: which values the input changes, and the shapes that one example gave. */
interface Known {
  readonly isDependent: (name: string) => boolean
  readonly isConstant: (name: string) => boolean
  readonly shape: (name: string) => readonly number[]
  readonly editor: GraphEditor
}

/** A shape that counted one example lets the front axis follow; that of a weight stays. */
const openReshape = (node: NodeProto, { isDependent, isConstant, shape, editor }: Known): NodeProto[] => {
  const [data = '', target = ''] = node.input
  if (!isDependent(data) || !isConstant(target)) return [node]
  const dims = shape(node.output[0] ?? '')
  return dims.length === 0 ? [node] : [withInput(node, 1, editor.integers([-1, ...dims.slice(1)]))]
}

/** A constant beside examples, such as a class token, is repeated for each. */
const openConcat = (node: NodeProto, { isDependent, isConstant, shape, editor }: Known): NodeProto[] => {
  const model = node.input.find(isDependent)
  if (model === undefined || !node.input.some(isConstant)) return [node]
  const count = editor.node('Shape', [model], { start: 0n, end: 1n })
  const made: NodeProto[] = [count]
  const input = node.input.map((name) => {
    if (!isConstant(name) || shape(name)[0] !== 1) return name
    const target = editor.node('Concat', [count.output[0] ?? '', editor.integers(shape(name).slice(1))], { axis: 0n })
    const repeated = editor.node('Expand', [name, target.output[0] ?? ''])
    made.push(target, repeated)
    return repeated.output[0] ?? ''
  })
  return [...made, { ...node, input }]
}

const edits: ReadonlyMap<string, (node: NodeProto, known: Known) => NodeProto[]> = new Map([
  ['Concat', openConcat],
  ['Reshape', openReshape],
])

const declare = (model: OnnxModel, input: string): OnnxModel => {
  const { inputs, outputs } = onnxSignature(model)
  const opened = ({ name, type, dims }: (typeof inputs)[number]) =>
    createValueInfo({ name, type, dims: dims.map((dim, axis) => (axis === 0 ? null : dim)) })
  return {
    ...model,
    graph: {
      ...model.graph,
      input: inputs.map((spec) => (spec.name === input ? opened(spec) : createValueInfo(spec))),
      output: outputs.map(opened),
    },
  }
}

/** Two different examples: those of the probe, or its only one and the same from back to front. */
export const twoRows = (probe: FloatTensor): FloatTensor => {
  const length = elementCount(probe.dims.slice(1))
  const data = floatArray(probe.type, 2 * length)
  data.set(probe.data.subarray(0, 2 * length))
  if ((probe.dims[0] ?? 0) < 2) data.set(probe.data.subarray(0, length).toReversed(), length)
  return { ...probe, dims: [2, ...probe.dims.slice(1)], data }
}

const oneRow = (rows: FloatTensor, row: number): FloatTensor => {
  const length = elementCount(rows.dims.slice(1))
  return { ...rows, dims: [1, ...rows.dims.slice(1)], data: rows.data.slice(row * length, (row + 1) * length) }
}

const isSame = (together: Tensor | undefined, apart: readonly (Tensor | undefined)[]): boolean => {
  const expected = apart.flatMap((tensor) => Array.from((tensor?.data ?? []) as ArrayLike<number>, Number))
  const found = Array.from((together?.data ?? []) as ArrayLike<number>, Number)
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  return (
    found.length > 0 &&
    found.length === expected.length &&
    found.every((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)) <= tolerance * scale)
  )
}

/**
 * Opens the batch of a model that was exported for one example: the input's front axis may have any length, shapes
 * follow it. Whether the result is the same function is not argued but tried: two examples together must give what each
 * gives alone.
 *
 * @returns nothing when it does not, or when the model's batch is open already
 */
export const openBatch = async (
  model: OnnxModel,
  names: { readonly input: string; readonly output: string },
  probe: FloatTensor,
  valuesOf: ValuesOf,
): Promise<OnnxModel | undefined> => {
  const spec = onnxSignature(model).inputs.find(({ name }) => name === names.input)
  if (spec === undefined || spec.dims[0] !== 1 || spec.dims.length < 2) return undefined
  const rows = twoRows(probe)
  const dependent = valueDependents(model.graph, names.input)
  const initialisers = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]))
  const editor = createGraphEditor(model, probe.type)
  const edited = model.graph.node.filter((node) => edits.has(operatorName(node)))
  const asked = new Set(edited.flatMap(({ output }) => output))
  try {
    const values = await valuesOf(model, [...new Set([...asked, names.output])], oneRow(rows, 0))
    const known: Known = {
      isDependent: (name) => dependent.has(name),
      isConstant: (name) => initialisers.has(name),
      shape: (name) => values.get(name)?.dims ?? initialisers.get(name)?.dims ?? [],
      editor,
    }
    const nodes = model.graph.node.flatMap((node) => edits.get(operatorName(node))?.(node, known) ?? [node])
    const opened = declare(withNodes(model, nodes, editor), names.input)
    const second = await valuesOf(model, [names.output], oneRow(rows, 1))
    const together = await valuesOf(opened, [names.output], rows)
    const apart = [values.get(names.output), second.get(names.output)]
    return isSame(together.get(names.output), apart) ? opened : undefined
  } catch {
    // A shape that does not follow the batch fails in the runtime: then the model stays as it is.
    return undefined
  }
}
