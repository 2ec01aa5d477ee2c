import { readFileSync } from 'node:fs'
import { createSeededRandom, elementCount } from '@nootropic/core'
import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  type NodeProto,
  type OnnxModel,
  readOnnx,
  type TensorProto,
  writeOnnx,
} from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { buildGradient } from '../src/gradient/index.ts'

// What a slope costs over an answer: the rival is the same model's forward run, one thread, in turns. Compared are the
// fastest tenths of the runs of either: slower ones shared the processor with something else.

const rounds = 60
const batch = 32
const classes = 10
const sessions = createInProcessSessions()
const random = createSeededRandom(1)
const numbers = (count: number, scale: number): Float32Array =>
  Float32Array.from({ length: count }, () => (random.uniform() * 2 - 1) * scale)

/** Collects nodes and weights from `x` to `y`. */
const network = (dims: readonly number[], define: (layer: ReturnType<typeof layers>) => string): OnnxModel => {
  const layer = layers()
  const last = define(layer)
  return createOnnxModel({
    operatorSets: { '': 17 },
    graph: {
      name: 'bench',
      node: [...layer.nodes, createNode('Identity', [last], ['y'])],
      initializer: layer.initializer,
      input: [createValueInfo({ name: 'x', type: 'float32', dims: ['batch', ...dims] })],
      output: [createValueInfo({ name: 'y', type: 'float32', dims: ['batch', classes] })],
    },
  })
}

const layers = () => {
  const nodes: NodeProto[] = []
  const initializer: TensorProto[] = []
  const add = (
    opType: string,
    inputs: readonly string[],
    attributes: Parameters<typeof createNode>[3] = {},
  ): string => {
    const output = `value/${nodes.length}`
    nodes.push(createNode(opType, inputs, [output], attributes))
    return output
  }
  const weight = (...dims: readonly number[]): string => {
    const name = `weight/${initializer.length}`
    const scale = Math.sqrt(3 / elementCount(dims.slice(dims.length > 2 ? 1 : 0, dims.length > 2 ? undefined : 1)))
    initializer.push(createTensor({ name, type: 'float32', dims, data: numbers(elementCount(dims), scale) }))
    return name
  }
  const shape = (...values: readonly number[]): string => {
    const name = `shape/${initializer.length}`
    initializer.push(
      createTensor({ name, type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) }),
    )
    return name
  }
  const dense = (value: string, from: number, to: number): string =>
    add('Add', [add('MatMul', [value, weight(from, to)]), weight(to)])
  const convolution = (value: string, from: number, to: number, stride = 1): string =>
    add('Conv', [value, weight(to, from, 3, 3), weight(to)], {
      pads: [1n, 1n, 1n, 1n],
      strides: [BigInt(stride), BigInt(stride)],
    })
  return { nodes, initializer, add, weight, shape, dense, convolution }
}

const perceptron = network([784], ({ add, dense }) => {
  const hidden = [784, 256, 256, 256].reduce(
    (value, width, index, all) => (index === 0 ? value : add('Relu', [dense(value, all[index - 1] ?? 0, width)])),
    'x',
  )
  return dense(hidden, 256, classes)
})

const residual = network([3, 32, 32], ({ add, convolution, dense }) => {
  let value = add('Relu', [convolution('x', 3, 16, 2)])
  for (let block = 0; block < 3; block += 1) {
    const inner = convolution(add('Relu', [convolution(value, 16, 16)]), 16, 16)
    value = add('Relu', [add('Add', [inner, value])])
  }
  return dense(add('Flatten', [add('GlobalAveragePool', [value])]), 16, classes)
})

const transformer = network([64, 96], ({ add, weight, shape, dense }) => {
  const heads = (value: string, perm: bigint[]): string =>
    add('Transpose', [add('Reshape', [value, shape(0, -1, 4, 24)])], { perm })
  const norm = (value: string): string => add('LayerNormalization', [value, weight(96), weight(96)])
  const first = norm('x')
  const query = heads(dense(first, 96, 96), [0n, 2n, 1n, 3n])
  const key = heads(dense(first, 96, 96), [0n, 2n, 3n, 1n])
  const scores = add('Softmax', [add('MatMul', [query, key])], { axis: -1n })
  const mixed = add('MatMul', [scores, heads(dense(first, 96, 96), [0n, 2n, 1n, 3n])])
  const joined = add('Reshape', [add('Transpose', [mixed], { perm: [0n, 2n, 1n, 3n] }), shape(0, -1, 96)])
  const attended = add('Add', ['x', dense(joined, 96, 96)])
  const wide = dense(norm(attended), 96, 384)
  const active = add('Mul', [wide, add('Sigmoid', [wide])])
  const result = add('Add', [attended, dense(active, 384, 96)])
  return dense(add('ReduceMean', [result], { axes: [1n], keepdims: 0n }), 96, classes)
})

const overlapping = network([3, 32, 32], ({ add, convolution, dense }) => {
  const block = (value: string, from: number, to: number): string =>
    add('MaxPool', [add('Relu', [convolution(value, from, to)])], {
      kernel_shape: [3n, 3n],
      strides: [2n, 2n],
      pads: [1n, 1n, 1n, 1n],
    })
  return dense(add('Flatten', [add('GlobalAveragePool', [block(block('x', 3, 16), 16, 32)])]), 32, classes)
})

const digits = readOnnx(
  readFileSync(new URL('../../../examples/guard-a-model/models/digits/model.onnx', import.meta.url)),
)

const models = [
  { name: 'perceptron, 4 layers', model: perceptron, dims: [784], target: 3 },
  { name: 'residual network, 7 convolutions', model: residual, dims: [3, 32, 32], target: 3 },
  { name: 'transformer block', model: transformer, dims: [64, 96], target: 3 },
  { name: 'convolutions and max pools that overlap', model: overlapping, dims: [3, 32, 32], target: 4.5 },
  { name: 'digits: convolutions and max pools', model: digits, dims: [1, 28, 28], target: 4.5 },
]

const rows: string[] = []
for (const { name, model, dims, target } of models) {
  const inputs = { type: 'float32', dims: [batch, ...dims], data: numbers(batch * elementCount(dims), 1) } as const
  const gradient = await buildGradient(model, { loss: 'cross-entropy', sessions, probe: inputs })
  if (!gradient.isDerived) throw new Error(`${gradient.reason}: ${gradient.operators.join(', ')}`)
  const forward = await sessions.open({ main: writeOnnx(model) }, { threads: 1 })
  const backward = await sessions.open({ main: writeOnnx(gradient.model) }, { threads: 1 })
  const labels = { type: 'int64', dims: [batch], data: new BigInt64Array(batch) } as const
  const { names } = gradient
  const milliseconds = async (run: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now()
    await run()
    return performance.now() - begun
  }
  const answer = () => forward.run({ [names.input]: inputs })
  const slope = () => backward.run({ [names.input]: inputs, [names.labels]: labels })
  const times: { answer: number; slope: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    times.push({ answer: await milliseconds(answer), slope: await milliseconds(slope) })
  }
  await forward.close()
  await backward.close()
  const undisturbed = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[rounds / 10] ?? Number.NaN
  const answerMs = undisturbed(times.map((time) => time.answer))
  const slopeMs = undisturbed(times.map((time) => time.slope))
  rows.push(
    `| ${name} | ${slopeMs.toFixed(2)} ms | ${answerMs.toFixed(2)} ms | ${(slopeMs / answerMs).toFixed(1)} | ${target} |`,
  )
}

process.stdout.write(
  `${[
    `| loss and slope, batch ${batch} | nootropic | forward only | ratio | target |`,
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n')}\n`,
)
