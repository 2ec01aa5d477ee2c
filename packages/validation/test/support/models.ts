import { createSeededRandom, type TensorSpec } from '@nootropic/core'
import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  type NodeProto,
  type OnnxModel,
  type TensorProto,
} from '@nootropic/core/formats'

export type FloatType = 'float32' | 'float64'

/** A constant of the model under test. */
export const floats = (type: FloatType, name: string, dims: readonly number[], data: readonly number[]): TensorProto =>
  createTensor({ name, type, dims, data: type === 'float32' ? Float32Array.from(data) : Float64Array.from(data) })

export const integers = (name: string, data: readonly number[]): TensorProto =>
  createTensor({ name, type: 'int64', dims: [data.length], data: BigInt64Array.from(data, BigInt) })

/** Seeded numbers in [-1, 1). */
export const numbers = (count: number, seed: number): number[] => {
  const random = createSeededRandom(seed)
  return Array.from({ length: count }, () => random.uniform() * 2 - 1)
}

/** A graph from `x` to `y`. */
export const modelOf = (options: {
  nodes: readonly NodeProto[]
  initializer?: readonly TensorProto[]
  input: TensorSpec['dims']
  output: TensorSpec['dims']
  type?: FloatType
  opset?: number
}): OnnxModel => {
  const type = options.type ?? 'float32'
  return createOnnxModel({
    operatorSets: { '': options.opset ?? 17 },
    graph: {
      name: 'test',
      node: options.nodes,
      initializer: options.initializer ?? [],
      input: [createValueInfo({ name: 'x', type, dims: options.input })],
      output: [createValueInfo({ name: 'y', type, dims: options.output })],
    },
  })
}

/**
 * A classifier of two clouds in the unit square, right above or below the diagonal: logits -s d and s d, where d is the
 * signed distance from it, through a hidden layer of ReLUs. `steepness` is s.
 */
export const diagonalClassifier = (steepness: number, tail: readonly NodeProto[] = []): OnnxModel =>
  modelOf({
    nodes: [
      createNode('Gemm', ['x', 'w1', 'b1'], ['hidden']),
      createNode('Relu', ['hidden'], ['active']),
      createNode('Gemm', ['active', 'w2', 'b2'], [tail.length === 0 ? 'y' : 'logits']),
      ...tail,
    ],
    initializer: [
      floats('float32', 'w1', [2, 2], [1, -1, 1, -1]),
      floats('float32', 'b1', [2], [-1, 1]),
      floats('float32', 'w2', [2, 2], [-steepness, steepness, steepness, -steepness]),
      floats('float32', 'b2', [2], [0, 0]),
    ],
    input: ['batch', 2],
    output: ['batch', 2],
  })

/** The classes of x0 + x1 below and above a border, in steps that have no slope: of 20 levels an element, `border` of both. */
export const steppedClassifier = (border: number): OnnxModel =>
  modelOf({
    nodes: [
      createNode('Mul', ['x', 'levels'], ['scaled']),
      createNode('Floor', ['scaled'], ['steps']),
      createNode('Gemm', ['steps', 'w', 'b'], ['y']),
    ],
    initializer: [
      floats('float32', 'levels', [], [20]),
      floats('float32', 'w', [2, 2], [-1, 1, -1, 1]),
      floats('float32', 'b', [2], [border, -border]),
    ],
    input: ['batch', 2],
    output: ['batch', 2],
  })

/** Points at least `gap` (in x + y) away from the diagonal, with their classes. */
export const diagonalDataset = (count: number, gap: number) => {
  const random = createSeededRandom(7)
  const data = new Float32Array(count * 2)
  const labels: number[] = []
  for (let row = 0; row < count; ) {
    const [first, second] = [random.uniform(), random.uniform()]
    const side = first + second - 1
    if (Math.abs(side) < gap) continue
    data.set([first, second], row * 2)
    labels.push(side > 0 ? 1 : 0)
    row += 1
  }
  return { inputs: { type: 'float32' as const, dims: [count, 2], data }, labels, domain: [0, 1] as const }
}
