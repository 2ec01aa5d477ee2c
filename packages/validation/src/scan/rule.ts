import type { Finding, Severity } from '@nootropic/core'

/** What the scanner can find: one page of `docs/reference/rules` each. */
export interface Rule {
  /** Stable id, `<room>/<rule>`. */
  readonly id: string
  /** How bad it is unless a sighting says otherwise. Medium and above block a file by default. */
  readonly severity: Severity
  /** One line that names it. */
  readonly title: string
  /** What it means, and what an attacker gains by it. */
  readonly explanation: string
  /** What whoever holds the file should do. */
  readonly remediation: string
  /** `CWE-…`, `CVE-…`, `GHSA-…`, MITRE ATLAS `AML.T…`. */
  readonly tags: readonly string[]
  /** Addresses of standards, papers or advisories. */
  readonly references: readonly string[]
}

/** A rule as its room writes it down; id and empty references are filled in. */
export type RuleText = Omit<Rule, 'id' | 'references'> & Partial<Pick<Rule, 'references'>>

/** The rules of one room, by the last part of their ids. */
export const ruleTable = <Name extends string>(
  room: string,
  rules: Readonly<Record<Name, RuleText>>,
): Readonly<Record<Name, Rule>> =>
  Object.fromEntries(
    Object.entries<RuleText>(rules).map(([name, rule]) => [name, { references: [], ...rule, id: `${room}/${name}` }]),
  ) as Record<Name, Rule>

/** One place where a rule holds. */
export interface Sighting {
  readonly rule: Rule
  /** What was expected and what was found. */
  readonly message: string
  /** Byte offset in the content that is inspected. */
  readonly offset?: number | undefined
  /** Where inside the content, in its format's own terms. */
  readonly inside?: string | undefined
  /** The bytes, names or numbers that prove it. */
  readonly evidence?: Finding['evidence']
  /** When this place is better or worse than the rule's own severity. */
  readonly severity?: Severity | undefined
  /** Tags beside the rule's, such as the CVE of this very case. */
  readonly tags?: readonly string[] | undefined
}

// Names come out of the file and may be of any length and hold control characters (CWE-117).
const maximumNameLength = 200

/** A name out of a file, fit for a sentence. */
export const printable = (name: string): string => {
  const shown = name.slice(0, maximumNameLength).replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD')
  return name.length > maximumNameLength ? `${shown}…` : shown
}

/** What separates the names of containers inside one another in a finding's `inside`. */
export const containerSeparator = ' > '

/** The finding of a sighting in the content at `path`, inside the containers `trail`. */
export const findingOf = (sighting: Sighting, path: string, trail: readonly string[]): Finding => {
  const { rule, message, offset, inside, evidence, severity = rule.severity, tags = [] } = sighting
  const place = [...trail, ...(inside === undefined ? [] : [inside])].map(printable).join(containerSeparator)
  return {
    rule: rule.id,
    severity,
    title: rule.title,
    message,
    location: { path, ...(offset === undefined ? {} : { offset }), ...(place === '' ? {} : { inside: place }) },
    ...(evidence === undefined ? {} : { evidence: { ...evidence } }),
    remediation: rule.remediation,
    references: [...rule.references],
    tags: [...new Set([...rule.tags, ...tags])],
  }
}
