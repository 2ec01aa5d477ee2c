import { boosterFormats } from './boosters/formats.ts'
import { configurationFormats } from './configuration/formats.ts'
import { containerFormats } from './containers/formats.ts'
import { programFormats } from './embedded/formats.ts'
import type { Format } from './format.ts'
import { ggufFormats } from './gguf/formats.ts'
import { kerasFormats } from './keras/formats.ts'
import { markupFormats } from './markup/formats.ts'
import { modelsFormats } from './models/formats.ts'
import { onnxFormats } from './onnx/formats.ts'
import { pickleFormats } from './pickle/formats.ts'
import { pythonFormats } from './python/formats.ts'
import { safetensorsFormats } from './safetensors/formats.ts'
import { templateFormats } from './template/formats.ts'
import { tensorflowFormats } from './tensorflow/formats.ts'
import { textFormats } from './text/formats.ts'

/** Every format that the scanner reads. Where none is certain, the first that is likely is taken: text comes last. */
export const formats: readonly Format[] = [
  ...programFormats,
  ...containerFormats,
  ...pythonFormats,
  ...pickleFormats,
  ...safetensorsFormats,
  ...ggufFormats,
  ...kerasFormats,
  ...modelsFormats,
  ...tensorflowFormats,
  ...onnxFormats,
  ...boosterFormats,
  ...markupFormats,
  ...templateFormats,
  ...configurationFormats,
  ...textFormats,
]
