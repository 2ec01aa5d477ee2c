import { createHash } from 'node:crypto'
import type { RemovedRows } from '@nootropic/access'
import type { AuditEntry } from '@nootropic/core'
import { type Digest, digestSchema } from '@nootropic/core'
import { z } from 'zod'
import type { PersonalParts } from './export.ts'
import { pseudonymText } from './mentions.ts'
import type { Person, Subject } from './people.ts'
import { keyIdOf } from './personal-audit-reader.ts'
import { personalEntries } from './personal-entries.ts'

const countSchema = z.int().min(0)

/** The schema of {@link ErasureStatement}. */
export const erasureStatementSchema = z.strictObject({
  /** Under which pseudonyms the person stood in the audit log. */
  pseudonyms: z.array(z.uuid()),
  /** The keys that were destroyed. */
  keyIds: z.array(z.string().min(1).max(256)),
  /** How many rows were removed, and in how many texts a pseudonym took the place of the name. */
  removed: z.strictObject({
    apiKeys: countSchema,
    sessions: countSchema,
    factors: countSchema,
    recoveryCodes: countSchema,
    quotaCounters: countSchema,
    policyVersions: countSchema,
    mentions: countSchema,
  }),
  /** How many entries of the audit log nobody can open any more. */
  sealedEntries: countSchema,
  /** SHA-256 over the places and the sealed bytes of those entries. */
  sealedDigest: digestSchema,
  /** How many entries name the person in clear, from when names were not sealed: no log can forget them. */
  entriesInClear: countSchema,
  /** Whether the database was written anew without what was removed. */
  tracesErased: z.boolean(),
})
/** What was erased of a person. It does not say whom. */
export type ErasureStatement = z.infer<typeof erasureStatementSchema>

/** The action under which erasures are on record. */
export const erasureAction = 'data.erase'

/** The resource of an entry about a person whom it does not name. */
export const personResource = ([first]: readonly { readonly pseudonym: string }[]): string =>
  first === undefined ? 'person:unknown' : pseudonymText(first.pseudonym)

/** The entries that were sealed under keys: how many, and what binds them. */
export const digestSealedEntries = async (
  log: PersonalParts['log'],
  keyIds: readonly string[],
): Promise<Pick<ErasureStatement, 'sealedEntries' | 'sealedDigest'>> => {
  const wanted = new Set(keyIds)
  const hash = createHash('sha256')
  let sealedEntries = 0
  for await (const record of log.entries()) {
    const keyId = keyIdOf(record)
    if (keyId === undefined || !wanted.has(keyId)) continue
    hash.update(`${JSON.stringify([record.index, record.details?.personal])}\n`)
    sealedEntries += 1
  }
  return { sealedEntries, sealedDigest: `sha256:${hash.digest('hex')}` as Digest }
}

/** The statement as an entry of the audit log. */
export const erasureEntry = (statement: ErasureStatement): AuditEntry => ({
  category: 'security',
  actor: 'system:nootropic',
  action: erasureAction,
  resource: personResource(statement.pseudonyms.map((pseudonym) => ({ pseudonym }))),
  outcome: 'succeeded',
  details: statement,
})

/**
 * Removes all that is held of somebody, up to the pseudonyms: they are what leads here again after a crash, and are forgotten
 * when the statement is on record.
 */
export const removePerson = async (
  parts: PersonalParts,
  subject: Subject,
  persons: readonly Person[],
  eraseTraces: () => Promise<boolean>,
): Promise<ErasureStatement> => {
  const { records, mentions, log } = parts
  let entriesInClear = 0
  for await (const { state } of personalEntries(log, subject, persons)) if (state === 'clear') entriesInClear += 1
  const rows: RemovedRows = await records.erase(subject)
  const mentioned = await mentions.replace(subject, personResource(persons))
  const keyIds = persons.map(({ keyId }) => keyId)
  for (const person of persons) await parts.people.destroyKey(person)
  return {
    pseudonyms: persons.map(({ pseudonym }) => pseudonym),
    keyIds,
    removed: { ...rows, mentions: mentioned },
    ...(await digestSealedEntries(log, keyIds)),
    entriesInClear,
    // What fails here is told: everything else is done, and to erase again does only this.
    tracesErased: await eraseTraces().catch(() => false),
  }
}
