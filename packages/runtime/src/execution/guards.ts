import { type ErrorCode, type Finding, NootropicError, type Signature, type Tensor } from '@nootropic/core'
import { checkTensors } from '@nootropic/core/inference'
import { checkSizes, checkSoundness, defaultGuardLimits, type GuardLimits } from '../guards/check-values.ts'
import { checkPersonalData } from '../guards/personal-data/check-personal-data.ts'
import { findPersonalData } from '../guards/personal-data/find-personal-data.ts'
import { type Match, redact } from '../guards/redact.ts'
import { checkSecrets } from '../guards/secrets/check-secrets.ts'
import { findSecrets } from '../guards/secrets/find-secrets.ts'
import { checkText } from '../guards/text/check-text.ts'
import { sanitiseText } from '../guards/text/sanitise-text.ts'
import type { ExecutionPolicy } from './execution-policy.ts'

/** What becomes of personal data and secrets in an answer: it is withheld, they are taken out, or nothing is looked for. */
export type AnswerTreatment = 'withhold' | 'redact' | 'ignore'

/** What inputs and outputs may hold. */
export interface ExecutionRules {
  readonly limits?: GuardLimits
  /** What becomes of an input text that is not what a reader sees; it is refused when nothing is said. */
  readonly disguisedText?: 'refuse' | 'sanitise'
  /** The answer is withheld when nothing is said, for either. */
  readonly personalData?: AnswerTreatment
  readonly secrets?: AnswerTreatment
  /** What becomes of an answer that no sound model gives: another shape than declared, NaN, infinities; withheld by default. */
  readonly unsound?: Exclude<AnswerTreatment, 'redact'>
}

type Tensors = Readonly<Record<string, Tensor>>

/** Tensors that may go on, and what was changed in them. */
export interface Guarded {
  readonly tensors: Record<string, Tensor>
  readonly changes: readonly string[]
}

const verifyNothingFound = (findings: readonly Finding[], code: ErrorCode): void => {
  if (findings.length === 0) return
  throw new NootropicError(code, findings.map(({ message }) => message).join('; '), { details: { findings } })
}

/** Does something to each text of the tensors; the others are as they were. */
const mapTexts = (tensors: Tensors, map: (text: string, path: string) => string): Record<string, Tensor> => {
  const mapped = (name: string, tensor: Tensor): Tensor =>
    ArrayBuffer.isView(tensor.data)
      ? tensor
      : { ...tensor, data: tensor.data.map((text, index) => map(text, `${name}[${index}]`)) }
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, mapped(name, tensor)]))
}

const checkTexts = (tensors: Tensors, check: (text: string, path: string) => Finding[]): Finding[] =>
  Object.entries(tensors).flatMap(([name, { data }]) =>
    ArrayBuffer.isView(data) ? [] : data.flatMap((text, index) => check(text, `${name}[${index}]`)),
  )

/**
 * Checks inputs as far as the policy says, and has texts made plain where the rules say so.
 *
 * @throws NootropicError `INPUT_INVALID` with `details.findings`
 */
export const guardInputs = (
  signature: Signature,
  inputs: Tensors,
  { formatVerification, sizeLimits, sanitization }: ExecutionPolicy['runtime']['inputValidation'],
  { limits = defaultGuardLimits, disguisedText = 'refuse' }: ExecutionRules,
): Guarded => {
  const verify = (findings: readonly Finding[]) => verifyNothingFound(findings, 'INPUT_INVALID')
  if (formatVerification) verify(checkTensors('input', signature.inputs, inputs))
  if (sizeLimits) verify(checkSizes('input', inputs, limits))
  if (!sanitization) return { tensors: inputs, changes: [] }
  const changes: string[] = []
  const mend = (text: string, path: string): string => {
    const plain = sanitiseText(text)
    if (plain.text !== text) changes.push(`${path}: text was made plain`)
    return plain.text
  }
  const tensors = disguisedText === 'sanitise' ? mapTexts(inputs, mend) : inputs
  verify([...checkSoundness('input', tensors), ...checkTexts(tensors, (text, path) => checkText(text, path))])
  return { tensors, changes }
}

/** One kind of thing that an answer may hold and its caller not see. */
interface Withheld {
  readonly treatment: AnswerTreatment
  readonly check: (text: string, path: string) => Finding[]
  readonly find: (text: string) => readonly Match[]
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
  {
    limits = defaultGuardLimits,
    personalData = 'withhold',
    secrets = 'withhold',
    unsound = 'withhold',
  }: ExecutionRules,
): Guarded => {
  const verify = (findings: readonly Finding[]) => verifyNothingFound(findings, 'OUTPUT_INVALID')
  if (securityScan && unsound === 'withhold')
    verify([...checkTensors('output', signature.outputs, outputs), ...checkSoundness('output', outputs)])
  if (contentFiltering) verify(checkSizes('output', outputs, limits))
  const kinds: Withheld[] = [
    { treatment: securityScan ? secrets : 'ignore', check: checkSecrets, find: findSecrets },
    { treatment: privacyCheck ? personalData : 'ignore', check: checkPersonalData, find: findPersonalData },
  ]
  const changes: string[] = []
  let tensors = outputs
  for (const { treatment, check, find } of kinds) {
    if (treatment === 'withhold') verify(checkTexts(tensors, check))
    if (treatment === 'redact') {
      tensors = mapTexts(tensors, (text, path) => {
        const matches = find(text)
        if (matches.length > 0)
          changes.push(`${path}: ${[...new Set(matches.map(({ type }) => type))].join(', ')} redacted`)
        return redact(text, matches)
      })
    }
  }
  return { tensors, changes }
}
