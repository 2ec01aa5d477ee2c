import type { GraphProto } from '@nootropic/core/formats'

/** The names of all values that are computed from `source`; a subgraph may read it, too. */
export const dependents = (graph: GraphProto, source: string): Set<string> => {
  const dependent = new Set([source])
  const readsFrom = (node: GraphProto['node'][number]): boolean =>
    node.input.some((name) => dependent.has(name)) ||
    node.attribute.some(({ g, graphs }) =>
      (g === undefined ? graphs : [g, ...graphs]).some((subgraph) => subgraph.node.some(readsFrom)),
    )
  for (const node of graph.node) {
    if (!readsFrom(node)) continue
    for (const name of node.output) if (name !== '') dependent.add(name)
  }
  return dependent
}
