import type { Finding } from '@nootropic/core'
import { findingsOfMatches } from '../findings-of-matches.ts'
import { findPersonalData, type PersonalDataOptions } from './find-personal-data.ts'

/**
 * One finding for each type of personal data in a text, with the places and never the data.
 *
 * @param path what the text is called in the findings.
 * @throws NootropicError CONFIGURATION_INVALID when a type or a country is unknown.
 */
export const checkPersonalData = (text: string, path: string, options: PersonalDataOptions = {}): Finding[] =>
  findingsOfMatches(findPersonalData(text, options), {
    path,
    severity: 'medium',
    title: 'The text holds personal data',
    remediation: 'Redact the places named, or withhold the text from whoever may not see them.',
    references: ['https://cwe.mitre.org/data/definitions/359.html'],
    tags: ['CWE-359'],
  })
