import type { PlacedRecord, SignedAuditLog } from '@nootropic/access/audit'
import { entityText } from '@nootropic/core'
import { peopleIn, pseudonymText } from './mentions.ts'
import type { People, Person, Subject } from './people.ts'
import { keyIdOf, openRecord } from './personal-audit-reader.ts'

/** An entry of the audit log about somebody. */
export interface PersonalEntry {
  readonly record: PlacedRecord
  /** Whether what names them is sealed under a key of theirs, or stands there in clear. */
  readonly state: 'sealed' | 'clear' | 'pseudonym'
}

const isNamedInClear = (record: PlacedRecord, subject: Subject): boolean => {
  if ([record.actor, record.resource].includes(entityText(subject))) return true
  const { named, passing } = peopleIn(record)
  return [...named, ...passing].some(({ type, id }) => type === subject.type && id === subject.id)
}

/** The entries about somebody as they stand in the log, whose other people stay under their pseudonyms. */
export async function* personalEntries(
  log: Pick<SignedAuditLog, 'entries'>,
  subject: Subject,
  persons: readonly Person[],
): AsyncGenerator<PersonalEntry> {
  const keyIds = new Set(persons.map(({ keyId }) => keyId))
  const pseudonyms = new Set(persons.map(({ pseudonym }) => pseudonymText(pseudonym)))
  for await (const record of log.entries()) {
    const keyId = keyIdOf(record)
    if (keyId !== undefined && keyIds.has(keyId)) yield { record, state: 'sealed' }
    else if (pseudonyms.has(record.actor) || pseudonyms.has(record.resource)) yield { record, state: 'pseudonym' }
    else if (isNamedInClear(record, subject)) yield { record, state: 'clear' }
  }
}

/** An entry as it is given to the person: what is sealed under their key is opened, and what is another's is left out. */
export const entryForPerson = async (
  { record, state }: PersonalEntry,
  people: Pick<People, 'key'>,
): Promise<PlacedRecord> => {
  if (state === 'sealed') return openRecord(record, people)
  if (keyIdOf(record) === undefined) return record
  return { ...record, details: { ...record.details, personal: 'of another person' } }
}
