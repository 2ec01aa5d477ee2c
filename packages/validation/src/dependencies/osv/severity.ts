import type { Severity } from '@nootropic/core'
import type { Advisory } from './advisory.ts'

/** Weights of CVSS v3.1, section 7.4. */
const weights = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
} as const

const privileges = {
  U: { N: 0.85, L: 0.62, H: 0.27 },
  C: { N: 0.85, L: 0.68, H: 0.5 },
} as const

/** Rounds up to one decimal as appendix A of the standard does, without the errors of binary fractions. */
const roundUp = (value: number): number => {
  const hundredThousandths = Math.round(value * 100_000)
  return hundredThousandths % 10_000 === 0
    ? hundredThousandths / 100_000
    : (Math.floor(hundredThousandths / 10_000) + 1) / 10
}

/**
 * The base score of a CVSS v3 vector, in [0, 10] (CVSS v3.1 specification, section 7.1), or nothing when it is none.
 *
 * @example
 * ```ts
 * cvssBaseScore('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H') // 9.8
 * ```
 */
export const cvssBaseScore = (vector: string): number | undefined => {
  if (!/^CVSS:3\.[01]\//.test(vector)) return undefined
  const metrics = new Map(vector.split('/').map((part) => part.split(':') as [string, string]))
  const weigh = (name: keyof typeof weights): number =>
    (weights[name] as Readonly<Record<string, number>>)[metrics.get(name) ?? ''] ?? Number.NaN
  const scope = metrics.get('S')
  if (scope !== 'U' && scope !== 'C') return undefined
  const needed = (privileges[scope] as Readonly<Record<string, number>>)[metrics.get('PR') ?? ''] ?? Number.NaN
  const base = 1 - (1 - weigh('C')) * (1 - weigh('I')) * (1 - weigh('A'))
  const impact = scope === 'U' ? 6.42 * base : 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15
  const exploitability = 8.22 * weigh('AV') * weigh('AC') * needed * weigh('UI')
  if (Number.isNaN(impact + exploitability)) return undefined
  if (impact <= 0) return 0
  return roundUp(Math.min(10, (scope === 'U' ? 1 : 1.08) * (impact + exploitability)))
}

/** The qualitative scale of CVSS (section 5); no vulnerability is harmless by its score alone. */
const severityOfScore = (score: number): Severity => {
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  return score >= 4 ? 'medium' : 'low'
}

const ratings: Readonly<Record<string, Severity>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MODERATE: 'medium',
  MEDIUM: 'medium',
  LOW: 'low',
}

/** How bad an advisory is: what its database says, else its score, else high, because it was worth an advisory. */
export const severityOf = ({ rating, severities }: Advisory): Severity => {
  const rated = ratings[rating?.toUpperCase() ?? '']
  if (rated !== undefined) return rated
  const scores = severities.flatMap(({ score }) => cvssBaseScore(score) ?? [])
  return scores.length === 0 ? 'high' : severityOfScore(Math.max(...scores))
}
