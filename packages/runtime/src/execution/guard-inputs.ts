import type { Finding, Signature } from '@nootropic/core'
import { checkTensors } from '@nootropic/core/inference'
import { checkSizes, checkSoundness, defaultGuardLimits } from '../guards/check-values.ts'
import { checkTensorFormats } from '../guards/formats/check-tensor-formats.ts'
import { checkText } from '../guards/text/check-text.ts'
import { checkInjection } from '../guards/text/injection/check-injection.ts'
import { sanitiseTensors } from '../guards/text/text-tensors.ts'
import { checkProfile } from '../guards/values/check-profile.ts'
import { checkValueRules } from '../guards/values/value-rules.ts'
import { checkTexts } from './check-texts.ts'
import type { ExecutionPolicy } from './execution-policy.ts'
import type { RulesOfModel } from './execution-rules.ts'
import { type Guarded, type Tensors, verifyNothingFound } from './guarded.ts'

/**
 * Checks inputs as far as the policy says, and has texts made plain where the rules say so.
 *
 * @throws NootropicError `INPUT_INVALID` with `details.findings`
 */
export const guardInputs = async (
  signature: Signature,
  inputs: Tensors,
  { formatVerification, sizeLimits, sanitization }: ExecutionPolicy['runtime']['inputValidation'],
  rules: RulesOfModel,
): Promise<Guarded> => {
  const { limits = defaultGuardLimits, disguisedText = 'refuse', promptInjection = 'report' } = rules
  const { formats = {}, values = {}, profile } = rules.model.inputs ?? {}
  const verify = (findings: readonly Finding[]) => verifyNothingFound(findings, 'INPUT_INVALID')
  // Before anything is read: what the others cost is in proportion to it.
  if (sizeLimits) verify(checkSizes('input', inputs, limits))
  if (formatVerification) verify(checkTensors('input', signature.inputs, inputs))
  if (formatVerification) verify(checkTensorFormats(formats, inputs))
  if (!sanitization) return { tensors: inputs, changes: [], reported: [] }

  const sanitised = disguisedText === 'sanitise' ? sanitiseTensors(inputs) : { tensors: inputs, changed: [] }
  const { tensors } = sanitised
  verify([...checkSoundness('input', tensors), ...(await checkTexts(tensors, checkText))])
  verify(checkValueRules('input', values, tensors))
  if (profile !== undefined) verify(checkProfile('input', profile, tensors))
  const signs =
    promptInjection === 'ignore' ? [] : await checkTexts(tensors, (text, path) => checkInjection(text, path))
  if (promptInjection === 'refuse') verify(signs)
  return { tensors, changes: sanitised.changed.map(({ path }) => `${path}: text was made plain`), reported: signs }
}
