import type {
  GraphProto,
  NodeProto,
  OnnxModel,
  SparseTensorProto,
  TensorProto,
  ValueInfoProto,
} from '@nootropic/core/formats'

/** A list of nodes with what it can see: a graph, a subgraph of a node's attribute, or the body of a function. */
export interface Scope {
  readonly place: string
  readonly nodes: readonly NodeProto[]
  /** Names that exist before the first node: inputs and initialisers. */
  readonly given: readonly string[]
  readonly initialisers: readonly TensorProto[]
  readonly sparseInitialisers: readonly SparseTensorProto[]
  /** What its graph declares of its inputs; nothing for a function. */
  readonly inputs: readonly ValueInfoProto[]
  /** The graph; nothing for a function. */
  readonly graph: GraphProto | undefined
  readonly outputs: readonly string[]
  readonly parent: Scope | undefined
  /** 0 for the model's own graph. */
  readonly depth: number
}

const scopeOfGraph = (graph: GraphProto, place: string, parent: Scope | undefined): Scope => ({
  place,
  nodes: graph.node,
  given: [
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ''),
  ],
  initialisers: graph.initializer,
  sparseInitialisers: graph.sparseInitializer,
  inputs: graph.input,
  graph,
  outputs: graph.output.map(({ name }) => name),
  parent,
  depth: parent === undefined ? 0 : parent.depth + 1,
})

/** Every scope of a model, outer ones before inner ones. The reader has bounded their depth. */
export function* walkScopes(model: OnnxModel): Generator<Scope> {
  const pending: Scope[] = [scopeOfGraph(model.graph, 'graph', undefined)]
  for (const [index, { initialization, algorithm }] of model.trainingInfo.entries()) {
    const outer = pending[0]
    if (initialization) pending.push(scopeOfGraph(initialization, `trainingInfo[${index}].initialization`, outer))
    if (algorithm) pending.push(scopeOfGraph(algorithm, `trainingInfo[${index}].algorithm`, outer))
  }
  for (const [index, { input, output, node }] of model.functions.entries()) {
    pending.push({
      place: `functions[${index}]`,
      nodes: node,
      given: input,
      initialisers: [],
      sparseInitialisers: [],
      inputs: [],
      graph: undefined,
      outputs: output,
      parent: undefined,
      depth: 0,
    })
  }
  // An array grows while it is walked, and for...of sees what is added.
  for (const scope of pending) {
    yield scope
    for (const [index, node] of scope.nodes.entries()) {
      for (const [place, { g, graphs }] of node.attribute.entries()) {
        const inside = `${scope.place}.node[${index}].attribute[${place}]`
        if (g !== undefined) pending.push(scopeOfGraph(g, `${inside}.g`, scope))
        for (const [item, graph] of graphs.entries())
          pending.push(scopeOfGraph(graph, `${inside}.graphs[${item}]`, scope))
      }
    }
  }
}
