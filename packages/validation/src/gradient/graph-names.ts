import type { GraphProto, NodeProto } from '@nootropic/core/formats'

/** The name of an operator with its domain: `Relu`, `com.microsoft:Gelu`. */
export const operatorName = (node: NodeProto): string =>
  node.domain === '' || node.domain === 'ai.onnx' ? node.opType : `${node.domain}:${node.opType}`

/** The graphs that a node holds: bodies of loops, branches. */
export const subgraphs = (node: NodeProto): GraphProto[] =>
  node.attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]))

/** Every name of a graph's values, those of its subgraphs too. */
export const namesIn = (graph: GraphProto): Set<string> =>
  new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap((node) => [
      ...node.input,
      ...node.output,
      ...subgraphs(node).flatMap((inner) => [...namesIn(inner)]),
    ]),
  ])

/** Every name that a node reads, inside its subgraphs too. */
export const namesRead = (node: NodeProto): string[] => [
  ...node.input,
  ...subgraphs(node).flatMap((graph) => [...namesIn(graph), ...graph.output.map(({ name }) => name)]),
]
