import { mentionOf } from '@nootropic/access'
import { type PersonalDataKeys, type SignedAuditLog, sealPersonalData } from '@nootropic/access/audit'
import {
  type AuditEntry,
  type AuditReceipt,
  entityText,
  isNootropicError,
  type Json,
  NootropicError,
  type Random,
  wellFormedJson,
} from '@nootropic/core'
import { peopleIn, pseudonymText, replaceName, textsOf, userIn, withoutStrangers } from './mentions.ts'
import type { People, Subject } from './people.ts'
import { createPersonalAuditReader } from './personal-audit-reader.ts'

/** A log to write to, as core's `AuditLog`: with its receipts, where it gives them. */
export interface Appendable<Receipt extends AuditReceipt | undefined> {
  append(entry: AuditEntry): Promise<Receipt>
}

/** What of an entry names its person, and is sealed. */
interface SealedParts {
  readonly actor?: string
  readonly resource?: string
  readonly reason?: string
  readonly details?: NonNullable<AuditEntry['details']>
}

const withoutName = (text: string, pseudonyms: ReadonlyMap<string, string>): string => {
  const user = userIn(text)
  const pseudonym = user === undefined ? undefined : pseudonyms.get(user.id)
  return pseudonym === undefined ? text : pseudonymText(pseudonym)
}

/** Divides an entry into what stands in clear and what names one person. */
const divide = (entry: AuditEntry, subject: Subject, pseudonyms: ReadonlyMap<string, string>) => {
  const { isIn } = mentionOf(subject)
  const isPersonal = (value: Json): boolean => textsOf(value).some(isIn)
  const { reason, details = {}, ...rest } = entry
  const members = Object.entries(details)
  const sealedMembers = members.filter(([name, value]) => isPersonal({ [name]: value }))
  const openMembers = members.filter((member) => !sealedMembers.includes(member))
  const isReasonPersonal = reason !== undefined && isIn(reason)
  const own = entityText(subject)
  const sealed: SealedParts = {
    ...(rest.actor === own ? { actor: own } : {}),
    ...(rest.resource === own ? { resource: own } : {}),
    ...(isReasonPersonal ? { reason } : {}),
    ...(sealedMembers.length === 0 ? {} : { details: Object.fromEntries(sealedMembers) }),
  }
  const clear: AuditEntry = {
    ...rest,
    actor: withoutName(rest.actor, pseudonyms),
    resource: withoutName(rest.resource, pseudonyms),
    ...(reason === undefined || isReasonPersonal ? {} : { reason }),
    ...(openMembers.length === 0 ? {} : { details: Object.fromEntries(openMembers) }),
  }
  return { clear, sealed }
}

/** An entry that names nobody but its person: the others stand there under their pseudonyms, or as somebody. */
const withoutOthers = (
  entry: AuditEntry,
  others: readonly (readonly [Subject, string | undefined])[],
  kept: readonly Subject[],
): AuditEntry => {
  const { reason, details, ...rest } = entry
  const replaceAll = (value: Json): Json => {
    let replaced = value
    for (const [subject, pseudonym] of others) {
      replaced = replaceName(replaced, subject, pseudonym === undefined ? undefined : pseudonymText(pseudonym))
    }
    return withoutStrangers(replaced, kept)
  }
  return {
    ...rest,
    ...(reason === undefined ? {} : { reason: String(replaceAll(reason)) }),
    ...(details === undefined ? {} : { details: replaceAll(details) as NonNullable<AuditEntry['details']> }),
  }
}

/** Puts pseudonyms in the place of names, and seals what names the entry's person. */
const sealEntry = async (entry: AuditEntry, people: People, random: Random): Promise<AuditEntry> => {
  const { named, passing } = peopleIn(entry)
  if (named.length === 0 && passing.length === 0) return entry
  const persons: [Subject, Awaited<ReturnType<People['of']>>][] = []
  for (const subject of named) persons.push([subject, await people.of(subject)])
  const mentioned: [Subject, string | undefined][] = []
  for (const subject of passing) mentioned.push([subject, (await people.find(subject))[0]?.pseudonym])
  const [primary, ...others] = persons
  const all = [...others.map(([subject, { pseudonym }]) => [subject, pseudonym] as const), ...mentioned]
  const alone = withoutOthers(entry, all, primary === undefined ? [] : [primary[0]])
  if (primary === undefined) return alone
  const [subject, { keyId, key }] = primary
  const pseudonyms = new Map(persons.map(([{ id }, { pseudonym }]) => [id, pseudonym]))
  const { clear, sealed } = divide(alone, subject, pseudonyms)
  const keys: PersonalDataKeys = { keyFor: async () => ({ keyId, key }), find: people.key }
  return sealPersonalData(clear, { subject: subject.id, data: { ...sealed }, keys, random })
}

/**
 * An audit log in which nobody is named in clear: people stand there under random pseudonyms, and what names a person, in the
 * actor, the resource, the reason or the details, is sealed under a key of this person. To destroy the key erases it, and every
 * proof of the log still holds. Whoever else is named in the same entry stands there under a pseudonym of their own.
 *
 * An entry that cannot be sealed, because the key store or the database fails, is not written: `AUDIT_UNAVAILABLE`.
 */
export const createPersonalAuditLog = <Receipt extends AuditReceipt | undefined>(
  log: Appendable<Receipt>,
  people: People,
  random: Random,
): Appendable<Receipt> => ({
  async append(given) {
    if (given.details !== undefined && 'personal' in given.details) {
      throw new NootropicError('USAGE', 'expected an entry without details.personal, found one; name it otherwise')
    }
    const sealed = await sealEntry(wellFormedJson(given), people, random).catch((cause: unknown) => {
      const found = isNootropicError(cause) ? cause.message : 'an unexpected error'
      const message = `expected to seal what an audit entry holds of people, found: ${found}`
      throw new NootropicError('AUDIT_UNAVAILABLE', `${message}; ask again when that is mended`, { cause })
    })
    return log.append(sealed)
  },
})

/** A signed log, written and read with {@link createPersonalAuditLog}; everything else is the log's own. */
export const openPersonalAuditLog = (log: SignedAuditLog, people: People, random: Random): SignedAuditLog => ({
  ...log,
  ...createPersonalAuditLog(log, people, random),
  ...createPersonalAuditReader(log, people),
})
