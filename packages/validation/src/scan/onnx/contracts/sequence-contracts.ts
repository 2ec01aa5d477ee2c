import { attributeTypes, type GraphProto } from '@nootropic/core/formats'
import { countOf, integerOf, integersOf, type NodeView, textOf } from '../values/node-view.ts'
import { exactDims } from '../values/value.ts'
import { between, countIs, exclusive, oneOf, wordOf } from './attribute-clauses.ts'
import { badLength, badRange, badShape, badSubgraph, type Clause, type OperatorContract } from './clause.ts'

/** An input whose dims are known must have these; a dim that is undefined may be any. */
const dimsAre = (
  view: NodeView,
  index: number,
  name: string,
  wanted: readonly (number | undefined)[],
): ReturnType<Clause> => {
  const dims = view.node.input[index] ? exactDims(view.input(index)) : undefined
  if (dims === undefined) return undefined
  const isSame = dims.length === wanted.length && wanted.every((dim, axis) => dim === undefined || dim === dims[axis])
  return isSame ? undefined : badShape(`${name} of dims [${wanted.map((dim) => dim ?? '?')}]`, `[${dims}]`)
}

/** W, R and B of a recurrent layer by its gates and hidden size. */
const recurrentWeights =
  (gates: number): Clause =>
  (view) => {
    const hidden = integerOf(view, 'hidden_size')
    if (hidden === undefined) return undefined
    const directions = textOf(view, 'direction') === 'bidirectional' ? 2 : 1
    return (
      dimsAre(view, 1, 'W', [directions, gates * hidden, undefined]) ??
      dimsAre(view, 2, 'R', [directions, gates * hidden, hidden]) ??
      dimsAre(view, 3, 'B', [directions, 2 * gates * hidden])
    )
  }

const recurrent = (opType: string, gates: number, activations: number): OperatorContract => ({
  domain: '',
  operators: [opType],
  clauses: [
    between('hidden_size', 1),
    between('layout', 0, 1),
    wordOf('direction', ['forward', 'reverse', 'bidirectional']),
    countIs('activations', (view) => [activations * (textOf(view, 'direction') === 'bidirectional' ? 2 : 1)]),
    recurrentWeights(gates),
  ],
})

/** Blocks of quantised weights against N, K, bits and block size: read while the session is opened. */
const blockedWeights: Clause = (view) => {
  const [rows, columns] = [integerOf(view, 'N'), integerOf(view, 'K')]
  const [bits, block] = [integerOf(view, 'bits') ?? 4, integerOf(view, 'block_size')]
  if (rows === undefined || columns === undefined || block === undefined || block < 1) return undefined
  const blocks = Math.ceil(columns / block)
  const weights = exactDims(view.input(1))
  const expected = rows * blocks * Math.ceil((block * bits) / 8)
  const count = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1)
  if (weights !== undefined && count(weights) !== expected) {
    return badShape(`${expected} bytes of weights for N ${rows}, K ${columns}, block_size ${block}`, count(weights))
  }
  const scales = exactDims(view.input(2))
  return scales === undefined || count(scales) === rows * blocks
    ? undefined
    : badShape(`${rows * blocks} scales`, count(scales))
}

const blockSize: Clause = (view) => {
  const block = integerOf(view, 'block_size')
  const isPower = block === undefined || (block >= 16 && Number.isInteger(Math.log2(block)))
  return isPower ? undefined : badRange('a block_size that is a power of two from 16 on', block)
}

const headGroups: Clause = (view) => {
  const [heads, groups] = [integerOf(view, 'num_heads'), integerOf(view, 'kv_num_heads')]
  return heads === undefined || groups === undefined || groups < 1 || heads % groups === 0
    ? undefined
    : badRange(`kv_num_heads that divides ${heads}`, groups)
}

