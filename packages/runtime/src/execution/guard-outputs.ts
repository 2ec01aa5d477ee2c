import type { Finding, Signature, Tensor } from '@nootropic/core'
import { checkTensors } from '@nootropic/core/inference'
import { checkSizes, checkSoundness, defaultGuardLimits } from '../guards/check-values.ts'
import { checkPersonalData } from '../guards/personal-data/check-personal-data.ts'
import { findPersonalDataToRedact } from '../guards/personal-data/find-personal-data.ts'
import { type Match, redact } from '../guards/redact.ts'
import { checkSecrets } from '../guards/secrets/check-secrets.ts'
import { findSecretsToRedact } from '../guards/secrets/find-secrets.ts'
import { checkContent } from '../guards/text/content/check-content.ts'
import { checkProfile } from '../guards/values/check-profile.ts'
import { checkValueRules } from '../guards/values/value-rules.ts'
import { checkTexts, createSlices, type TextCheck } from './check-texts.ts'
import type { ExecutionPolicy } from './execution-policy.ts'
import type { AnswerTreatment, RulesOfModel } from './execution-rules.ts'
import { type Guarded, type Tensors, verifyNothingFound } from './guarded.ts'

/** One kind of thing that an answer may hold and its caller not see. */
interface Kind {
  readonly treatment: AnswerTreatment
  readonly check: TextCheck
  readonly find: (text: string) => readonly Match[]
}

/** What is said of an answer that is withheld: nothing of what it held. */
const withoutValues = (findings: readonly Finding[]): Finding[] =>
  findings.map(({ location, ...finding }) => ({
    ...finding,
    location,
    message: `${finding.title} (${finding.rule} in ${location.inside ?? location.path})`,
  }))

/** The texts without what `find` finds in them, and what that was. */
const redactTensors = async (tensors: Tensors, find: Kind['find']): Promise<Omit<Guarded, 'reported'>> => {
  const changes: string[] = []
  const slice = createSlices()
  const redactText = async (text: string, path: string): Promise<string> => {
    await slice()
    const matches = find(text)
    if (matches.length === 0) return text
    changes.push(`${path}: ${[...new Set(matches.map(({ type }) => type))].join(', ')} redacted`)
    return redact(text, matches)
  }
  const redactTensor = async (name: string, tensor: Tensor): Promise<Tensor> => {
    if (ArrayBuffer.isView(tensor.data)) return tensor
    const data: string[] = []
    for (const [index, text] of tensor.data.entries()) data.push(await redactText(text, `${name}[${index}]`))
    return { ...tensor, data }
  }
  const redacted: [string, Tensor][] = []
  for (const [name, tensor] of Object.entries(tensors)) redacted.push([name, await redactTensor(name, tensor)])
  return { tensors: Object.fromEntries(redacted), changes }
}

/**
 * Checks outputs as far as the policy says, and takes out what the rules say.
 *
 * @throws NootropicError `OUTPUT_INVALID` with `details.findings`, which say nothing of what the answer was
 */
export const guardOutputs = async (
  signature: Signature,
  outputs: Tensors,
  { contentFiltering, privacyCheck, securityScan }: ExecutionPolicy['runtime']['outputValidation'],
  rules: RulesOfModel,
): Promise<Guarded> => {
  const { limits = defaultGuardLimits, unsound = 'withhold' } = rules
  const { values = {}, content, profile } = rules.model.outputs ?? {}
  const verify = (findings: readonly Finding[]) => verifyNothingFound(withoutValues(findings), 'OUTPUT_INVALID')
  verify(contentFiltering ? checkSizes('output', outputs, limits) : [])
  if (securityScan) verify(checkTensors('output', signature.outputs, outputs))
  if (securityScan && unsound === 'withhold') {
    verify(checkSoundness('output', outputs))
    verify(checkValueRules('output', values, outputs))
    if (profile !== undefined) verify(checkProfile('output', profile, outputs))
  }
  if (contentFiltering && content !== undefined) {
    verify(await checkTexts(outputs, (text, path) => checkContent(text, path, content)))
  }
  const { secrets = 'withhold', personalData = 'withhold' } = rules
  const kinds: Kind[] = [
    { treatment: securityScan ? secrets : 'ignore', check: checkSecrets, find: findSecretsToRedact },
    { treatment: privacyCheck ? personalData : 'ignore', check: checkPersonalData, find: findPersonalDataToRedact },
  ]
  let tensors = outputs
  const changes: string[] = []
  for (const { find } of kinds.filter(({ treatment }) => treatment === 'redact')) {
    const redacted = await redactTensors(tensors, find)
    tensors = redacted.tensors
    changes.push(...redacted.changes)
  }
  // After a redaction too: what is left may be one again, of parts that it had kept apart.
  for (const { check } of kinds.filter(({ treatment }) => treatment !== 'ignore')) {
    verify(await checkTexts(tensors, check))
  }
  return { tensors, changes, reported: [] }
}
