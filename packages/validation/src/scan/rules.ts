import { boosterRules } from './boosters/rules.ts'
import { configurationRules } from './configuration/rules.ts'
import { containerRules } from './containers/rules.ts'
import { embeddedRules } from './embedded/rules.ts'
import { fileRules } from './file-rules.ts'
import { ggufRules } from './gguf/rules.ts'
import { kerasRules } from './keras/rules.ts'
import { markupRules } from './markup/rules.ts'
import { modelsRules } from './models/rules.ts'
import { onnxRules } from './onnx/rules.ts'
import { pickleRules } from './pickle/rules.ts'
import { pythonRules } from './python/rules.ts'
import type { Rule } from './rule.ts'
import { safetensorsRules } from './safetensors/rules.ts'
import { templateRules } from './template/rules.ts'
import { tensorflowRules } from './tensorflow/rules.ts'
import { textRules } from './text/rules.ts'

/** Every rule of the scanner, ordered by id. */
export const scanRules: readonly Rule[] = [
  fileRules,
  embeddedRules,
  pickleRules,
  pythonRules,
  containerRules,
  onnxRules,
  safetensorsRules,
  ggufRules,
  templateRules,
  configurationRules,
  textRules,
  kerasRules,
  tensorflowRules,
  boosterRules,
  markupRules,
  modelsRules,
]
  .flatMap((table) => Object.values<Rule>(table))
  .toSorted((left, right) => (left.id < right.id ? -1 : 1))
