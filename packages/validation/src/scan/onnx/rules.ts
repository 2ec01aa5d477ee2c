import { backdoorRules } from './rules/backdoor-rules.ts'
import { contractRules } from './rules/contract-rules.ts'
import { externalDataRules } from './rules/external-data-rules.ts'
import { graphRules } from './rules/graph-rules.ts'
import { modelFileRules } from './rules/model-file-rules.ts'
import { operatorRules } from './rules/operator-rules.ts'
import { tensorRules } from './rules/tensor-rules.ts'

/** What makes an ONNX model unsafe to load or to run. */
export const onnxRules = {
  ...modelFileRules,
  ...externalDataRules,
  ...operatorRules,
  ...contractRules,
  ...tensorRules,
  ...graphRules,
  ...backdoorRules,
}
