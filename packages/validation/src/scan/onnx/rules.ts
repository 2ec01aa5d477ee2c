import type { OnnxRule } from './rule.ts'
import { allocationRule } from './rules/allocation.ts'
import { embeddedContentRule } from './rules/embedded-content.ts'
import { externalDataRule } from './rules/external-data.ts'
import { nestingRule } from './rules/nesting.ts'
import { operatorsRule } from './rules/operators.ts'
import { tensorDataRule } from './rules/tensor-data.ts'
import { versionsRule } from './rules/versions.ts'
import { wiringRule } from './rules/wiring.ts'

/** Every rule for ONNX files. A new one is a file beside these and a line here. */
export const onnxRules: readonly OnnxRule[] = [
  externalDataRule,
  operatorsRule,
  tensorDataRule,
  wiringRule,
  versionsRule,
  nestingRule,
  allocationRule,
  embeddedContentRule,
]
