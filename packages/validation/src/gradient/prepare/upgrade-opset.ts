import { createAttribute, type GraphProto, type NodeProto, type OnnxModel } from '@nootropic/core/formats'
import { floatAttribute, floatsAttribute, integerAttribute, integersAttribute, textAttribute } from '../attributes.ts'
import type { FloatType } from '../graph-builder.ts'
import { operatorName } from '../graph-names.ts'
import type { Refusal } from '../rule.ts'
import { createGraphEditor, type GraphEditor, withInput, withNodes, withoutAttributes } from './graph-editor.ts'

/** Before it operators broadcast by attributes of their own; nothing exports such models any more. */
const oldestOpset = 7
/** What models are upgraded to; those that are newer stay as they are. */
const targetOpset = 18

type Upgrade = (node: NodeProto, editor: GraphEditor) => readonly NodeProto[] | Refusal

/** `axes` and the like move from an attribute to an input. */
const moveIntegers =
  (attribute: string, index: number): Upgrade =>
  (node, editor) => {
    const values = integersAttribute(node, attribute)
    return values === undefined
      ? [node]
      : [withInput(withoutAttributes(node, attribute), index, editor.integers(values))]
  }

const upgradeSplit: Upgrade = (node, editor) => {
  if (integersAttribute(node, 'split') !== undefined) return moveIntegers('split', 1)(node, editor)
  const isGiven = (node.input[1] ?? '') !== '' || node.attribute.some(({ name }) => name === 'num_outputs')
  const count = createAttribute('num_outputs', BigInt(node.output.length))
  return [isGiven ? node : { ...node, attribute: [...node.attribute, count] }]
}

const upgradePad: Upgrade = (node, editor) => {
  const pads = integersAttribute(node, 'pads')
  if (pads === undefined) return [node]
  const moved = withInput(withoutAttributes(node, 'pads', 'value'), 1, editor.integers(pads))
  return [withInput(moved, 2, editor.floats([floatAttribute(node, 'value', 0)]))]
}

const upgradeSlice: Upgrade = (node, editor) => {
  const [starts, ends] = [integersAttribute(node, 'starts'), integersAttribute(node, 'ends')]
  if (starts === undefined || ends === undefined) return [node]
  const axes = integersAttribute(node, 'axes') ?? starts.map((_, axis) => axis)
  const bounds = [starts, ends, axes].map((values) => editor.integers(values))
  return [{ ...withoutAttributes(node, 'starts', 'ends', 'axes'), input: [node.input[0] ?? '', ...bounds] }]
}

const upgradeClip: Upgrade = (node, editor) => {
  const bounds = ['min', 'max'].map((name) => {
    const isGiven = node.attribute.some((attribute) => attribute.name === name)
    return isGiven ? editor.floats([floatAttribute(node, name, 0)]) : ''
  })
  return [{ ...withoutAttributes(node, 'min', 'max'), input: [node.input[0] ?? '', ...bounds] }]
}

const upgradeTopK: Upgrade = (node, editor) =>
  node.input.length > 1
    ? [node]
    : [withInput(withoutAttributes(node, 'k'), 1, editor.integers([integerAttribute(node, 'k', 1)]))]

/** Both scaled from the corner and took the pixel below. */
const asResize = (node: NodeProto, scales: string): NodeProto => ({
  ...withoutAttributes(node, 'scales'),
  opType: 'Resize',
  input: [node.input[0] ?? '', '', scales],
  attribute: [
    ...node.attribute.filter(({ name }) => name === 'mode'),
    createAttribute('coordinate_transformation_mode', 'asymmetric'),
    createAttribute('nearest_mode', 'floor'),
  ],
})

const upgradeUpsample: Upgrade = (node, editor) => {
  const scales = floatsAttribute(node, 'scales')
  return [
    asResize(node, scales === undefined ? (node.input[1] ?? '') : editor.floats(scales, [scales.length], 'float32')),
  ]
}

const upgradeResize: Upgrade = (node) => {
  if (node.input.length === 2) return [asResize(node, node.input[1] ?? '')]
  const mode = textAttribute(node, 'coordinate_transformation_mode', 'half_pixel')
  return mode === 'tf_half_pixel_for_nn' ? { refused: `coordinate_transformation_mode ${mode}` } : [node]
}

