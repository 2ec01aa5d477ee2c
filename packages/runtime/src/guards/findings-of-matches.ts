import type { Finding } from '@nootropic/core'
import type { Match } from './redact.ts'

/** What the findings of one guard have in common. */
export interface FindingFrame extends Pick<Finding, 'severity' | 'title' | 'remediation' | 'references' | 'tags'> {
  /** What the text is called. */
  readonly path: string
}

// Places listed in a finding: enough to look at, few enough to log (CWE-779).
const listedPlaces = 20

/** One finding for each type of the matches: how many, where, and why. What was matched is not repeated. */
export const findingsOfMatches = (matches: readonly Match[], { path, ...frame }: FindingFrame): Finding[] => {
  const byType = new Map<string, Match[]>()
  for (const match of matches) {
    const same = byType.get(match.type)
    if (same === undefined) byType.set(match.type, [match])
    else same.push(match)
  }
  return [...byType].map(([type, same]) => {
    const [first] = same as [Match]
    const more = same.length > 1 ? `, and ${same.length - 1} more` : ''
    return {
      ...frame,
      rule: `text/${type}`,
      message: `expected none, found ${type} at ${first.start} (${first.why})${more}`,
      location: { path, offset: first.start },
      evidence: {
        count: same.length,
        places: same.slice(0, listedPlaces).map(({ start, end, confidence }) => ({ start, end, confidence })),
      },
    }
  })
}
