import type { GraphProto, NodeProto, TensorProto } from '@nootropic/core/formats'
import { subgraphs } from '../graph-names.ts'

/** A subgraph's nodes and constants as they read outside. */
export interface InlinedGraph {
  readonly nodes: readonly NodeProto[]
  readonly initialisers: readonly TensorProto[]
  /** What its outputs are called outside. */
  readonly outputs: readonly string[]
}

const renameNode = (node: NodeProto, rename: (name: string) => string): NodeProto => ({
  ...node,
  name: '',
  input: node.input.map(rename),
  output: node.output.map(rename),
  attribute:
    subgraphs(node).length === 0
      ? node.attribute
      : node.attribute.map((attribute) => ({
          ...attribute,
          ...(attribute.g === undefined ? {} : { g: renameGraph(attribute.g, rename) }),
          graphs: attribute.graphs.map((graph) => renameGraph(graph, rename)),
        })),
})

/** ONNX forbids a subgraph to use a name of the graphs around it anew, so one map serves all depths. */
const renameGraph = (graph: GraphProto, rename: (name: string) => string): GraphProto => ({
  ...graph,
  node: graph.node.map((node) => renameNode(node, rename)),
  output: graph.output.map((output) => ({ ...output, name: rename(output.name) })),
})

/**
 * Takes a subgraph out of its node. Its own names get `prefix` in front, which must be new to the model; names of the
 * graphs around it stay.
 *
 * @param bindings what the subgraph's inputs are called outside.
 */
export const inlineGraph = (
  graph: GraphProto,
  prefix: string,
  bindings: ReadonlyMap<string, string> = new Map(),
): InlinedGraph => {
  const own = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output.filter((name) => name !== '')),
  ])
  const rename = (name: string): string => bindings.get(name) ?? (own.has(name) ? `${prefix}/${name}` : name)
  return {
    nodes: graph.node.map((node) => renameNode(node, rename)),
    initialisers: graph.initializer.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
    outputs: graph.output.map(({ name }) => rename(name)),
  }
}
