import type { NodeProto, OnnxModel, TensorProto } from '@nootropic/core/formats'

/** From here on an initialiser need not be an input of the graph. */
const leastIrVersion = 8

const constantValue = (node: NodeProto): TensorProto | undefined =>
  node.opType === 'Constant' && node.domain === '' ? node.attribute.find(({ name }) => name === 'value')?.t : undefined

/**
 * Weights become constants that nobody can feed: models of IR version 3 list them as inputs, others hold them in
 * Constant nodes. What is declared of inner values goes, for a step that changes shapes would make it wrong.
 */
export const ownInitialisers = (model: OnnxModel): OnnxModel => {
  const constants = model.graph.node.flatMap((node) => {
    const value = constantValue(node)
    return value === undefined ? [] : [{ ...value, name: node.output[0] ?? '' }]
  })
  const initializer = [...model.graph.initializer, ...constants]
  const owned = new Set(initializer.map(({ name }) => name))
  return {
    ...model,
    irVersion: Math.max(model.irVersion ?? 0, leastIrVersion),
    graph: {
      ...model.graph,
      initializer,
      input: model.graph.input.filter(({ name }) => !owned.has(name)),
      node: model.graph.node.filter((node) => constantValue(node) === undefined),
      valueInfo: [],
    },
  }
}
