import type { Finding } from '@nootropic/core'
import { backdoorRules as behaviourBackdoorRules } from '../behaviour/backdoor/rules.ts'
import { backdoorRules } from './onnx/rules/backdoor-rules.ts'
import type { Rule } from './rule.ts'
import { templateRules } from './template/rules.ts'

/** Rules about a model that answers otherwise when it meets a trigger (ATLAS AML.T0018). */
const rules: readonly Rule[] = [
  ...Object.values<Rule>(backdoorRules),
  ...Object.values<Rule>(behaviourBackdoorRules),
  templateRules['date-condition'],
  templateRules['triggered-text'],
]
const ids = new Set(rules.map(({ id }) => id))

/** Whether a finding is a sign of a backdoor, which the policy has a switch of its own for. */
export const isBackdoorSign = ({ rule }: Finding): boolean => ids.has(rule)
