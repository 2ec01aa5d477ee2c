import type { Finding, Signature, Tensor } from '@nootropic/core'
import { checkTensors } from '@nootropic/core/inference'
import { checkValues, defaultGuardLimits, type GuardLimits } from './check-values.ts'

/**
 * What is wrong with inputs before a model sees them: names, element types, shapes, size, NaN and infinities, texts that
 * are too long or no Unicode.
 *
 * @example
 * ```ts
 * const signature = { inputs: [{ name: 'x', type: 'float32', dims: ['n'] }], outputs: [] } as const
 * checkInputs(signature, { x: { type: 'float32', dims: [1], data: Float32Array.of(NaN) } })[0]?.rule // 'input/not-finite'
 * ```
 */
export const checkInputs = (
  signature: Signature,
  inputs: Readonly<Record<string, Tensor>>,
  limits: GuardLimits = defaultGuardLimits,
): Finding[] => {
  const findings = checkTensors('input', signature.inputs, inputs)
  return findings.length > 0 ? findings : checkValues('input', inputs, limits)
}
