import type { SubjectHoldings, SubjectRecords } from '@nootropic/access'
import type { PlacedRecord, SignedAuditLog } from '@nootropic/access/audit'
import type { Clock } from '@nootropic/core'
import type { KeptMentions, MentionPlace } from './kept-mentions.ts'
import type { People, Subject } from './people.ts'
import { entryForPerson, personalEntries } from './personal-entries.ts'

/** All that is held of one person: one JSON document without any secret. */
export interface PersonalExport extends SubjectHoldings {
  readonly schemaVersion: 1
  readonly subject: Subject
  /** RFC 3339, UTC. */
  readonly exportedAt: string
  readonly isAnythingHeld: boolean
  /** Under which pseudonyms they stand in the audit log. */
  readonly pseudonyms: readonly string[]
  /** The entries of the audit log about them. Other people in them stay under pseudonyms. */
  readonly auditEntries: readonly PlacedRecord[]
  /** Texts of incidents and of the registry that name them. */
  readonly mentions: readonly MentionPlace[]
}

/** What reading and erasing what is held of people takes. */
export interface PersonalParts {
  readonly records: SubjectRecords
  readonly mentions: KeptMentions
  readonly people: People
  /** The log as it is on disk, with what is sealed in it. */
  readonly log: SignedAuditLog
  readonly clock: Clock
}

const isHeld = ({ apiKeys, sessions, factors, quotas, policy, policyVersions }: SubjectHoldings): boolean =>
  [
    apiKeys,
    sessions,
    factors.totp,
    factors.passkeys,
    quotas,
    policy.groups,
    policy.rules,
    policyVersions.published,
    policyVersions.namedIn,
  ].some((list) => list.length > 0) || factors.recoveryCodes.unused + factors.recoveryCodes.used > 0

/** Reads all that is held of somebody. */
export const exportPerson = async (parts: PersonalParts, subject: Subject): Promise<PersonalExport> => {
  const { records, mentions, people, log, clock } = parts
  const holdings = await records.find(subject)
  const persons = await people.find(subject)
  const auditEntries: PlacedRecord[] = []
  for await (const entry of personalEntries(log, subject, persons)) {
    auditEntries.push(await entryForPerson(entry, people))
  }
  const named = await mentions.find(subject)
  const isAnythingHeld = isHeld(holdings) || persons.length + auditEntries.length + named.length > 0
  return {
    schemaVersion: 1,
    subject,
    exportedAt: clock.now().toISOString(),
    isAnythingHeld,
    ...holdings,
    pseudonyms: persons.map(({ pseudonym }) => pseudonym),
    auditEntries,
    mentions: named,
  }
}
