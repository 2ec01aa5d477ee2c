import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { readOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import type { DifferentiableModel } from '../../src/behaviour/attacks/objective.ts'
import { openAttackedModel } from '../../src/behaviour/objectives.ts'
import { openSubject, prepareTrial } from '../../src/behaviour/subject.ts'

/** The digits model of the demo. */
export const modelFile = new URL('../../../../examples/guard-a-model/models/digits/model.onnx', import.meta.url)

const collections: { get(index: number): number[] }[] = createRequire(
  new URL('../../../../examples/guard-a-model/package.json', import.meta.url),
)('mnist')

/** The model was trained on the first 700 pictures of each digit and chosen by none of the 150 after them. */
const firstHeldOut = 700
const heldOutPerDigit = 150

/** The first `count` held-out digits, in the order 0, 1, ... 9, 0, 1, ..., as a dataset. */
export const digitsDataset = (count: number) => {
  if (count > 10 * heldOutPerDigit) throw new Error(`expected ${10 * heldOutPerDigit} digits at most, found ${count}`)
  const labels = Array.from({ length: count }, (_, row) => row % 10)
  const data = new Float32Array(count * 784)
  labels.forEach((label, row) => {
    data.set(collections[label]?.get(firstHeldOut + Math.floor(row / 10)) ?? [], row * 784)
  })
  return {
    inputs: { type: 'float32' as const, dims: [count, 1, 28, 28], data },
    labels,
    domain: [0, 1] as const,
  }
}

/** The digits model of the demo, with those of the first `count` held-out digits that it reads right. */
export const openDigits = async (count: number) => {
  const bytes = { main: readFileSync(modelFile) }
  const subject = await openSubject({
    path: 'digits.onnx',
    model: readOnnx(bytes.main),
    bytes,
    sessions: createInProcessSessions(),
    dataset: digitsDataset(count),
    seed: 1,
  })
  const trial = await prepareTrial(subject, count)
  if ('reason' in trial) throw new Error(trial.reason)
  const open = await openAttackedModel(subject, trial)
  if (!('slope' in open.model)) throw new Error(open.note)
  const model: DifferentiableModel = open.model
  return {
    subject,
    trial,
    model,
    target: { model, inputs: trial.inputs, labels: trial.labels, domain: trial.domain },
    close: async () => {
      await open.close()
      await subject.session.close()
    },
  }
}
