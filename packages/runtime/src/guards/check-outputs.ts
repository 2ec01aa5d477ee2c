import type { Finding, Signature, Tensor } from '@nootropic/core'
import { checkTensors } from '@nootropic/core/inference'
import { checkValues, defaultGuardLimits, type GuardLimits } from './check-values.ts'

/** What is wrong with outputs before a caller sees them: they must be what the model declares, finite, and of a sane size. */
export const checkOutputs = (
  signature: Signature,
  outputs: Readonly<Record<string, Tensor>>,
  limits: GuardLimits = defaultGuardLimits,
): Finding[] => {
  const findings = checkTensors('output', signature.outputs, outputs)
  return findings.length > 0 ? findings : checkValues('output', outputs, limits)
}