/** Until operator set 12 all axes from `axis` on were one; flattened, they are. */
const upgradeSoftmax: Upgrade = (node, editor) => {
  const axis = integerAttribute(node, 'axis', 1)
  if (axis === -1) return [node]
  const [input = ''] = node.input
  const shape = editor.node('Shape', [input])
  const flat = editor.node('Flatten', [input], { axis: BigInt(axis) })
  const one = editor.node(node.opType, flat.output, { axis: -1n })
  return [
    shape,
    flat,
    one,
    { ...withoutAttributes(node, 'axis'), opType: 'Reshape', input: [...one.output, ...shape.output] },
  ]
}

/** Further outputs were for training only. */
const upgradeBatchNormalization: Upgrade = (node) =>
  integerAttribute(node, 'spatial', 1) === 0
    ? { refused: 'statistics for each place' }
    : [{ ...withoutAttributes(node, 'spatial', 'is_test', 'momentum'), output: node.output.slice(0, 1) }]

const upgradeDropout: Upgrade = (node) => [withoutAttributes(node, 'ratio', 'is_test')]

const upgradeScatter: Upgrade = (node) => [{ ...node, opType: 'ScatterElements' }]

const otherReductions = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare']

/** What changed, by operator, and in which operator set. */
const upgrades: ReadonlyMap<string, readonly [since: number, Upgrade]> = new Map<string, readonly [number, Upgrade]>([
  ['BatchNormalization', [14, upgradeBatchNormalization]],
  ['Clip', [11, upgradeClip]],
  ['Dropout', [12, upgradeDropout]],
  ['Hardmax', [13, upgradeSoftmax]],
  ['LogSoftmax', [13, upgradeSoftmax]],
  ['Pad', [11, upgradePad]],
  ['ReduceSum', [13, moveIntegers('axes', 1)]],
  ...otherReductions.map((name) => [`Reduce${name}`, [18, moveIntegers('axes', 1)]] as const),
  ['Resize', [13, upgradeResize]],
  ['Scan', [9, () => ({ refused: 'an operator set below 9' })]],
  ['Scatter', [Number.POSITIVE_INFINITY, upgradeScatter]],
  ['Slice', [10, upgradeSlice]],
  ['Softmax', [13, upgradeSoftmax]],
  ['Split', [18, upgradeSplit]],
  ['Squeeze', [13, moveIntegers('axes', 1)]],
  ['TopK', [10, upgradeTopK]],
  ['Unsqueeze', [13, moveIntegers('axes', 1)]],
  ['Upsample', [Number.POSITIVE_INFINITY, upgradeUpsample]],
])

/** Version of ONNX's own operator set that a model imports. */
export const opsetOf = (model: OnnxModel): number =>
  model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0

/**
 * The same model in operator set 18: axes, splits, bounds and the like become inputs, operators that
 * were given up become the ones that took their place. Operator sets cannot be mixed in one model, and reverse rules
 * are written in one. A newer model stays as it is.
 */
export const upgradeOpset = (model: OnnxModel, floatType: FloatType): OnnxModel | Refusal => {
  const opset = opsetOf(model)
  if (opset < oldestOpset) return { refused: `its operator set is ${opset}, below ${oldestOpset}` }
  if (opset >= targetOpset) return model
  const editor = createGraphEditor(model, floatType)
  const refused = new Set<string>()
  const upgradeAll = (nodes: readonly NodeProto[]): NodeProto[] =>
    nodes.flatMap((node) => {
      const inner = {
        ...node,
        attribute: node.attribute.map((attribute) =>
          attribute.g ? { ...attribute, g: upgradeGraph(attribute.g) } : attribute,
        ),
      }
      const [since, upgrade] = upgrades.get(operatorName(node)) ?? []
      if (upgrade === undefined || since === undefined || opset >= since) return [inner]
      const result = upgrade(inner, editor)
      if (!('refused' in result)) return result
      refused.add(`${node.opType} (${result.refused})`)
      return []
    })
  const upgradeGraph = (graph: GraphProto): GraphProto => ({ ...graph, node: upgradeAll(graph.node) })
  const upgraded = withNodes(model, upgradeAll(model.graph.node), editor)
  if (refused.size > 0) return { refused: [...refused].join(', ') }
  return {
    ...upgraded,
    opsetImport: upgraded.opsetImport.map((set) =>
      set.domain === '' || set.domain === 'ai.onnx' ? { ...set, version: targetOpset } : set,
    ),
  }
}