const attentionWeights: Clause = (view) => {
  const weights = exactDims(view.input(1))
  const sizes = integersOf(view, 'qkv_hidden_sizes')
  if (weights === undefined) return undefined
  if (weights.length !== 2) return badShape('weights of 2 dims', weights.length)
  const [, columns = 0] = weights
  const expected = sizes?.reduce((total, size) => total + size, 0)
  if (expected === undefined ? columns % 3 !== 0 : columns !== expected) {
    return badShape(`weights for query, key and value of ${expected ?? 'a third each'}`, columns)
  }
  return dimsAre(view, 2, 'bias', [columns])
}

/** Embeddings, gamma and beta have the same hidden size and the ranks that the shape inference indexes (issue 28175). */
const embeddings: Clause = (view) => {
  const hidden = exactDims(view.input(2))?.[1]
  return (
    dimsAre(view, 2, 'word_embedding', [undefined, undefined]) ??
    dimsAre(view, 3, 'position_embedding', [undefined, hidden]) ??
    dimsAre(view, 4, 'segment_embedding', [undefined, hidden]) ??
    dimsAre(view, 5, 'gamma', [hidden]) ??
    dimsAre(view, 6, 'beta', [hidden])
  )
}

const skipWeights: Clause = (view) => {
  const gamma = exactDims(view.input(2))
  if (gamma === undefined) return undefined
  if (gamma.length !== 1) return badShape('gamma of 1 dim', gamma.length)
  const isSimple = view.node.opType === 'SkipSimplifiedLayerNormalization'
  return dimsAre(view, 3, isSimple ? 'bias' : 'beta', gamma)
}

const graphOf = (view: NodeView, name: string): GraphProto | undefined => {
  const attribute = view.attribute(name)
  return attribute?.type === attributeTypes.GRAPH || attribute?.type === 0 ? attribute.g : undefined
}

const isReference = (view: NodeView, name: string): boolean => (view.attribute(name)?.refAttrName ?? '') !== ''

const branches: Clause = (view) => {
  for (const name of ['then_branch', 'else_branch']) {
    const branch = graphOf(view, name)
    if (branch === undefined) return isReference(view, name) ? undefined : badSubgraph(`a graph as ${name}`, 'none')
    const [given, wanted] = [branch.output.length, view.node.output.length]
    if (given !== wanted) return badSubgraph(`${wanted} output(s) of ${name}`, given)
  }
  return undefined
}

const loopBody: Clause = (view) => {
  const body = graphOf(view, 'body')
  if (body === undefined) return isReference(view, 'body') ? undefined : badSubgraph('a graph as body', 'none')
  const carried = Math.max(0, view.node.input.length - 2)
  if (body.input.length !== carried + 2) return badSubgraph(`${carried + 2} input(s) of the body`, body.input.length)
  const wanted = view.node.output.length + 1
  return body.output.length >= carried + 1 && body.output.length >= wanted
    ? undefined
    : badSubgraph(`at least ${Math.max(wanted, carried + 1)} output(s) of the body`, body.output.length)
}

const scanBody: Clause = (view) => {
  const body = graphOf(view, 'body')
  if (body === undefined) return isReference(view, 'body') ? undefined : badSubgraph('a graph as body', 'none')
  const scanned = integerOf(view, 'num_scan_inputs') ?? 0
  // Version 8 of Scan had a list of lengths, perhaps empty, before its other inputs.
  const inputs = view.node.input.length
  if (scanned < 1 || scanned > inputs) return badSubgraph(`num_scan_inputs from 1 to ${inputs}`, scanned)
  const isOld = body.input.length === inputs - 1
  if (body.input.length !== inputs && !isOld) return badSubgraph(`${inputs} input(s) of the body`, body.input.length)
  return body.output.length >= view.node.output.length
    ? undefined
    : badSubgraph(`${view.node.output.length} output(s) of the body`, body.output.length)
}

const decoder: Clause = (view) =>
  graphOf(view, 'decoder') === undefined && !isReference(view, 'decoder')
    ? badSubgraph('a graph as decoder', 'none')
    : undefined

