import { floatAttribute, integerAttribute } from '../attributes.ts'
import type { Expansion, ExpansionStep } from '../expansion.ts'
import type { GraphBuilder } from '../graph-builder.ts'

/** `[batch, length, heads * size]` as `[batch, heads, length, size]`. */
const splitHeads = (graph: GraphBuilder, value: string, heads: number, size: number): string =>
  graph.add('Transpose', [graph.add('Reshape', [value, graph.integers([0, -1, heads, size])])], {
    perm: [0n, 2n, 1n, 3n],
  })

/** softmax(Q Kᵀ scale) V, head by head (Vaswani et al. 2017). */
const attend = (
  { node, graph }: ExpansionStep,
  operands: { readonly query: string; readonly key: string; readonly value: string },
  sizes: { readonly key: number; readonly value: number },
): string => {
  const heads = integerAttribute(node, 'num_heads', 1)
  const size = sizes.key / heads
  const scale = floatAttribute(node, 'scale', 0) || 1 / Math.sqrt(size)
  const query = splitHeads(graph, graph.add('Mul', [operands.query, graph.floats([scale])]), heads, size)
  const key = graph.add('Transpose', [splitHeads(graph, operands.key, heads, size)], { perm: [0n, 1n, 3n, 2n] })
  const weights = graph.add('Softmax', [graph.add('MatMul', [query, key])], { axis: -1n })
  const mixed = graph.add('MatMul', [weights, splitHeads(graph, operands.value, heads, sizes.value / heads)])
  const joined = graph.add('Transpose', [mixed], { perm: [0n, 2n, 1n, 3n] })
  return graph.add('Reshape', [joined, graph.integers([0, -1, sizes.value])])
}

const given = ({ node }: ExpansionStep, from: number): boolean => node.input.slice(from).some((name) => name !== '')

/** One product makes query, key and value; onnxruntime's `Attention` without a mask and a past. */
export const expandAttention: Expansion = (step) => {
  const { node, input, shape, graph } = step
  if (given(step, 3)) return { refused: 'a mask or a past' }
  if (integerAttribute(node, 'unidirectional', 0) !== 0) return { refused: 'unidirectional' }
  if (node.attribute.some(({ name }) => name === 'qkv_hidden_sizes' || name === 'do_rotary'))
    return { refused: 'qkv_hidden_sizes or do_rotary' }
  const width = (shape(input(1)).at(-1) ?? 0) / 3
  const product = graph.add('MatMul', [input(0), input(1)])
  const biased = input(2) === '' ? product : graph.add('Add', [product, input(2)])
  const [query = '', key = '', value = ''] = graph.addMany(
    'Split',
    [biased, graph.integers([width, width, width])],
    3,
    {
      axis: -1n,
    },
  )
  return [attend(step, { query, key, value }, { key: width, value: width })]
}

/** Query, key and value apart, each `[batch, length, width]`, with one bias for all; without masks and a past. */
export const expandMultiHeadAttention: Expansion = (step) => {
  const { node, input, shape, graph } = step
  if (input(1) === '' || input(2) === '' || shape(input(1)).length !== 3 || shape(input(2)).length !== 3)
    return { refused: 'packed operands' }
  if (given(step, 4)) return { refused: 'a mask or a past' }
  if (integerAttribute(node, 'unidirectional', 0) !== 0) return { refused: 'unidirectional' }
  const sizes = { key: shape(input(0)).at(-1) ?? 0, value: shape(input(2)).at(-1) ?? 0 }
  if (input(3) === '') return [attend(step, { query: input(0), key: input(1), value: input(2) }, sizes)]
  const biases = graph.addMany('Split', [input(3), graph.integers([sizes.key, sizes.key, sizes.value])], 3, {
    axis: 0n,
  })
  const [query = '', key = '', value = ''] = biases.map((bias, index) => graph.add('Add', [input(index), bias]))
  return [attend(step, { query, key, value }, sizes)]
}
