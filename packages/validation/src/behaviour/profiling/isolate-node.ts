import type { Tensor } from '@nootropic/core'
import {
  createNode,
  createTensor,
  createValueInfo,
  type NodeProto,
  type OnnxModel,
  type TensorProto,
  type ValueInfoProto,
} from '@nootropic/core/formats'

/** An output whose type the runtime infers. */
const inferred = (name: string): ValueInfoProto => ({
  ...createValueInfo({ name, type: 'float32', dims: [] }),
  type: undefined,
})

/** From here on `Slice` takes its bounds as inputs. */
const sliceInputsOpset = 10

/** What cuts a value down to its first element, and the constants that it reads. */
const cutDown = (
  model: OnnxModel,
  name: string,
  rank: number,
): { readonly node: NodeProto; readonly constants: readonly TensorProto[] } => {
  const output = `${name}.first`
  if (rank === 0) return { node: createNode('Identity', [name], [output]), constants: [] }
  const [starts, ends] = [new Array<bigint>(rank).fill(0n), new Array<bigint>(rank).fill(1n)]
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0
  if (opset < sliceInputsOpset) return { node: createNode('Slice', [name], [output], { starts, ends }), constants: [] }
  const constant = (suffix: string, values: readonly bigint[]): TensorProto =>
    createTensor({ name: `${name}.${suffix}`, type: 'int64', dims: [rank], data: BigInt64Array.from(values) })
  const constants = [constant('starts', starts), constant('ends', ends)]
  return { node: createNode('Slice', [name, ...constants.map((each) => each.name)], [output]), constants }
}

/**
 * A model of one node, and what is fed to it. Only the first element of what it computes is handed back: to hand
 * out all takes memory that the whole model gets once, and often longer than the node.
 */
export const isolateNode = (
  model: OnnxModel,
  node: NodeProto,
  values: ReadonlyMap<string, Tensor>,
): { readonly model: OnnxModel; readonly feeds: Record<string, Tensor> } | undefined => {
  const constants = new Map(model.graph.initializer.map((tensor) => [tensor.name, tensor]))
  const read = [...new Set(node.input)].filter((name) => name !== '')
  const fed = read.filter((name) => !constants.has(name))
  const feeds = Object.fromEntries(
    fed.flatMap((name) => {
      const value = values.get(name)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
  if (Object.keys(feeds).length < fed.length) return undefined
  const computed = node.output.filter((name) => name !== '')
  const cuts = computed.map((name) => cutDown(model, name, values.get(name)?.dims.length ?? 0))
  const graph = {
    ...model.graph,
    node: [node, ...cuts.map((cut) => cut.node)],
    input: Object.entries(feeds).map(([name, { type, dims }]) => createValueInfo({ name, type, dims: [...dims] })),
    output: cuts.flatMap((cut) => cut.node.output.map(inferred)),
    initializer: [
      ...model.graph.initializer.filter(({ name }) => read.includes(name)),
      ...cuts.flatMap((cut) => cut.constants),
    ],
  }
  return { model: { ...model, graph }, feeds }
}

/** A model that does nothing but hand back an element: what is left of its runs is what a run costs. */
export const idleModel = (model: OnnxModel): { readonly model: OnnxModel; readonly feeds: Record<string, Tensor> } => {
  const cut = cutDown(model, 'x', 1)
  return {
    model: {
      ...model,
      graph: {
        ...model.graph,
        node: [cut.node],
        input: [createValueInfo({ name: 'x', type: 'float32', dims: [1] })],
        output: cut.node.output.map(inferred),
        initializer: cut.constants,
      },
    },
    feeds: { x: { type: 'float32', dims: [1], data: new Float32Array(1) } },
  }
}
