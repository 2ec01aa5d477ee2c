import { type PlainText, placesInOriginal, readPlainText } from '../plain-text.ts'
import type { Match } from '../redact.ts'
import { resolveOverlaps } from '../resolve-overlaps.ts'
import { type AssignedKind, assignmentWords, findAssignment } from './assignment.ts'
import { createKeywordTable, type Keyword, scanKeywords } from './keyword-scan.ts'
import type { SecretForm } from './secret-form.ts'
import { type BoundedRule, boundedRules, createRuleReader, type RuleReader } from './secretlint-rules.ts'
import { findAuthorization, findCurlCredentials, findPrivateKey, findUrlCredentials, type Reading } from './spans.ts'
import { vendorTokens } from './vendor-tokens.ts'

/** What a keyword leads to. */
type Lead =
  | { readonly kind: 'token'; readonly form: SecretForm }
  | { readonly kind: 'rule'; readonly rule: BoundedRule }
  | { readonly kind: 'assignment'; readonly of: AssignedKind }
  | { readonly kind: 'url' | 'private-key' | 'authorization' | 'curl' }

const keyword = (word: string, value: Lead, ignoresCase = false): Keyword<Lead> => ({ word, ignoresCase, value })

const leads = createKeywordTable<Lead>([
  ...vendorTokens.map((form) => keyword(form.prefix, { kind: 'token', form })),
  ...boundedRules.flatMap((rule) => rule.keywords.map((word) => keyword(word, { kind: 'rule', rule }))),
  ...(['password', 'key'] as const).flatMap((of) =>
    assignmentWords[of].map((word) => keyword(word, { kind: 'assignment', of }, true)),
  ),
  keyword('://', { kind: 'url' }),
  keyword('-----BEGIN', { kind: 'private-key' }),
  keyword('-u ', { kind: 'curl' }),
  keyword('--user', { kind: 'curl' }),
  keyword('bearer ', { kind: 'authorization' }, true),
  keyword('basic ', { kind: 'authorization' }, true),
])

const unprefixed = [
  'password',
  'generic-key',
  'connection-string',
  'url-credentials',
  'private-key',
  'authorization',
  'command-line',
]

/** The types of matches, each once, e.g. `secret/github-token`. */
export const secretTypes: readonly string[] = [
  ...new Set([...vendorTokens, ...boundedRules].map(({ id }) => id).concat(unprefixed)),
]
  .map((id) => `secret/${id}`)
  .sort()

/** What to look for. */
export interface SecretOptions {
  /** Matches less sure than this are left out: 0.5 when absent. */
  readonly minimumConfidence?: number
}

const surest = 0.98
const costOfBrokenChecksum = 0.3

const tokenAt = (
  text: string,
  at: number,
  { id, name, form, isChecked, confidence }: SecretForm,
): Match | undefined => {
  form.lastIndex = at
  const found = form.exec(text)
  if (found === null) return undefined
  const [start, end] = [at - (found[1]?.length ?? 0), form.lastIndex]
  const place = { type: `secret/${id}`, start, end }
  if (isChecked === undefined) return { ...place, confidence, why: name }
  return isChecked(text.slice(start, end))
    ? { ...place, confidence: surest, why: `${name}, its checksum holds` }
    : { ...place, confidence: confidence - costOfBrokenChecksum, why: `${name}, but its checksum does not hold` }
}

/** Counts of what a scan did, for tests of its linearity. */
export interface SecretWork {
  steps: number
}

/** The secrets of a plain text, in the order of their keywords, overlaps included. */
export const scanSecrets = (text: string, work: SecretWork = { steps: 0 }): Match[] => {
  const matches: Match[] = []
  const add = (match: Match | undefined): void => {
    if (match !== undefined) matches.push(match)
  }
  const readers = new Map<BoundedRule, RuleReader>()
  const readerOf = (rule: BoundedRule): RuleReader => {
    const reader = readers.get(rule) ?? createRuleReader(rule, text, add)
    readers.set(rule, reader)
    return reader
  }
  // A value is read once, whatever words stand in it.
  let valueRead = 0
  const readValue = ({ match, end }: Reading): void => {
    work.steps += Math.max(0, end - valueRead)
    valueRead = end
    add(match)
  }

  scanKeywords(leads, text, (lead, at, end) => {
    work.steps += 1
    switch (lead.kind) {
      case 'token':
        return add(tokenAt(text, at, lead.form))
      case 'rule':
        work.steps += readerOf(lead.rule).read(at)
        return
      case 'assignment':
        return at < valueRead ? undefined : readValue(findAssignment(text, lead.of, end))
      case 'authorization':
        return at < valueRead ? undefined : readValue(findAuthorization(text, at))
      case 'curl':
        return add(findCurlCredentials(text, at))
      case 'url':
        return add(findUrlCredentials(text, at))
      case 'private-key':
        return add(findPrivateKey(text, at))
    }
  })
  return matches
}

const recognise = (
  text: string,
  { minimumConfidence = 0.5 }: SecretOptions,
): { matches: Match[]; plain: PlainText } => {
  const plain = readPlainText(text)
  return { matches: scanSecrets(plain.text).filter(({ confidence }) => confidence >= minimumConfidence), plain }
}

/**
 * The secrets in a text, in order and without overlaps: keys of vendors by their form and, where they publish one, their
 * checksum; private keys; tokens; addresses with passwords; values assigned to names that say what they are. Time and
 * memory are linear in the text, whatever it holds.
 *
 * @example
 * ```ts
 * findSecrets('postgres://ann:Tr0ub4dor@db.internal/app')[0]?.type // 'secret/connection-string'
 * ```
 */
export const findSecrets = (text: string, options: SecretOptions = {}): Match[] => {
  const { matches, plain } = recognise(text, options)
  return placesInOriginal(resolveOverlaps(matches), plain)
}

/**
 * What is to be taken out of a text that must hold no secret: as {@link findSecrets}, with every match that overlaps a surer
 * one, so that nothing stays of either.
 */
export const findSecretsToRedact = (text: string, options: SecretOptions = {}): Match[] => {
  const { matches, plain } = recognise(text, options)
  return placesInOriginal(matches, plain)
}
