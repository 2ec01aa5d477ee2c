import { elementCount, type Tensor } from '@nootropic/core'
import { createTensor, type NodeProto, type OnnxModel } from '@nootropic/core/formats'
import { dependents } from '../dependence.ts'
import { namesRead } from '../graph-names.ts'

// A few bytes in a file can expand to any size (CWE-409); what is larger stays computed.
const maximumElements = 1 << 24

/** Their outputs differ from run to run. */
const isRandom = (node: NodeProto): boolean =>
  ['Bernoulli', 'Multinomial', 'RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike'].includes(
    node.opType,
  )

/**
 * Computes once what no input and no chance changes, so that rules see weights, axes and shapes as constants.
 *
 * @param valuesOf the values that names of a model have when it runs once.
 */
export const foldConstants = async (
  model: OnnxModel,
  valuesOf: (model: OnnxModel, names: readonly string[]) => Promise<ReadonlyMap<string, Tensor>>,
): Promise<OnnxModel> => {
  const { graph } = model
  const random = graph.node.filter(isRandom).flatMap(({ output }) => output)
  const changing = dependents(graph, ...graph.input.map(({ name }) => name), ...random)
  const isConstant = (node: NodeProto): boolean => !node.output.some((name) => changing.has(name))
  const stays = graph.node.filter((node) => !isConstant(node))
  const wanted = new Set([...stays.flatMap(namesRead), ...graph.output.map(({ name }) => name)])
  const names = graph.node.filter(isConstant).flatMap(({ output }) => output.filter((name) => wanted.has(name)))
  if (names.length === 0) return model
  const values = await valuesOf(model, names)
  const size = [...values.values()].reduce((total, { dims }) => total + elementCount(dims), 0)
  if (size > maximumElements) return model
  const folded = [...values].map(([name, { type, dims, data }]) => createTensor({ name, type, dims, data }))
  return { ...model, graph: { ...graph, node: stays, initializer: [...graph.initializer, ...folded] } }
}
