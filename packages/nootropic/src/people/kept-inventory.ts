import type { SignedAuditLog } from '@nootropic/access/audit'
import type { Database } from '@nootropic/core/storage'
import type { PrivacySettings } from './privacy-settings.ts'

/** How something is kept from those who read the disk. */
type Protection = 'encrypted' | 'hashed' | 'clear' | 'not stored'

/** One kind of thing that an installation keeps. */
export interface KeptThing {
  readonly kind: string
  /** Where it stands: tables of the database, or a directory under the home. */
  readonly where: readonly string[]
  readonly isPersonal: boolean
  readonly protection: Protection
  /** How, or why it is in clear. */
  readonly because: string
  /** For how long. */
  readonly until: string
  /** Rows or entries; undefined for what is not counted. */
  readonly count: number | undefined
}

interface Known extends Omit<KeptThing, 'count' | 'until'> {
  /** Until when it is kept, where that is not a matter of the retention. */
  readonly until?: string
}

const lookedUp = 'looked up by whose it is'
const untilErased = 'until it is erased'

const known: readonly Known[] = [
  {
    kind: 'API keys',
    where: ['access_api_keys'],
    isPersonal: true,
    protection: 'hashed',
    because: `HMAC-SHA-256 under a secret of the key store; owner, roles and times are in clear: ${lookedUp}`,
  },
  {
    kind: 'sessions',
    where: ['access_sessions', 'access_session_subjects'],
    isPersonal: true,
    protection: 'hashed',
    because: `SHA-256 of 256 random bits, and of what the client is bound to; owner and times are in clear: ${lookedUp}`,
  },
  {
    kind: 'second factors',
    where: ['access_totp', 'access_passkeys'],
    isPersonal: true,
    protection: 'encrypted',
    because: `seeds under a secret of the key store; public keys and owner are in clear: ${lookedUp}`,
    until: untilErased,
  },
  {
    kind: 'recovery codes',
    where: ['access_recovery_codes'],
    isPersonal: true,
    protection: 'hashed',
    because: `SHA-256 of 120 random bits; owner is in clear: ${lookedUp}`,
  },
  {
    kind: 'challenges and failed attempts',
    where: ['access_challenges', 'access_attempts'],
    isPersonal: true,
    protection: 'hashed',
    because: 'SHA-256 of who and from where',
    until: 'five minutes; a day, and 90 days for a place that somebody signed in from',
  },
  {
    kind: 'counts of quotas',
    where: ['access_quota_counters', 'access_quota_reservations', 'access_quota_holds'],
    isPersonal: true,
    protection: 'clear',
    because: 'counted and given back by whose they are',
    until: 'a day after their window ends',
  },
  {
    kind: 'policies',
    where: ['accessrules_policies'],
    isPersonal: true,
    protection: 'clear',
    because: 'rules name whom they are for, and an earlier policy can be published again',
    until: 'until it is erased: earlier versions that name a person go with them',
  },
  {
    kind: 'incidents',
    where: ['incident_record', 'incident_entry'],
    isPersonal: true,
    protection: 'clear',
    because: 'evidence and what people wrote; a name becomes a pseudonym when it is erased',
    until: untilErased,
  },
  {
    kind: 'registered models',
    where: ['runtime_models', 'runtime_versions', 'runtime_activations'],
    isPersonal: false,
    protection: 'clear',
    because:
      'what serves, its report, and why it was changed; a name in a reason becomes a pseudonym when it is erased',
    until: 'as long as the model is registered',
  },
  {
    kind: 'watermarks, fingerprints and anchors',
    where: ['nootropic_marks', 'nootropic_sealed_files', 'nootropic_anchors'],
    isPersonal: false,
    protection: 'clear',
    because: 'of models and of the audit log, not of people',
    until: 'as long as the installation',
  },
  {
    kind: 'pseudonyms',
    where: ['nootropic_people'],
    isPersonal: true,
    protection: 'encrypted',
    because: 'names under a key of each person, found by HMAC under a secret of the key store',
    until: 'as long as what names the person in the audit log',
  },
  {
    kind: 'changes to these tables',
    where: [
      'access',
      'accesssessions',
      'accessmfa',
      'accessquotas',
      'accessrules',
      'incident',
      'runtime',
      'nootropic',
      'nootropicpeople',
      'nootropicdigests',
    ].flatMap((owner) => [`${owner}_migrations`, `${owner}_migrations_lock`]),
    isPersonal: false,
    protection: 'clear',
    because: 'which of them were made',
    until: 'as long as the installation',
  },
  {
    kind: 'inputs and outputs of models',
    where: [],
    isPersonal: true,
    protection: 'not stored',
    because: 'they are in memory while a model runs',
    until: 'the answer',
  },
]

const prefixes = /^(access|runtime|incident|monitoring|nootropic)[a-z]*_/

/**
 * What an installation keeps, from its tables and its audit log as they are now. A table of ours that is not known here is
 * listed as `unknown`, so that nothing is kept in silence.
 */
export const readInventory = async (parts: {
  database: Database
  audit: Pick<SignedAuditLog, 'tail'>
  settings: PrivacySettings
}): Promise<KeptThing[]> => {
  const { database, audit, settings } = parts
  const tables = database.tables<Record<string, Record<string, string | number | null>>>()
  const present = (await tables.introspection.getTables()).map(({ name }) => name).filter((name) => prefixes.test(name))
  const countOf = async (table: string): Promise<number> => {
    const { count } = await tables
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  }
  const days = settings.retentionMs === undefined ? undefined : settings.retentionMs / 86_400_000
  const byRetention = days === undefined ? untilErased : `${days} days after it ended`
  const things: KeptThing[] = []
  for (const { where, until = byRetention, ...thing } of known) {
    let count = 0
    for (const table of where) if (present.includes(table)) count += await countOf(table)
    things.push({
      ...thing,
      where: where.map((table) => `database: ${table}`),
      until,
      count: where.length === 0 ? 0 : count,
    })
  }
  const [last] = await audit.tail(1)
  things.push({
    kind: 'audit entries',
    where: ['audit/', 'audit.replaced-*/'],
    isPersonal: true,
    protection: settings.isSealed ? 'encrypted' : 'clear',
    because: settings.isSealed
      ? 'what names a person is sealed under a key of theirs; the rest is what the log proves'
      : 'a record must say who; DataPrivacy (privacy: encryption) seals the names',
    until: settings.isSealed
      ? `the log stays; what names a person, ${days === undefined ? untilErased : `at most ${days} days`}`
      : 'as long as the log',
    count: last === undefined ? 0 : last.index + 1,
  })
  const named = new Set(known.flatMap(({ where }) => where))
  const unknown = present.filter((name) => !named.has(name))
  for (const name of unknown) {
    things.push({
      kind: 'unknown',
      where: [`database: ${name}`],
      isPersonal: true,
      protection: 'clear',
      because: 'this version does not know the table',
      until: 'unknown',
      count: await countOf(name),
    })
  }
  return things
}
