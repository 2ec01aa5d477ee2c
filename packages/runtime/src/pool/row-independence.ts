import { type NodeProto, type OnnxModel, onnxSignature } from '@nootropic/core/formats'

// What is known of a value: its rank, and whether it has one row for each row of the inputs, made of that row alone.
interface Value {
  readonly rank: number
  readonly kind: 'rows' | 'constant'
  /** Of a constant: its dims. */
  readonly dims?: readonly number[]
}

type Inputs = readonly (Value | undefined)[]

/** The rank of the outputs, when each row of them is made of the same row of the inputs and of constants; undefined otherwise. */
type Rule = (inputs: Inputs, node: NodeProto) => number | undefined

const integer = (node: NodeProto, name: string, otherwise: number): number =>
  Number(node.attribute.find((attribute) => attribute.name === name)?.i ?? otherwise)

const areConstants = (inputs: Inputs): boolean =>
  inputs.every((input) => input === undefined || input.kind === 'constant')

/** By element or by row: the first input is rows, all others are constants that are the same for every row. */
const byRow: Rule = ([first, ...others]) => (first?.kind === 'rows' && areConstants(others) ? first.rank : undefined)

/** A constant is spread over the rows when it has no dimension that would stand beside theirs, or one of 1. */
const isSpread = (value: Value, rank: number): boolean =>
  value.kind === 'rows' ? value.rank === rank : value.rank < rank || (value.rank === rank && value.dims?.[0] === 1)

/** By element, with broadcasting, which lines dimensions up from the last. */
const broadcast: Rule = (inputs) => {
  const rank = inputs.find((input) => input?.kind === 'rows')?.rank
  if (rank === undefined) return undefined
  return inputs.every((input) => input !== undefined && isSpread(input, rank)) ? rank : undefined
}

const alongLaterAxis =
  (otherwise: number): Rule =>
  (inputs, node) => {
    const rank = byRow(inputs, node)
    if (rank === undefined) return undefined
    const axis = integer(node, 'axis', otherwise)
    return (axis < 0 ? axis + rank : axis) >= 1 ? rank : undefined
  }

const spatial: Rule = (inputs, node) => {
  const rank = byRow(inputs, node)
  // A second output of a pooling holds positions in the whole batch.
  return rank !== undefined && rank >= 3 && node.output.length === 1 ? rank : undefined
}

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    (
      'Abs Ceil Celu Clip Cos Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity LeakyRelu Log Mish Neg Not Reciprocal ' +
      'Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Tanh ThresholdedRelu Cast'
    )
      .split(' ')
      .map((name) => [name, byRow]),
  ),
  ...Object.fromEntries(
    'Add And Div Equal Greater Less Max Min Mul Or Pow PRelu Sub Where'.split(' ').map((name) => [name, broadcast]),
  ),
  ...Object.fromEntries(
    'AveragePool Conv GlobalAveragePool GlobalMaxPool LRN MaxPool'.split(' ').map((name) => [name, spatial]),
  ),
  Softmax: alongLaterAxis(-1),
  LogSoftmax: alongLaterAxis(-1),
  LayerNormalization: (inputs, node) => (node.output.length === 1 ? alongLaterAxis(-1)(inputs, node) : undefined),
  BatchNormalization: (inputs, node) =>
    node.output.length === 1 && integer(node, 'training_mode', 0) === 0 ? byRow(inputs, node) : undefined,
  Flatten: (inputs, node) => (byRow(inputs, node) !== undefined && integer(node, 'axis', 1) === 1 ? 2 : undefined),
  Gemm([rows, weights, bias]) {
    if (rows?.kind !== 'rows' || rows.rank !== 2 || weights?.kind !== 'constant') return undefined
    return bias === undefined || (bias.kind === 'constant' && isSpread(bias, 2)) ? 2 : undefined
  },
  MatMul([rows, weights]) {
    const isProduct = rows?.kind === 'rows' && rows.rank >= 2 && weights?.kind === 'constant' && weights.rank === 2
    return isProduct ? rows.rank : undefined
  },
}

const rankAfter = (node: NodeProto, inputs: Inputs): number | undefined => {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return undefined
  // Transposed, the rows of a matrix are its columns.
  if (node.opType === 'Gemm' && integer(node, 'transA', 0) !== 0) return undefined
  const rule = Object.hasOwn(rules, node.opType) ? rules[node.opType] : undefined
  return rule?.(inputs, node)
}

/**
 * Whether the graph shows that each row of the outputs (along the first dimension) is made of the same row of the inputs and
 * of nothing else. Then what is run in one batch learns nothing of each other, whatever the model is meant to do.
 *
 * A short list of operators is known; a graph with any other is not said to be independent.
 */
export const areRowsIndependent = (model: OnnxModel): boolean => {
  const { graph, functions } = model
  const { inputs, outputs } = onnxSignature(model)
  const [first] = inputs
  const rows = first?.dims[0]
  if (typeof rows !== 'string' || inputs.some(({ dims }) => dims[0] !== rows)) return false
  if (functions.length > 0 || graph.sparseInitializer.length > 0) return false
  const values = new Map<string, Value>()
  for (const { name, dims } of graph.initializer) values.set(name, { kind: 'constant', rank: dims.length, dims })
  for (const { name, dims } of inputs) values.set(name, { kind: 'rows', rank: dims.length })
  for (const node of graph.node) {
    const given = node.input.map((name) => (name === '' ? undefined : values.get(name)))
    if (node.input.some((name) => name !== '' && !values.has(name))) return false
    const rank = rankAfter(node, given)
    if (rank === undefined) return false
    for (const name of node.output) values.set(name, { kind: 'rows', rank })
  }
  return outputs.length > 0 && outputs.every(({ name, dims }) => dims[0] === rows && values.get(name)?.kind === 'rows')
}
