import { elementCount, type Tensor } from '@nootropic/core'
import { expect, test } from 'vitest'
import { type ShippedModel, steepnessAlongSlope } from '../support/shipped-models.ts'

const zeros = (dims: readonly number[]): Tensor => ({
  type: 'float32',
  dims,
  data: new Float32Array(elementCount(dims)),
})
const rate: Tensor = { type: 'int64', dims: [], data: BigInt64Array.of(16_000n) }

const models: readonly ShippedModel[] = [
  ...['v5', 'v6'].map(
    (version): ShippedModel => ({
      file: `@ricky0123/vad-web/dist/silero_vad_${version}.onnx`,
      dims: [1, 576],
      loss: 'bce',
      fixed: { state: zeros([2, 1, 128]), sr: rate },
    }),
  ),
  {
    file: '@ricky0123/vad-web/dist/silero_vad_legacy.onnx',
    dims: [1, 1536],
    loss: 'bce',
    fixed: { h: zeros([2, 1, 64]), c: zeros([2, 1, 64]), sr: rate },
  },
]

for (const model of models) {
  test(`${model.file} has a gradient, and along it the loss rises as it says`, async () => {
    expect(Math.abs((await steepnessAlongSlope(model)) - 1)).toBeLessThan(1e-2)
  })
}
