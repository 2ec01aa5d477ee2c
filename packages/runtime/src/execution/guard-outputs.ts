import type { Finding, Signature, Tensor } from '@nootropic/core'
import { checkTensors } from '@nootropic/core/inference'
import { checkSizes, checkSoundness, defaultGuardLimits } from '../guards/check-values.ts'
import { checkPersonalData } from '../guards/personal-data/check-personal-data.ts'
import { findPersonalData } from '../guards/personal-data/find-personal-data.ts'
import { type Match, redact } from '../guards/redact.ts'
import { checkSecrets } from '../guards/secrets/check-secrets.ts'
import { findSecrets } from '../guards/secrets/find-secrets.ts'
import { checkContent } from '../guards/text/content/check-content.ts'
import { checkTextTensors } from '../guards/text/text-tensors.ts'
import { checkProfile } from '../guards/values/check-profile.ts'
import { checkValueRules } from '../guards/values/value-rules.ts'
import type { ExecutionPolicy } from './execution-policy.ts'
import type { AnswerTreatment, RulesOfModel } from './execution-rules.ts'
import { type Guarded, type Tensors, verifyNothingFound } from './guarded.ts'

/** One kind of thing that an answer may hold and its caller not see. */
interface Kind {
  readonly treatment: AnswerTreatment
  readonly check: (text: string, path: string) => Finding[]
  readonly find: (text: string) => readonly Match[]
}

/** The texts without what was found in them, and which they were. */
const redactTensors = (tensors: Tensors, find: Kind['find']): Omit<Guarded, 'reported'> => {
  const changes: string[] = []
  const redactText = (text: string, path: string): string => {
    const matches = find(text)
    if (matches.length === 0) return text
    changes.push(`${path}: ${[...new Set(matches.map(({ type }) => type))].join(', ')} redacted`)
    return redact(text, matches)
  }
  const redactTensor = (name: string, tensor: Tensor): Tensor =>
    ArrayBuffer.isView(tensor.data)
      ? tensor
      : { ...tensor, data: tensor.data.map((text, index) => redactText(text, `${name}[${index}]`)) }
  return {
    tensors: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, redactTensor(name, tensor)])),
    changes,
  }
}

/**
 * Checks outputs as far as the policy says, and takes out what the rules say.
 *
 * @throws NootropicError `OUTPUT_INVALID` with `details.findings`
 */
export const guardOutputs = (
  signature: Signature,
  outputs: Tensors,
  { contentFiltering, privacyCheck, securityScan }: ExecutionPolicy['runtime']['outputValidation'],
  rules: RulesOfModel,
): Guarded => {
  const { limits = defaultGuardLimits, unsound = 'withhold' } = rules
  const { values = {}, content, profile } = rules.model.outputs ?? {}
  const verify = (findings: readonly Finding[]) => verifyNothingFound(findings, 'OUTPUT_INVALID')
  if (securityScan && unsound === 'withhold') {
    verify([...checkTensors('output', signature.outputs, outputs), ...checkSoundness('output', outputs)])
    verify(checkValueRules('output', values, outputs))
    if (profile !== undefined) verify(checkProfile('output', profile, outputs))
  }
  if (contentFiltering) {
    verify(checkSizes('output', outputs, limits))
    if (content !== undefined) verify(checkTextTensors(outputs, (text, path) => checkContent(text, path, content)))
  }
  const { secrets = 'withhold', personalData = 'withhold' } = rules
  const kinds: Kind[] = [
    { treatment: securityScan ? secrets : 'ignore', check: checkSecrets, find: findSecrets },
    { treatment: privacyCheck ? personalData : 'ignore', check: checkPersonalData, find: findPersonalData },
  ]
  let guarded: Guarded = { tensors: outputs, changes: [], reported: [] }
  for (const { treatment, check, find } of kinds) {
    if (treatment === 'withhold') verify(checkTextTensors(guarded.tensors, check))
    if (treatment !== 'redact') continue
    const { tensors, changes } = redactTensors(guarded.tensors, find)
    guarded = { tensors, changes: [...guarded.changes, ...changes], reported: [] }
  }
  return guarded
}
