import { createNode, type NodeProto, type TensorProto, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { type FloatTensor, floatArray } from '../../src/behaviour/dataset.ts'
import { buildGradient } from '../../src/gradient/index.ts'
import { probeValues } from '../../src/gradient/probe.ts'
import { type FloatType, floats, modelOf, numbers } from './models.ts'

/** Nodes from `x` to `h`, of which the first axis is the batch. */
export interface OperatorCase {
  readonly name: string
  readonly nodes: readonly NodeProto[]
  readonly initializer?: (type: FloatType) => readonly TensorProto[]
  /** Shape of one example. */
  readonly dims: readonly number[]
  readonly opset?: number
  /** The elements of one example; without them, seeded numbers that stay away from 0. */
  readonly at?: readonly number[]
  /** What the nodes compute, where onnxruntime has float32 kernels only: then the slope is compared with this. */
  readonly formula?: (row: readonly number[]) => readonly number[]
}

const sessions = createInProcessSessions()
const classes = 3
const distance = 1e-5
const elements = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

const inputOf = ({ dims, at }: OperatorCase): readonly number[] =>
  at ?? numbers(elements(dims), 5).map((value) => (value >= 0 ? value + 0.2 : value - 0.2))

const rowsOf = (type: FloatType, dims: readonly number[], rows: readonly (readonly number[])[]): FloatTensor => {
  const data = floatArray(type, rows.length * elements(dims))
  data.set(rows.flat())
  return { type, dims: [rows.length, ...dims], data }
}

/** The gradient of a random linear layer behind the nodes, so that each element of their slope counts. */
const openGradient = async (operator: OperatorCase, type: FloatType, loss: 'cross-entropy' | 'margin') => {
  const { nodes, initializer, dims, opset = 20 } = operator
  const base = { initializer: initializer?.(type) ?? [], input: ['batch', ...dims], type, opset }
  const probe = rowsOf(type, dims, [inputOf(operator), inputOf(operator)])
  const forward = modelOf({ ...base, nodes, output: ['batch'] })
  const values = await probeValues(forward, ['h'], { sessions, feeds: { x: probe } })
  const width = elements(values.get('h')?.dims.slice(1) ?? [])
  const readout = numbers(width * classes, 3)
  const model = modelOf({
    ...base,
    nodes: [
      ...nodes,
      createNode('Flatten', ['h'], ['flat'], { axis: 1n }),
      createNode('Gemm', ['flat', 'readout'], ['y']),
    ],
    initializer: [...base.initializer, floats(type, 'readout', [width, classes], readout)],
    output: ['batch', classes],
  })
  const gradient = await buildGradient(model, { loss, sessions, probe })
  if (!gradient.isDerived) throw new Error(`${gradient.reason}: ${gradient.operators.join(', ')}`)
  const session = await sessions.open({ main: writeOnnx(gradient.model) })
  const run = async (rows: readonly (readonly number[])[]) => {
    const labels = { type: 'int64' as const, dims: [rows.length], data: new BigInt64Array(rows.length) }
    const outputs = await session.run({ x: rowsOf(type, dims, rows), [gradient.names.labels]: labels })
    const read = (name: string): number[] => Array.from(outputs[name]?.data as ArrayLike<number>)
    const { names } = gradient
    return { scores: read(names.value), losses: read(names.loss), slope: read(names.slope) }
  }
  /** What the margin loss gives each element of `h`: the readout of the best wrong class less that of the right one. */
  const seedOf = (scores: readonly number[]): number[] => {
    const best = (scores[2] ?? 0) > (scores[1] ?? 0) ? 2 : 1
    return Array.from(
      { length: width },
      (_, row) => (readout[row * classes + best] ?? 0) - (readout[row * classes] ?? 0),
    )
  }
  return { run, seedOf, flat: gradient.flat, close: () => session.close() }
}

/** Each row with one element shifted: up, then down, element by element. */
const shifted = (row: readonly number[]): number[][] =>
  row.flatMap((_, index) => [1, -1].map((sign) => row.with(index, (row[index] ?? 0) + sign * distance)))

const differencesOf = (values: readonly number[]): number[] =>
  Array.from(
    { length: values.length / 2 },
    (_, index) => ((values[2 * index] ?? Number.NaN) - (values[2 * index + 1] ?? Number.NaN)) / (2 * distance),
  )

/** Dot product. */
const inner = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? Number.NaN), 0)

/** The slope of one example, beside central differences: of the model itself in float64, of the formula in float32. */
export const compareOperator = async (
  operator: OperatorCase,
): Promise<{ readonly slope: readonly number[]; readonly differences: readonly number[] }> => {
  const { formula } = operator
  const isExact = formula === undefined
  const gradient = await openGradient(operator, isExact ? 'float64' : 'float32', isExact ? 'cross-entropy' : 'margin')
  try {
    const row = inputOf(operator)
    const { slope, scores } = await gradient.run([row])
    if (isExact) return { slope, differences: differencesOf((await gradient.run(shifted(row))).losses) }
    const seed = gradient.seedOf(scores)
    const values = shifted(Array.from(Float32Array.from(row))).map((moved) => inner(seed, formula(moved)))
    return { slope, differences: differencesOf(values) }
  } finally {
    await gradient.close()
  }
}

/** The slope of each element over the seed of the output that it goes into: the same one, or the only one. */
export const derivativesAt = async (operator: OperatorCase): Promise<number[]> => {
  const gradient = await openGradient(operator, 'float32', 'margin')
  try {
    const { slope, scores } = await gradient.run([inputOf(operator)])
    const seed = gradient.seedOf(scores)
    return slope.map((value, index) => value / (seed[seed.length === 1 ? 0 : index] ?? Number.NaN))
  } finally {
    await gradient.close()
  }
}

/** The operators that the gradient names because no slope goes through them. */
export const flatOperatorsOf = async (operator: OperatorCase): Promise<readonly string[]> => {
  const gradient = await openGradient(operator, 'float32', 'margin')
  await gradient.close()
  return gradient.flat
}
