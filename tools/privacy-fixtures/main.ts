import { writeFile } from 'node:fs/promises'
import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  writeOnnx,
} from '../../packages/core/src/formats/index.ts'
import { featuresOf, oneHot, type StudentEffort, trainStudent } from '../../packages/validation/src/privacy/index.ts'
import { smallDigits } from '../../packages/validation/test/privacy/small-digits.ts'

// Trains the models that the privacy tests accuse and acquit, on digits of 7 x 7 pixels, and writes them where the tests
// read them: one that learned noise by heart, one that saw too few examples too often, and a sound one.
const folder = new URL('../../packages/validation/test/privacy/fixtures/', import.meta.url)

const train = async (name: string, digits: ReturnType<typeof smallDigits>, effort: StudentEffort): Promise<void> => {
  const features = featuresOf(digits.inputs)
  const student = await trainStudent({ features, targets: oneHot(digits.labels, 10), classes: 10 }, { effort, seed: 1 })
  const { hidden, parameters } = student.network
  const { means, factors } = student.scaling
  const take = (from: number, length: number): Float32Array =>
    Float32Array.from(parameters.subarray(from, from + length))
  const [firstBias, second] = [hidden * 49, hidden * 49 + hidden]
  const tensors = [
    { name: 'means', dims: [49], data: Float32Array.from(means) },
    { name: 'factors', dims: [49], data: Float32Array.from(factors) },
    { name: 'hidden.weight', dims: [hidden, 49], data: take(0, firstBias) },
    { name: 'hidden.bias', dims: [hidden], data: take(firstBias, hidden) },
    { name: 'output.weight', dims: [10, hidden], data: take(second, 10 * hidden) },
    { name: 'output.bias', dims: [10], data: take(second + 10 * hidden, 10) },
  ]
  const model = createOnnxModel({
    operatorSets: { '': 17 },
    producerName: 'nootropic privacy-fixtures',
    graph: {
      name,
      input: [createValueInfo({ name: 'image', type: 'float32', dims: ['batch', 1, 7, 7] })],
      output: [createValueInfo({ name: 'logits', type: 'float32', dims: ['batch', 10] })],
      initializer: tensors.map((tensor) => createTensor({ ...tensor, type: 'float32' })),
      node: [
        createNode('Flatten', ['image'], ['pixels'], { axis: 1n }),
        createNode('Sub', ['pixels', 'means'], ['centred']),
        createNode('Mul', ['centred', 'factors'], ['scaled']),
        createNode('Gemm', ['scaled', 'hidden.weight', 'hidden.bias'], ['hidden'], { transB: 1n }),
        createNode('Relu', ['hidden'], ['active']),
        createNode('Gemm', ['active', 'output.weight', 'output.bias'], ['logits'], { transB: 1n }),
      ],
    },
  })
  await writeFile(new URL(`${name}.onnx`, folder), writeOnnx(model))
  console.log(`${name}: trained on ${features.rows} digits`)
}

await train('memorising', smallDigits(0, 500, 'noise'), { hidden: 128, epochs: 200, batch: 32, rate: 3e-3, decay: 0 })
await train('overfitted', smallDigits(0, 300), { hidden: 64, epochs: 200, batch: 16, rate: 3e-3, decay: 0 })
await train('sound', smallDigits(0, 6000), { hidden: 32, epochs: 20, batch: 32, rate: 2e-3, decay: 0.02 })
