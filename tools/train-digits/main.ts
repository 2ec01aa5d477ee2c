import { writeFile } from 'node:fs/promises'
import { createSeededRandom } from '@nootropic/core'
import { heldOutDigits, trainingDigits } from '../../examples/guard-a-model/src/digits.ts'
import { createAdam } from './adam.ts'
import { deform } from './deform.ts'
import { accuracy, backward, createNetwork, forward } from './network.ts'
import { onnxOf } from './onnx.ts'

// Trains the digit classifier of the demo and writes it where the demo reads it. The seed fixes every choice; only the
// platform's Math.exp could make two runs differ.
const epochs = 24
const batchSize = 32
const requiredAccuracy = 0.97
const target = new URL('../../examples/guard-a-model/models/digits/model.onnx', import.meta.url)

const random = createSeededRandom(20261121)
const network = createNetwork(random.normal)
const step = createAdam(network.flatMap((layer) => layer.parameters))
const training = trainingDigits()
const heldOut = heldOutDigits()
console.log(`training on ${training.length} digits, testing on ${heldOut.length} others`)

for (let epoch = 1; epoch <= epochs; epoch += 1) {
  for (let last = training.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1)
    ;[training[last], training[other]] = [training[other]!, training[last]!]
  }
  // A cosine from 2e-3 to 0: large steps first, settled weights at the end.
  const rate = 1e-3 * (1 + Math.cos((Math.PI * (epoch - 1)) / epochs))
  for (const [index, { pixels, label }] of training.entries()) {
    const logits = forward(network, deform(pixels, random))
    backward(network, logits, label)
    if ((index + 1) % batchSize === 0) step(rate, batchSize)
  }
  console.log(`epoch ${epoch}/${epochs}: ${(accuracy(network, heldOut) * 100).toFixed(2)} % of held-out digits right`)
}

const reached = accuracy(network, heldOut)
if (reached < requiredAccuracy)
  throw new Error(`expected at least ${requiredAccuracy}, got ${reached}: nothing was written`)

await writeFile(target, onnxOf(network))
console.log(
  `held-out accuracy ${(reached * 100).toFixed(2)} %, written to examples/guard-a-model/models/digits/model.onnx`,
)
