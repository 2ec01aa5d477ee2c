import type { MessageType } from './field.ts'
import type { NodeProto, OnnxModel, TensorProto } from './model.ts'
import { modelType, nodeType } from './model-table.ts'
import { tensorType } from './tensor-table.ts'

type Content = Readonly<Record<string, unknown>>

/** Every message of a type, wherever the tables let one stand, in the order of the file's structure. */
function* walk(type: MessageType, wanted: MessageType, message: Content, place: string): Iterable<[Content, string]> {
  if (type === wanted) yield [message, place]
  const prefix = place === '' ? '' : `${place}.`
  for (const field of type.fields) {
    if (field.type === undefined) continue
    const value = message[field.name]
    if (value === undefined) continue
    const inner = field.type()
    if (!field.repeated) yield* walk(inner, wanted, value as Content, `${prefix}${field.name}`)
    else
      for (const [index, item] of (value as readonly Content[]).entries())
        yield* walk(inner, wanted, item, `${prefix}${field.name}[${index}]`)
  }
}

const modelContent = (model: OnnxModel): Content => model as unknown as Content

/**
 * Every tensor of a model, wherever one can stand: initialisers, attributes, subgraphs, functions, sparse tensors,
 * training information. `place` is its path, such as `graph.node[3].attribute[0].t`.
 */
export function* walkTensors(model: OnnxModel): Iterable<{ tensor: TensorProto; place: string }> {
  for (const [tensor, place] of walk(modelType, tensorType, modelContent(model), ''))
    yield { tensor: tensor as unknown as TensorProto, place }
}

/** Every node of a model, in its graph, in subgraphs, in functions and in training information. */
export function* walkNodes(model: OnnxModel): Iterable<{ node: NodeProto; place: string }> {
  for (const [node, place] of walk(modelType, nodeType, modelContent(model), ''))
    yield { node: node as unknown as NodeProto, place }
}
