import type { Finding } from '@nootropic/core'
import { findInjectionSigns } from './find-injection.ts'

/** The score from which a text is reported when the host names no other. */
export const defaultInjectionThreshold = 0.6

// Signs listed in a finding (CWE-779).
const mostListed = 20

/**
 * One finding for a text whose signs of prompt injection reach a score, with each sign and its place in the sanitised text.
 *
 * @param path what the text is called in the finding.
 * @param threshold from 0 to 1.
 */
export const checkInjection = (text: string, path: string, threshold = defaultInjectionThreshold): Finding[] => {
  const { score, signs } = findInjectionSigns(text)
  const [first] = signs
  if (first === undefined || score < threshold) return []
  const reasons = [...new Set(signs.map(({ why }) => why))]
  return [
    {
      rule: 'text/prompt-injection',
      severity: 'medium',
      title: 'The text has signs of prompt injection',
      message: `expected signs below ${threshold}, found ${score}: the text ${reasons.join('; ')}`,
      location: { path, offset: first.start },
      evidence: {
        score,
        signs: signs.slice(0, mostListed).map(({ type, start, end, confidence }) => ({ type, start, end, confidence })),
      },
      remediation:
        'Look at the places named. Keep untrusted text out of instructions, and give the model no reach it does not need.',
      references: [
        'https://genai.owasp.org/llmrisk/llm01-prompt-injection/',
        'https://atlas.mitre.org/techniques/AML.T0051',
      ],
      tags: ['CWE-1427', 'AML.T0051'],
    },
  ]
}
