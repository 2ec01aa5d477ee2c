import { createSecretKey } from 'node:crypto'
import { createSeededRandom, type Tensor } from '@nootropic/core'
import { writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { compareFingerprints, createClaim, embedWatermark, fingerprintModel } from '../src/index.ts'
import { digitModel, ocrModel } from './models.ts'

const sessions = createInProcessSessions()
const options = {
  key: createSecretKey(Buffer.alloc(32, 7)),
  claim: createClaim({ owner: 'Example Ltd', version: '1.0.0', timestamp: '2024-03-20', license: 'MIT' }),
}

const outputOf = async (main: Uint8Array, dims: number[]): Promise<Float32Array> => {
  const session = await sessions.open({ main })
  const random = createSeededRandom(4)
  const size = dims.reduce((product, dim) => product * dim, 1)
  const tensor: Tensor = { type: 'float32', dims, data: Float32Array.from({ length: size }, random.uniform) }
  const outputs = await session.run({ [session.inputs[0]!.name]: tensor })
  await session.close()
  return outputs[session.outputs[0]!.name]?.data as Float32Array
}

test('onnxruntime loads a marked model, whose outputs change by about the share that its weights did', async () => {
  const bytes = writeOnnx(digitModel({ seed: 1 }))
  const before = await outputOf(bytes, [16, 1, 28, 28])
  const after = await outputOf(embedWatermark(bytes, options).bytes, [16, 1, 28, 28])
  const energy = before.reduce((sum, value) => sum + value ** 2, 0)
  const change = before.reduce((sum, value, index) => sum + (value - after[index]!) ** 2, 0)
  expect(after).not.toEqual(before)
  expect(Math.sqrt(change / energy)).toBeLessThan(0.03)
})

test('a marked PP-OCRv4 chooses the same character at every step', async () => {
  const bytes = ocrModel('rec_infer')
  const before = await outputOf(bytes, [1, 3, 48, 160])
  const after = await outputOf(embedWatermark(bytes, options).bytes, [1, 3, 48, 160])
  const classes = 6625
  const choices = (scores: Float32Array): number[] =>
    Array.from({ length: scores.length / classes }, (_, step) => {
      const row = scores.subarray(step * classes, (step + 1) * classes)
      return row.indexOf(Math.max(...row))
    })
  expect(choices(after)).toEqual(choices(before))
})

test('activations corroborate a descendant and need a model that runs', async () => {
  const features = ['weights', 'activations'] as const
  const bytes = writeOnnx(digitModel({ seed: 1 }))
  const original = await fingerprintModel(bytes, { features, sessions })
  const marked = await fingerprintModel(embedWatermark(bytes, options).bytes, { features, sessions })
  const other = await fingerprintModel(writeOnnx(digitModel({ seed: 2 })), { features, sessions })
  expect(original.activations).toHaveLength(8)
  expect(compareFingerprints(original, marked)).toMatchObject({ relation: 'descendant' })
  expect(compareFingerprints(original, marked).evidence.activationCorrelation).toBeGreaterThan(0.99)
  expect(compareFingerprints(original, other).evidence.activationCorrelation).toBeLessThan(0.9)

  const broken = digitModel({ seed: 1, activation: 'NoSuchOperator' })
  const unrun = await fingerprintModel(writeOnnx(broken), { features, sessions })
  expect(unrun.activations).toBeUndefined()
  expect(unrun.skipped).toEqual([{ feature: 'activations', reason: expect.stringContaining('NoSuchOperator') }])
})
