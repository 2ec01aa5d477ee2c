import type { Finding } from '@nootropic/core'
import { findingsOfMatches } from '../../findings-of-matches.ts'
import { checkJson, type JsonOptions } from './check-json.ts'
import { findUrls, type UrlOptions } from './find-urls.ts'
import type { TermFilter } from './term-filter.ts'

/** What a text that a model wrote may hold. What is left out is not checked. */
export interface ContentOptions {
  /** UTF-16 units of the text. */
  readonly maximumLength?: number
  /** Terms that must not stand in it. */
  readonly terms?: TermFilter
  /** Addresses that may stand in it. */
  readonly urls?: UrlOptions
  /** That it is JSON, and with which members. */
  readonly json?: JsonOptions
}

const frame = {
  severity: 'medium',
  title: 'The text holds what the host does not let through',
  remediation: 'Withhold the text, or redact the places named.',
  references: ['https://genai.owasp.org/llmrisk/llm052025-improper-output-handling/'],
  tags: ['CWE-1426'],
} as const

/**
 * What a text holds against the rules of the host: too much of it, blocked terms, addresses, other JSON than declared.
 * A text that is too long is not read further.
 *
 * @param path what the text is called in the findings.
 */
export const checkContent = (
  text: string,
  path: string,
  { maximumLength, terms, urls, json }: ContentOptions,
): Finding[] => {
  const common = { ...frame, references: [...frame.references], tags: [...frame.tags], path }
  if (maximumLength !== undefined && text.length > maximumLength) {
    const { path: _, ...finding } = common
    const message = `expected at most ${maximumLength} characters, found ${text.length}`
    return [{ ...finding, rule: 'text/too-long', message, location: { path } }]
  }
  const matches = [...(terms?.find(text) ?? []), ...(urls === undefined ? [] : findUrls(text, urls))]
  return [...findingsOfMatches(matches, common), ...(json === undefined ? [] : checkJson(text, path, json))]
}
