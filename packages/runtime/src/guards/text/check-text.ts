import type { Finding } from '@nootropic/core'
import { findingsOfMatches } from '../findings-of-matches.ts'
import { type DisguiseOptions, findDisguises } from './find-disguises.ts'

/**
 * One finding for each way in which a text is something else than what a reader sees.
 *
 * @param path what the text is called in the findings.
 * @example
 * ```ts
 * checkText('ad\u202emin', 'prompt')[0]?.rule // 'text/bidirectional-control'
 * ```
 */
export const checkText = (text: string, path: string, options: DisguiseOptions = {}): Finding[] =>
  findingsOfMatches(findDisguises(text, options), {
    path,
    severity: 'medium',
    title: 'The text is not what a reader sees',
    remediation: 'Send plain text, or have it sanitised.',
    references: ['https://www.unicode.org/reports/tr39/', 'https://www.unicode.org/reports/tr36/'],
    tags: ['CWE-1007', 'CWE-150', 'CVE-2021-42574'],
  })
