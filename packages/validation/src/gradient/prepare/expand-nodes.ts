import type { Tensor } from '@nootropic/core'
import { createNode, type NodeProto, type OnnxModel } from '@nootropic/core/formats'
import { expansions } from '../expansions.ts'
import { createGraphBuilder, type FloatType } from '../graph-builder.ts'
import { namesIn, operatorName } from '../graph-names.ts'
import { opsetOf } from './upgrade-opset.ts'

/** The model after it, and why some nodes stayed: by the name of their first output. */
export interface ExpandedModel {
  readonly model: OnnxModel
  readonly refused: ReadonlyMap<string, string>
}

/**
 * Puts smaller operators in the place of those that {@link expansions} knows.
 *
 * @param valuesOf the values that names of a model have when it runs once: expansions read their shapes.
 */
export const expandNodes = async (
  model: OnnxModel,
  floatType: FloatType,
  valuesOf: (model: OnnxModel, names: readonly string[]) => Promise<ReadonlyMap<string, Tensor>>,
): Promise<ExpandedModel> => {
  const { graph } = model
  const expandable = graph.node.filter((node) => expansions.has(operatorName(node)))
  if (expandable.length === 0) return { model, refused: new Map() }
  const computed = new Set(graph.node.flatMap(({ output }) => output))
  const inputs = new Set(expandable.flatMap(({ input }) => input.filter((name) => name !== '')))
  const known = new Set([...computed, ...graph.input.map(({ name }) => name)])
  const values = await valuesOf(
    model,
    [...inputs].filter((name) => known.has(name)),
  )
  const initialisers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  const builder = createGraphBuilder({ floatType, opset: opsetOf(model), taken: namesIn(graph) })
  const nodes: NodeProto[] = []
  const refused = new Map<string, string>()
  for (const node of graph.node) {
    const expand = expansions.get(operatorName(node))
    const start = builder.nodes.length
    const outputs = expand?.({
      node,
      input: (index) => node.input[index] ?? '',
      shape: (name) => values.get(name)?.dims ?? initialisers.get(name)?.dims ?? [],
      graph: builder,
    })
    if (outputs === undefined) {
      nodes.push(node)
    } else if ('refused' in outputs) {
      nodes.push(node)
      refused.set(node.output[0] ?? '', outputs.refused)
    } else {
      const renamed = outputs.flatMap((value, place) => {
        const name = node.output[place] ?? ''
        return value === undefined || name === '' ? [] : [createNode('Identity', [value], [name])]
      })
      nodes.push(...builder.nodes.slice(start), ...renamed)
    }
  }
  const initializer = [...graph.initializer, ...builder.initialisers]
  return { model: { ...model, graph: { ...graph, node: nodes, initializer } }, refused }
}
