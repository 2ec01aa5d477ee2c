import { entityText } from '@nootropic/core'
import type { Kysely } from 'kysely'
import { closeDirectory } from '../authorisation/directory.ts'
import type { PolicyVersion } from '../authorisation/policy-store.ts'
import { type ApiKeyRecord, toRecord } from '../credentials/api-key-record.ts'
import type { Owner } from '../credentials/owner.ts'
import { subjectText } from '../quotas/counter.ts'
import { type SessionRecord, toSessionRecord } from '../sessions/session-record.ts'
import { mentionOf } from './mention.ts'
import type { SubjectTables } from './subject-tables.ts'

/** What the policy that counts says of somebody. */
interface SubjectInPolicy {
  readonly version: number
  /** Groups, also those that their groups are in. */
  readonly groups: readonly string[]
  /** Roles that the groups bring. */
  readonly roles: readonly string[]
  /** Ids of the rules that name them. */
  readonly rules: readonly string[]
}

/** All that is held of somebody in the tables of access, without any secret. Times are RFC 3339, UTC. */
export interface SubjectHoldings {
  readonly apiKeys: readonly ApiKeyRecord[]
  readonly sessions: readonly (SessionRecord & { readonly revokedAt?: string })[]
  readonly factors: {
    readonly totp: readonly { readonly id: string; readonly createdAt: string; readonly confirmedAt?: string }[]
    readonly passkeys: readonly { readonly id: string; readonly createdAt: string; readonly lastUsedAt?: string }[]
    readonly recoveryCodes: { readonly unused: number; readonly used: number }
  }
  /** What was used of the quotas that count for this subject alone. */
  readonly quotas: readonly { readonly used: number; readonly updatedAt: string; readonly endsAt: string }[]
  readonly policy: SubjectInPolicy
  /** Versions of the policy that they published, and earlier ones that name them. */
  readonly policyVersions: { readonly published: readonly number[]; readonly namedIn: readonly number[] }
}

const date = (milliseconds: number): string => new Date(milliseconds).toISOString()
const dated = <Name extends string>(name: Name, milliseconds: number | null): { readonly [Key in Name]?: string } =>
  (milliseconds === null ? {} : { [name]: date(milliseconds) }) as { readonly [Key in Name]?: string }

/** The names under which a subject can have published a policy. */
export const authorsOf = (subject: Owner): string[] => [subject.id, entityText(subject)]

/** What a policy says of somebody. */
export const subjectInPolicy = ({ version, rules, directory }: PolicyVersion, subject: Owner): SubjectInPolicy => {
  const closed = closeDirectory(directory)
  const { isIn } = mentionOf(subject)
  const own = closed.groupsOfSubject(subject.type, subject.id)
  return {
    version,
    groups: [...new Set(own.flatMap(closed.groupsOfGroup))],
    roles: [...new Set(own.flatMap(closed.rolesOfGroup))],
    rules: rules.filter((rule) => textsIn(rule).some(isIn)).map(({ id }) => id),
  }
}

// Words of the policy's language, not of people.
const languageMembers: ReadonlySet<string> = new Set(['effect', 'actions', 'type', 'kind'])

/** The texts of a policy that can name somebody. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([member, inner]) => (languageMembers.has(member) ? [] : textsIn(inner)))
}

const documentTexts = (document: string): string[] => {
  try {
    return textsIn(JSON.parse(document))
  } catch {
    // Somebody changed it in the table: its text is all that can be searched.
    return [document]
  }
}

/** Earlier versions of the policy whose text names somebody. */
export const namedInVersions = async (
  tables: Kysely<SubjectTables>,
  subject: Owner,
  current: number,
): Promise<number[]> => {
  const { isIn } = mentionOf(subject)
  const rows = await tables
    .selectFrom('accessrules_policies')
    .select(['version', 'document'])
    .where('version', '<', current)
    .orderBy('version')
    .execute()
  return rows.filter(({ document }) => documentTexts(document).some(isIn)).map(({ version }) => version)
}

/** Reads all that is held of somebody. */
export const readHoldings = async (
  tables: Kysely<SubjectTables>,
  subject: Owner,
  current: PolicyVersion,
): Promise<SubjectHoldings> => {
  const { type, id } = subject
  const owned = { subject_type: type, subject_id: id }
  const apiKeys = await tables
    .selectFrom('access_api_keys')
    .selectAll()
    .where((row) => row.and(owned))
    .orderBy('created_at')
    .execute()
  const sessions = await tables
    .selectFrom('access_sessions')
    .selectAll()
    .where((row) => row.and(owned))
    .orderBy('created_at')
    .execute()
  const totp = await tables
    .selectFrom('access_totp')
    .select(['id', 'created_at', 'confirmed_at'])
    .where((row) => row.and(owned))
    .execute()
  const passkeys = await tables
    .selectFrom('access_passkeys')
    .select(['id', 'created_at', 'last_used_at'])
    .where((row) => row.and(owned))
    .execute()
  const codes = await tables
    .selectFrom('access_recovery_codes')
    .select('used_at')
    .where((row) => row.and(owned))
    .execute()
  const counters = await tables
    .selectFrom('access_quota_counters')
    .select(['used', 'updated_at', 'ends_at'])
    .where('subject', '=', subjectText(subject))
    .execute()
  const published = await tables
    .selectFrom('accessrules_policies')
    .select('version')
    .where('author', 'in', authorsOf(subject))
    .orderBy('version')
    .execute()
  return {
    apiKeys: apiKeys.map(toRecord),
    sessions: sessions.map((row) => ({ ...toSessionRecord(row), ...dated('revokedAt', row.revoked_at) })),
    factors: {
      totp: totp.map((row) => ({
        id: row.id,
        createdAt: date(row.created_at),
        ...dated('confirmedAt', row.confirmed_at),
      })),
      passkeys: passkeys.map((row) => ({
        id: row.id,
        createdAt: date(row.created_at),
        ...dated('lastUsedAt', row.last_used_at),
      })),
      recoveryCodes: {
        unused: codes.filter(({ used_at }) => used_at === null).length,
        used: codes.filter(({ used_at }) => used_at !== null).length,
      },
    },
    quotas: counters.map((row) => ({ used: row.used, updatedAt: date(row.updated_at), endsAt: date(row.ends_at) })),
    policy: subjectInPolicy(current, subject),
    policyVersions: {
      published: published.map(({ version }) => version),
      namedIn: await namedInVersions(tables, subject, current.version),
    },
  }
}
