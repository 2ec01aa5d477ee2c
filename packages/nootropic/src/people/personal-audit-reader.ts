import { openPersonalData, type PlacedRecord, type SignedAuditLog } from '@nootropic/access/audit'
import { auditEntrySchema, entityText, type Json } from '@nootropic/core'
import { mapTexts, pseudonymPattern } from './mentions.ts'
import type { People } from './people.ts'

/** How an audit log is read. */
export type AuditReader = Pick<SignedAuditLog, 'entries' | 'tail'>

const sealedPartsSchema = auditEntrySchema.pick({ actor: true, resource: true, reason: true, details: true }).partial()

/** The key of the sealed part of an entry, if it has one. */
export const keyIdOf = ({ details }: Pick<PlacedRecord, 'details'>): string | undefined => {
  const personal = details?.personal
  const keyId = typeof personal === 'object' && personal !== null && 'keyId' in personal ? personal.keyId : undefined
  return typeof keyId === 'string' ? keyId : undefined
}

/** An entry with what its person's key opens; `details.personal` is `erased` where the key was destroyed. */
export const openRecord = async (record: PlacedRecord, people: Pick<People, 'key'>): Promise<PlacedRecord> => {
  const personal = await openPersonalData(record, { find: people.key })
  if (personal.state === 'none') return record
  const { details: all, ...rest } = record
  const { personal: _, ...open } = all ?? {}
  if (personal.state !== 'present') return { ...record, details: { ...open, personal: 'erased' } }
  const { details: sealedDetails, ...sealed } = sealedPartsSchema.parse(personal.data)
  const details = { ...open, ...sealedDetails }
  const opened = { ...rest, ...sealed, ...(Object.keys(details).length === 0 ? {} : { details }) }
  return opened as PlacedRecord
}

const nameAll = async (record: PlacedRecord, people: Pick<People, 'nameOf'>): Promise<PlacedRecord> => {
  const { actor, resource, reason, details } = record
  const texts: Json = { actor, resource, ...(reason === undefined ? {} : { reason }), ...(details ? { details } : {}) }
  const names = new Map<string, string>()
  for (const [, pseudonym = ''] of JSON.stringify(texts).matchAll(pseudonymPattern)) {
    const subject = await people.nameOf(pseudonym)
    if (subject !== undefined) names.set(pseudonym, entityText(subject))
  }
  if (names.size === 0) return record
  const named = mapTexts(texts, (text) =>
    text.replaceAll(pseudonymPattern, (found, pseudonym: string) => names.get(pseudonym) ?? found),
  )
  return { ...record, ...(named as object) }
}

/** Reads a log of `createPersonalAuditLog`: names stand where their keys are, pseudonyms where they were destroyed. */
export const createPersonalAuditReader = (log: AuditReader, people: Pick<People, 'key' | 'nameOf'>): AuditReader => {
  const open = async (record: PlacedRecord): Promise<PlacedRecord> => nameAll(await openRecord(record, people), people)
  return {
    async *entries(filter) {
      for await (const record of log.entries(filter)) yield open(record)
    },
    async tail(count, filter) {
      const records: PlacedRecord[] = []
      for (const record of await log.tail(count, filter)) records.push(await open(record))
      return records
    },
  }
}
