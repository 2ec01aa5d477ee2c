import type { ModelBytes, TensorSpec } from '@nootropic/core'
import {
  createNode,
  createTensor,
  createValueInfo,
  dataTypeOf,
  elementTypeOf,
  type NodeProto,
  type OnnxModel,
  onnxSignature,
  type TensorProto,
  tensorValues,
} from '@nootropic/core/formats'
import { integerAttribute } from '../../gradient/attributes.ts'
import { namesIn, operatorName } from '../../gradient/graph-names.ts'
import type { FloatTensor } from '../dataset.ts'
import type { Embedding } from './tokens.ts'

/** A model of token numbers, cut open behind its embedding. */
export interface EmbeddedModel {
  /**
   * The same function of embedded tokens. Its input is [batch, length, width + 1]: each token's embedding, and behind it
   * the token's number, scaled, for what else the model reads from the numbers, such as where they are padding.
   */
  readonly model: OnnxModel
  readonly input: string
  readonly embedding: Embedding
  readonly type: FloatTensor['type']
}

/** Why a model of tokens cannot be cut open. */
export interface NoEmbedding {
  readonly reason: string
}

/**
 * Token numbers are carried so far apart that no change of an embedding, random starts included, makes one into another;
 * a power of two, so that they are exact.
 */
const tokenScale = 1024

/** The input and every copy of it under another name or integer type. */
const copiesOf = (nodes: readonly NodeProto[], input: string): ReadonlySet<string> => {
  const copies = new Set([input])
  for (const node of nodes) {
    if (['Cast', 'Identity'].includes(operatorName(node)) && copies.has(node.input[0] ?? ''))
      copies.add(node.output[0] ?? '')
  }
  return copies
}

/** The embedding: the one Gather that looks the tokens up in a table of floats. */
const findLookup = (
  { graph }: OnnxModel,
  input: string,
): { readonly node: NodeProto; readonly table: TensorProto; readonly type: FloatTensor['type'] } | NoEmbedding => {
  const copies = copiesOf(graph.node, input)
  const tables = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  const lookups = graph.node.flatMap((node) => {
    const table = tables.get(node.input[0] ?? '')
    const type = elementTypeOf(table?.dataType ?? 0)
    const isLookup = operatorName(node) === 'Gather' && copies.has(node.input[1] ?? '')
    return isLookup && table?.dims.length === 2 && (type === 'float32' || type === 'float64')
      ? [{ node, table, type }]
      : []
  })
  const [only, ...others] = lookups
  if (only === undefined || others.length > 0)
    return { reason: `expected one Gather of "${input}" from a table of weights, found ${lookups.length}` }
  return integerAttribute(only.node, 'axis', 0) === 0 ? only : { reason: 'its embedding is no table of rows' }
}

const unlike = (taken: ReadonlySet<string>, name: string): string =>
  taken.has(name) ? unlike(taken, `${name}'`) : name

/**
 * Cuts a model of token numbers open behind its embedding, so that it can be differentiated and attacked there.
 *
 * @param input the input of token numbers, [batch, length]; the first of integers where it is left out.
 */
export const embedTokens = (
  model: OnnxModel,
  options: { readonly input?: string; readonly externalData?: ModelBytes['externalData'] } = {},
): EmbeddedModel | NoEmbedding => {
  const isTokens = ({ name, type }: TensorSpec): boolean =>
    (options.input === undefined || options.input === name) && (type === 'int64' || type === 'int32')
  const spec = onnxSignature(model).inputs.find(isTokens)
  if (spec === undefined || spec.dims.length !== 2)
    return { reason: 'it has no input of token numbers, [batch, length]' }
  const found = findLookup(model, spec.name)
  if ('reason' in found) return found
  const { node, table, type } = found
  const { graph } = model
  const width = table.dims[1] ?? 0
  const taken = namesIn(graph)
  const name = (what: string): string => unlike(taken, `embedded/${what}`)
  const whole = (what: string, dims: readonly number[], values: readonly number[]): TensorProto =>
    createTensor({ name: name(what), type: 'int64', dims, data: BigInt64Array.from(values, BigInt) })
  const number = (what: string, value: number): TensorProto =>
    createTensor({
      name: name(what),
      type,
      dims: [],
      data: type === 'float32' ? Float32Array.of(value) : Float64Array.of(value),
    })
  const initialisers = [
    whole(
      'columns',
      [width],
      Array.from({ length: width }, (_, column) => column),
    ),
    whole('last', [], [width]),
    number('scale', 1 / tokenScale),
    number('half', 0.5),
  ]
  const input = name('input')
  const front = [
    createNode('Gather', [input, name('columns')], [node.output[0] ?? ''], { axis: 2n }),
    createNode('Gather', [input, name('last')], [name('scaled')], { axis: 2n }),
    createNode('Mul', [name('scaled'), name('scale')], [name('near')]),
    createNode('Add', [name('near'), name('half')], [name('above')]),
    createNode('Floor', [name('above')], [name('whole')]),
    createNode('Cast', [name('whole')], [spec.name], { to: BigInt(dataTypeOf[spec.type]) }),
  ]
  const opened = createValueInfo({ name: input, type, dims: [...spec.dims, width + 1] })
  return {
    model: {
      ...model,
      graph: {
        ...graph,
        node: [...front, ...graph.node.filter((each) => each !== node)],
        initializer: [...graph.initializer, ...initialisers],
        input: graph.input.map((info) => (info.name === spec.name ? opened : info)),
      },
    },
    input,
    type,
    embedding: { width, values: tensorValues(table, options.externalData) as ArrayLike<number>, tokenScale },
  }
}
