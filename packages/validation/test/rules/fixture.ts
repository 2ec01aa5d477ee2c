/**
 * A content to scan: its bytes, or the path of a file that was written into `directory`, a fresh one of its own. Built by
 * code, so that a reader sees what makes it a case of its rule.
 */
export type Fixture = (directory: string) => Uint8Array | string

/** What a rule reports and what it leaves alone, at least two of each. */
export interface RuleFixtures {
  /** Each must be reported by this rule. */
  readonly positive: Readonly<Record<string, Fixture>>
  /** Near misses: sound content of the same format, which this rule must not report. */
  readonly negative: Readonly<Record<string, Fixture>>
}

/** The fixtures of one room, by the ids of its rules. */
export type RoomFixtures = Readonly<Record<string, RuleFixtures>>
