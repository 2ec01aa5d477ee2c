import type { Finding } from '@nootropic/core'
import type { AttributeInference } from './attribute/infer-attribute.ts'
import type { ModelExtraction } from './extraction/extract-model.ts'
import type { ModelInversion } from './inversion/invert-classes.ts'
import type { MembershipInference } from './membership/infer-membership.ts'
import { isLeak } from './membership/judge-membership.ts'
import type { MemorisedStrings } from './memorised/find-memorised.ts'

/** What one attack found; told apart by `attack`. */
export type PrivacyAttackFigures =
  | MembershipInference
  | ModelInversion
  | ModelExtraction
  | AttributeInference
  | MemorisedStrings

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const figure = (value: number): string => value.toFixed(3)

const finding = (
  path: string,
  content: Pick<Finding, 'rule' | 'severity' | 'title' | 'message' | 'remediation'> & Partial<Finding>,
): Finding => ({ location: { path }, references: [], tags: [], ...content })

const ofMembership = (path: string, { signals, blind }: MembershipInference): Finding[] => {
  const leaks = signals.filter((signal) => isLeak(signal, signals, blind))
  const worst = leaks.toSorted((left, right) => right.area.low - left.area.low)[0]
  if (worst === undefined) return []
  const { signal, area, epsilon } = worst
  const proved = Math.max(...leaks.map((leak) => leak.epsilon))
  return [
    finding(path, {
      rule: 'privacy/membership-leak',
      severity: 'high',
      title: 'The model tells who was in its training data',
      message: `expected members and non-members to be answered alike, found them told apart by ${leaks.length} of ${signals.length} signals, best by ${signal}: area ${figure(area.value)} (${figure(area.low)} to ${figure(area.high)}, chance is 0.5), epsilon at least ${figure(proved)}`,
      evidence: { signal, area: area.value, areaLow: area.low, areaHigh: area.high, epsilon },
      remediation: 'Train with regularisation, on more data, for fewer epochs, or with differential privacy.',
      references: ['https://arxiv.org/abs/2112.03570', 'https://arxiv.org/abs/2312.03262'],
      tags: ['AML.T0024.000', 'CWE-200'],
    }),
  ]
}

const ofInversion = (path: string, { verdict, meanSimilarity = 0 }: ModelInversion): Finding[] =>
  verdict === 'fail'
    ? [
        finding(path, {
          rule: 'privacy/inversion',
          severity: 'medium',
          title: 'Examples of a class can be reconstructed from the model',
          message: `expected reconstructions less like the training data, found a mean similarity of ${figure(meanSimilarity)}`,
          evidence: { meanSimilarity },
          remediation: 'Answer with less precision, limit queries, or do not make a class of a person.',
          tags: ['AML.T0024.001', 'CWE-200'],
        }),
      ]
    : []

const ofExtraction = (path: string, { verdict, curve }: ModelExtraction): Finding[] => {
  const best = curve.toSorted((left, right) => right.fidelity - left.fidelity)[0]
  if (verdict !== 'fail' || best === undefined) return []
  return [
    finding(path, {
      rule: 'privacy/extraction',
      severity: 'medium',
      title: 'Few queries buy a faithful copy of the model',
      message: `expected a copy to be less faithful, found ${percent(best.fidelity)} of answers alike after ${best.queries} queries`,
      evidence: { queries: best.queries, fidelity: best.fidelity },
      remediation: 'Limit queries for each caller, answer with less precision, and watch for extraction.',
      tags: ['AML.T0024.002'],
    }),
  ]
}

const ofAttribute = (path: string, { verdict, advantage }: AttributeInference): Finding[] =>
  verdict === 'fail' && advantage !== undefined
    ? [
        finding(path, {
          rule: 'privacy/attribute-leak',
          severity: 'high',
          title: 'The model gives away a secret attribute of its training data',
          message: `expected the attribute of members to be guessed as often as that of others, found it guessed ${percent(advantage.value)} more often (at least ${percent(advantage.low)})`,
          evidence: { advantage: advantage.value, advantageLow: advantage.low },
          remediation: 'Train without the attribute, with regularisation, or with differential privacy.',
          tags: ['CWE-200'],
        }),
      ]
    : []

const ofMemorised = ({ found }: MemorisedStrings): Finding[] =>
  found.map(({ kind, type, path, inside, offset, count }) => ({
    rule: kind === 'secret' ? 'privacy/memorised-secret' : 'privacy/memorised-personal-data',
    severity: kind === 'secret' ? 'high' : 'medium',
    title: kind === 'secret' ? 'The model carries a secret' : 'The model carries personal data',
    message: `expected no ${kind === 'secret' ? 'secret' : 'personal data'} in ${inside} of ${path}, found ${count} of type ${type}`,
    location: { path, inside },
    evidence: { type, count, offset },
    remediation: 'Take it out of the vocabulary, metadata or files; revoke a secret that others may have read.',
    references: [],
    tags: ['CWE-312', 'CWE-359'],
  }))

/** The findings that follow from the figures of an attack. */
export const findingsOf = (path: string, figures: PrivacyAttackFigures): Finding[] => {
  switch (figures.attack) {
    case 'membership-inference':
      return ofMembership(path, figures)
    case 'model-inversion':
      return ofInversion(path, figures)
    case 'model-extraction':
      return ofExtraction(path, figures)
    case 'attribute-inference':
      return ofAttribute(path, figures)
    case 'memorised-strings':
      return ofMemorised(figures)
  }
}
