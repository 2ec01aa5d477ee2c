import { findingOf } from '../scan/rule.ts'
import { provenanceRules } from './rules.ts'
import type { Verification } from './verify-model.ts'

/** What verifying a model comes to that carries no signature although signers are named. */
export const withoutSignature = (path: string): Verification => {
  const message = 'expected a signature beside the model, found none'
  return {
    verdict: 'fail',
    code: 'SIGNATURE_UNTRUSTED',
    subject: { path },
    findings: [findingOf({ rule: provenanceRules.unsigned, message }, path, [])],
    resources: [],
  }
}

/** What verifying a model comes to where nobody is named whose signature would count. */
export const withoutSigners = (path: string): Verification => {
  const message = 'expected somebody to be trusted to sign models, found nobody'
  return {
    verdict: 'incomplete',
    subject: { path },
    findings: [findingOf({ rule: provenanceRules['no-signers'], message }, path, [])],
    resources: [],
  }
}
