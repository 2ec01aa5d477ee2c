import { floatAttribute, floatsAttribute, integerAttribute, textAttribute } from '../attributes.ts'
import type { Expansion, ExpansionStep } from '../expansion.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import type { Refusal } from '../rule.ts'

/** The activation that a fused node ends with; `''` and none are the same. */
const activated = (
  graph: GraphBuilder,
  name: string,
  parameters: readonly number[],
  value: string,
): string | Refusal => {
  const [first, second] = parameters
  if (name === '') return value
  if (name === 'Relu' || name === 'Sigmoid' || name === 'Tanh') return graph.add(name, [value])
  if (name === 'LeakyRelu') return graph.add(name, [value], { alpha: first ?? 0.01 })
  if (name === 'HardSigmoid') return graph.add(name, [value], { alpha: first ?? 0.2, beta: second ?? 0.5 })
  if (name === 'Clip' && first !== undefined && second !== undefined)
    return graph.add(name, [value, graph.floats([first]), graph.floats([second])])
  return { refused: `activation ${name}` }
}

const asOutput = (value: string | Refusal): readonly string[] | Refusal => (typeof value === 'string' ? [value] : value)

const copied = (
  step: ExpansionStep,
  opType: string,
  inputs: readonly string[],
  ...dropped: readonly string[]
): string =>
  step.graph.addCopy(
    { ...step.node, opType, domain: '', attribute: step.node.attribute.filter(({ name }) => !dropped.includes(name)) },
    inputs,
  )

/** Conv, then a sum, then an activation. */
export const expandFusedConv: Expansion = (step) => {
  const { node, input, graph } = step
  const convolved = copied(step, 'Conv', node.input.slice(0, 3), 'activation', 'activation_params')
  const summed = input(3) === '' ? convolved : graph.add('Add', [convolved, input(3)])
  return asOutput(
    activated(graph, textAttribute(node, 'activation', ''), floatsAttribute(node, 'activation_params') ?? [], summed),
  )
}

/** Gemm, then an activation. */
export const expandFusedGemm: Expansion = (step) => {
  const { node, graph } = step
  const names = ['activation_alpha', 'activation_beta', 'activation_gamma']
  const parameters = names.flatMap((name) =>
    node.attribute.some((attribute) => attribute.name === name) ? [floatAttribute(node, name, 0)] : [],
  )
  const product = copied(step, 'Gemm', node.input, 'activation', ...names)
  return asOutput(activated(graph, textAttribute(node, 'activation', ''), parameters, product))
}

/** The product of two stacks of matrices, each transposed or not, scaled. */
export const expandFusedMatMul: Expansion = ({ node, input, shape, graph }) => {
  if (integerAttribute(node, 'transBatchA', 0) !== 0 || integerAttribute(node, 'transBatchB', 0) !== 0)
    return { refused: 'transposed batches' }
  const operand = (index: number, flag: string): string => {
    if (integerAttribute(node, flag, 0) === 0) return input(index)
    const axes = shape(input(index)).map((_, axis) => BigInt(axis))
    return graph.add('Transpose', [input(index)], { perm: [...axes.slice(0, -2), ...axes.slice(-2).reverse()] })
  }
  const product = graph.add('MatMul', [operand(0, 'transA'), operand(1, 'transB')])
  const alpha = floatAttribute(node, 'alpha', 1)
  return [alpha === 1 ? product : graph.add('Mul', [product, graph.floats([alpha])])]
}

/** x P(X < x) of the normal distribution (Hendrycks and Gimpel 2016). */
const gelu = (graph: GraphBuilder, value: string): string => {
  const erf = graph.add('Erf', [graph.add('Mul', [value, graph.floats([Math.SQRT1_2])])])
  const share = graph.add('Add', [graph.add('Mul', [erf, graph.floats([0.5])]), graph.floats([0.5])])
  return graph.add('Mul', [value, share])
}

/** The approximation of it by a hyperbolic tangent. */
const tanhGelu = (graph: GraphBuilder, value: string): string => {
  const square = graph.add('Mul', [value, value])
  const slope = graph.add('Add', [graph.add('Mul', [square, graph.floats([0.044715])]), graph.floats([1])])
  const inner = graph.add('Mul', [graph.add('Mul', [value, slope]), graph.floats([Math.sqrt(2 / Math.PI)])])
  const half = graph.floats([0.5])
  const share = graph.add('Add', [graph.add('Mul', [graph.add('Tanh', [inner]), half]), half])
  return graph.add('Mul', [value, share])
}

const biased = ({ input, graph }: ExpansionStep): string =>
  input(1) === '' ? input(0) : graph.add('Add', [input(0), input(1)])

/** Gelu of ONNX and of onnxruntime's own domain. */
export const expandGelu: Expansion = ({ node, input, graph }) => [
  textAttribute(node, 'approximate', 'none') === 'tanh' ? tanhGelu(graph, input(0)) : gelu(graph, input(0)),
]

/** Gelu of a sum. */
export const expandBiasGelu: Expansion = (step) => [gelu(step.graph, biased(step))]

/** The approximation, of a sum where there is a bias. */
export const expandFastGelu: Expansion = (step) => [tanhGelu(step.graph, biased(step))]

/** x sigmoid(alpha x). */
export const expandQuickGelu: Expansion = ({ node, input, graph }) => {
  const inner = graph.add('Mul', [input(0), graph.floats([floatAttribute(node, 'alpha', 1.702)])])
  return [graph.add('Mul', [input(0), graph.add('Sigmoid', [inner])])]
}

const skipSum = ({ input, graph }: ExpansionStep, bias: number): string => {
  const sum = graph.add('Add', [input(0), input(1)])
  return input(bias) === '' ? sum : graph.add('Add', [sum, input(bias)])
}

/** The layer norm of a sum; its fourth output is the sum. */
export const expandSkipLayerNormalization: Expansion = (step) => {
  const { node, input, graph } = step
  const sum = skipSum(step, 4)
  const scales = input(3) === '' ? [input(2)] : [input(2), input(3)]
  const epsilon = floatAttribute(node, 'epsilon', 1e-12)
  return [graph.add('LayerNormalization', [sum, ...scales], { axis: -1n, epsilon }), undefined, undefined, sum]
}

/** The same without centring. */
export const expandSkipSimplifiedLayerNormalization: Expansion = (step) => {
  const { node, input, graph } = step
  const sum = skipSum(step, 3)
  const epsilon = floatAttribute(node, 'epsilon', 1e-12)
  const normalised = graph.add('SimplifiedLayerNormalization', [sum, input(2)], { axis: -1n, epsilon })
  return [normalised, undefined, undefined, sum]
}
