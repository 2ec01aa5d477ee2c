import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import type { SecretLintRuleCreator } from '@secretlint/types'
import type { Match } from '../redact.ts'

/** A rule of secretlint, and how much of a text it has to be shown. */
export interface BoundedRule {
  /** Its package's name without the scope's prefix, e.g. `aws`. */
  readonly id: string
  readonly keywords: readonly string[]
  /** Characters before a keyword that belong to what the rule reads. */
  readonly before: number
  /** The longest text that its expressions match, from the keyword on. */
  readonly reach: number
  /** Whether a letter before the keyword makes it a part of a word of prose: "task-". */
  readonly startsWord?: boolean
  readonly options?: Readonly<Record<string, boolean>>
}

/**
 * The rules in use. They see windows around their keywords only: their expressions are not ours to trust on a text that
 * was made to slow them down. Left out are those that read file names (gcp) or let a text switch them off
 * (filter-comments: "secretlint-disable" in the text), and those whose forms are known here with checksums or more widely
 * (github, openai, anthropic, privatekey, basicauth, database-connection-string).
 */
export const boundedRules: readonly BoundedRule[] = [
  {
    id: 'aws',
    keywords: [
      ...['A3T', 'AKIA', 'AGPA', 'AIDA', 'AROA', 'AIPA', 'ANPA', 'ANVA', 'ASIA'],
      ...[
        'SECRET_ACCESS',
        'secret_access',
        'SecretAccess',
        'secretAccess',
        'SECRETACCESS',
        'secretaccess',
        'Secret_Access',
      ],
    ],
    before: 8,
    reach: 96,
    // The id of an access key is half of it, and left out unless asked for.
    options: { enableIDScanRule: true },
  },
  { id: 'npm', keywords: ['_authToken=', 'x-oauth-basic'], before: 280, reach: 280 },
  {
    id: 'slack',
    keywords: ['xoxb-', 'xoxp-', 'xapp-', 'xoxa-', 'xoxo-', 'xoxr-', 'hooks.slack.com'],
    before: 8,
    reach: 256,
  },
  { id: 'sendgrid', keywords: ['SG.'], before: 1, reach: 400, startsWord: true },
  { id: 'shopify', keywords: ['shppa_', 'shpca_', 'shpat_', 'shpss_'], before: 1, reach: 80 },
  { id: 'linear', keywords: ['lin_api_'], before: 1, reach: 144 },
  { id: '1password', keywords: ['ops_ey'], before: 1, reach: 1300 },
]

const packagePrefix = '@secretlint/secretlint-rule-'
// An account number is no secret.
const ignoredMessages = new Set(['AWSAccountID'])

const creatorOf = (id: string): SecretLintRuleCreator => {
  const found = rules.find(({ meta }) => meta.id === packagePrefix + id)
  if (found === undefined) throw new Error(`expected secretlint's preset to have the rule ${id}`)
  return found
}

const isLetter = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a

/** One rule, ready to read windows of one text. */
export interface RuleReader {
  /**
   * Reads around a keyword, unless a window that was read already covers it.
   *
   * @returns how many characters the rule was shown, the measure of its work.
   */
  read(keywordStart: number): number
}

// Keywords this close together share a window.
const shared = 1024

/** A message of a rule: its name, and the texts it would have been filled with. */
interface Reported {
  readonly messageId: string
  readonly message: string
  readonly said: readonly string[]
}

/** A rule over a text. What it reports becomes a match, placed in the text. */
export const createRuleReader = (rule: BoundedRule, text: string, onMatch: (match: Match) => void): RuleReader => {
  const { create, meta } = creatorOf(rule.id)
  let windowStart = 0
  let covered = 0
  let content = ''
  // Messages would hold the secret: only their name is taken, and what they would say, to find it.
  const createTranslator =
    () =>
    (messageId: string, said: Readonly<Record<string, string>> = {}): Reported => ({
      messageId,
      message: messageId,
      said: Object.values(said),
    })
  const report = ({
    message,
    range,
  }: {
    readonly message: Reported
    readonly range: readonly [number, number]
  }): void => {
    if (ignoredMessages.has(message.messageId)) return
    // Some rules give the place of the name before the secret with the length of the secret: the tail would stay in the text.
    const length = range[1] - range[0]
    const secret = message.said.find((value) => value.length === length)
    const found = secret === undefined ? -1 : content.indexOf(secret, range[0])
    const start = windowStart + (found < 0 ? range[0] : found)
    const why = `secretlint's rule ${rule.id}: ${message.messageId}`
    onMatch({ type: `secret/${rule.id}`, start, end: start + length, confidence: 0.85, why })
  }
  const context = { createTranslator, report, ignore: () => {}, sharedOptions: {}, ruleId: meta.id }
  const reader = create(context as unknown as Parameters<typeof create>[0], rule.options ?? {})
  return {
    read: (keywordStart) => {
      if (keywordStart < covered || (rule.startsWord && isLetter(text.charCodeAt(keywordStart - 1)))) return 0
      windowStart = Math.max(0, keywordStart - rule.before)
      covered = keywordStart + shared
      content = text.slice(windowStart, covered + rule.reach)
      reader.file?.({ content, contentType: 'text', filePath: '', ext: '' } as Parameters<
        NonNullable<typeof reader.file>
      >[0])
      return content.length
    },
  }
}