const scanAxes: Clause = (view) => {
  const scanned = integerOf(view, 'num_scan_inputs') ?? 0
  for (const name of ['scan_input_axes', 'scan_input_directions', 'directions']) {
    const count = countOf(view, name)
    if (count > 0 && count !== scanned) return badLength(`${scanned} value(s) in ${name}`, count)
  }
  return undefined
}

/** Recurrent layers, attention and quantised weights, and operators with graphs inside them. */
export const sequenceContracts: readonly OperatorContract[] = [
  recurrent('RNN', 1, 1),
  recurrent('GRU', 3, 2),
  recurrent('LSTM', 4, 3),
  { domain: '', operators: ['If'], clauses: [branches] },
  { domain: '', operators: ['Loop'], clauses: [loopBody] },
  { domain: '', operators: ['Scan'], clauses: [scanBody, scanAxes] },
  { domain: '', operators: ['Attention'], clauses: [between('q_num_heads kv_num_heads', 1)] },
  { domain: '', operators: ['RotaryEmbedding'], clauses: [between('num_heads rotary_embedding_dim', 0)] },
  {
    domain: 'com.microsoft',
    operators: ['Attention', 'QAttention', 'PackedAttention'],
    clauses: [between('num_heads', 1), attentionWeights],
  },
  {
    domain: 'com.microsoft',
    operators: [
      'MultiHeadAttention',
      'DecoderMaskedMultiHeadAttention',
      'DecoderMaskedSelfAttention',
      'PackedMultiHeadAttention',
      'DecoderAttention',
    ],
    clauses: [between('num_heads', 1)],
  },
  {
    domain: 'com.microsoft',
    operators: ['GroupQueryAttention', 'SparseAttention', 'PagedAttention'],
    // Divided by before they are verified (microsoft/onnxruntime pull 32658).
    clauses: [between('num_heads kv_num_heads sparse_block_size', 1), headGroups],
  },
  { domain: 'com.microsoft', operators: ['LongformerAttention'], clauses: [between('num_heads window', 1)] },
  { domain: 'com.microsoft', operators: ['EmbedLayerNormalization'], clauses: [embeddings] },
  { domain: 'com.microsoft', operators: ['QEmbedLayerNormalization'], clauses: [embeddings] },
  {
    domain: 'com.microsoft',
    operators: ['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization'],
    clauses: [skipWeights],
  },
  {
    domain: 'com.microsoft',
    operators: ['MatMulNBits'],
    clauses: [oneOf('bits', [2, 4, 8]), between('N K', 1), blockSize, blockedWeights],
  },
  {
    domain: 'com.microsoft',
    operators: ['MatMulBnb4'],
    clauses: [between('N K', 1), between('quant_type', 0, 1), blockSize],
  },
  {
    domain: 'com.microsoft',
    operators: ['GatherBlockQuantized'],
    clauses: [oneOf('bits', [2, 4, 8]), blockSize],
  },
  {
    domain: 'com.microsoft',
    operators: ['MoE', 'QMoE'],
    clauses: [between('k', 1, 64), oneOf('expert_weight_bits', [2, 4, 8]), between('block_size', 0)],
  },
  {
    domain: 'com.microsoft',
    operators: ['BeamSearch', 'GreedySearch', 'Sampling'],
    // The width of the logits was taken on trust (microsoft/onnxruntime pull 28774).
    clauses: [
      decoder,
      between('no_repeat_ngram_size', 0),
      between('model_type', 0, 2),
      (view) => {
        const size = integerOf(view, 'vocab_size')
        return size === undefined || size === -1 || size > 0
          ? undefined
          : badRange('a vocab_size of -1 or above 0', size)
      },
    ],
  },
  { domain: 'com.microsoft', operators: ['NGramRepeatBlock'], clauses: [between('ngram_size', 1)] },
  {
    domain: 'com.microsoft',
    operators: ['WordConvEmbedding'],
    clauses: [between('embedding_size conv_window_size', 1)],
  },
  {
    domain: 'com.microsoft',
    operators: ['Tokenizer'],
    clauses: [between('mincharnum', 1), exclusive('separators tokenexp')],
  },
]
