import type { Finding } from '@nootropic/core'
import { findingsOfMatches } from '../findings-of-matches.ts'
import { findSecrets, type SecretOptions } from './find-secrets.ts'

/**
 * One finding for each kind of secret in a text, with the places and never the secret.
 *
 * @param path what the text is called in the findings.
 */
export const checkSecrets = (text: string, path: string, options: SecretOptions = {}): Finding[] =>
  findingsOfMatches(findSecrets(text, options), {
    path,
    severity: 'high',
    title: 'The text holds a secret',
    remediation: 'Withhold the text or redact the places named, and revoke the secret with whoever issued it.',
    references: ['https://cwe.mitre.org/data/definitions/200.html'],
    tags: ['CWE-200', 'CWE-798'],
  })
