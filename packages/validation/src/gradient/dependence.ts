import type { GraphProto, NodeProto } from '@nootropic/core/formats'
import { namesRead, operatorName } from './graph-names.ts'

/** They read how large a value is, not what it holds. */
const readsShapeOnly = new Set(['Shape', 'Size'])

const reachable = (
  graph: GraphProto,
  sources: Iterable<string>,
  isPassed: (node: NodeProto) => boolean,
): Set<string> => {
  const names = new Set(sources)
  for (const node of graph.node) {
    if (!isPassed(node) || !namesRead(node).some((name) => names.has(name))) continue
    for (const name of node.output) if (name !== '') names.add(name)
  }
  return names
}

/** The names of all values that change when `sources` do, in value or in shape; a subgraph may read them, too. */
export const dependents = (graph: GraphProto, ...sources: readonly string[]): Set<string> =>
  reachable(graph, sources, () => true)

/** The names of all values that change when the elements of `source` do, its shape being the same. */
export const valueDependents = (graph: GraphProto, source: string): Set<string> =>
  reachable(graph, [source], (node) => !readsShapeOnly.has(operatorName(node)))
