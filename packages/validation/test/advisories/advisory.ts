import type { Severity } from '@nootropic/core'
import type { Fixture, RoomFixtures } from '../rules/fixture.ts'

/**
 * What must come of a content: a finding that blocks it, by its rule or, where several may say it, by their room; or another
 * verdict, where the class is one of robustness.
 */
export type Outcome =
  | { readonly rule: string; readonly atLeast: Severity }
  | { readonly verdict: 'pass' | 'incomplete' }

/** One public report of a way past a scanner or into a loader, and a content of its class. */
export interface Advisory {
  /** As it is published: `CVE-…`, `GHSA-…`, a tool and the number of its issue, or a tool and a class without a number. */
  readonly id: string
  /** What this content does. */
  readonly about: string
  readonly fixture: Fixture
  readonly outcome: Outcome
}

/** The report that the key of a fixture begins with; the row has one of its own. */
const leadingReport = /^(?:CVE|GHSA|picklescan|modelscan|nullifAI)[^:]*: /

/** Rows for fixtures that stand with a rule of `room`, by the keys that they have there. */
export const reported =
  (room: RoomFixtures) =>
  (id: string, rule: string, atLeast: Severity, ...keys: readonly string[]): Advisory[] =>
    keys.map((key) => {
      const fixture = room[rule]?.positive[key]
      if (fixture === undefined) throw new Error(`expected a fixture of ${rule}, found none by the key "${key}"`)
      return { id, about: key.replace(leadingReport, ''), fixture, outcome: { rule, atLeast } }
    })

const fixtureOf = (content: Fixture | Uint8Array): Fixture => (typeof content === 'function' ? content : () => content)

/** A row for a content of its own that must be blocked. */
export const refused = (
  id: string,
  about: string,
  rule: string,
  atLeast: Severity,
  fixture: Fixture | Uint8Array,
): Advisory => ({
  id,
  about,
  fixture: fixtureOf(fixture),
  outcome: { rule, atLeast },
})

/** A row for a content that must not be blocked, or for one that nobody can vouch for. */
export const judged = (
  id: string,
  about: string,
  verdict: 'pass' | 'incomplete',
  fixture: Fixture | Uint8Array,
): Advisory => ({ id, about, fixture: fixtureOf(fixture), outcome: { verdict } })
