import { type AuditEntry, auditEntrySchema, canonicalJson, NootropicError, wellFormedJson } from '@nootropic/core'
import { z } from 'zod'

// C2SP tlog-tiles gives an entry 16 bits of length. A little less, so that a bundle of 256 fits the 16 MiB that are read
// of a private file at once (CWE-770).
export const maximumRecordBytes = 65_280

/** The schema of {@link AuditRecord}. */
export const auditRecordSchema = auditEntrySchema.extend({
  /** RFC 3339, UTC: when the entry was appended. */
  time: z.iso.datetime(),
})
/** An entry as it stands in the log: with its time. */
export type AuditRecord = z.infer<typeof auditRecordSchema>

const checkLength = (bytes: Buffer): Buffer => {
  if (bytes.length <= maximumRecordBytes) return bytes
  throw new NootropicError(
    'LIMIT_EXCEEDED',
    `expected an audit entry of at most ${maximumRecordBytes} bytes, got ${bytes.length}; keep the payload elsewhere and put its digest in details`,
  )
}

const members: ReadonlySet<string> = new Set(Object.keys(auditRecordSchema.shape))
const categories: ReadonlySet<unknown> = new Set(auditEntrySchema.shape.category.options)
const outcomes: ReadonlySet<unknown> = new Set(auditEntrySchema.shape.outcome.options)
const surrogate = /[\uD800-\uDFFF]/
const isPlain = (value: unknown): value is string => typeof value === 'string' && !surrogate.test(value)

/**
 * The canonical JSON of a record that has no details, without what makes the general way slow: nearly all records are
 * such, and there are many. Undefined for any other record, and for what is none.
 */
const encodePlain = (entry: AuditEntry, time: string): string | undefined => {
  const { action, actor, category, outcome, reason, resource } = entry
  if (entry.details !== undefined || !categories.has(category) || !outcomes.has(outcome)) return undefined
  if (!isPlain(action) || !isPlain(actor) || !isPlain(resource) || (reason !== undefined && !isPlain(reason))) {
    return undefined
  }
  for (const member in entry) if (!members.has(member)) return undefined
  // In the order of the keys (RFC 8785 section 3.2.3).
  const said = reason === undefined ? '' : `"reason":${JSON.stringify(reason)},`
  return `{"action":${JSON.stringify(action)},"actor":${JSON.stringify(actor)},"category":"${category}","outcome":"${outcome}",${said}"resource":${JSON.stringify(resource)},"time":"${time}"}`
}

/**
 * The bytes of the record of an entry: canonical JSON.
 *
 * @param time when it is appended, as a `Date` gives it: RFC 3339, UTC.
 * @throws NootropicError `USAGE` if it is not an entry, `LIMIT_EXCEEDED` if it is over 65,280 bytes.
 */
export const encodeRecord = (entry: AuditEntry, time: string): Buffer => {
  const plain = encodePlain(entry, time)
  if (plain !== undefined) return checkLength(Buffer.from(plain))
  const parsed = auditRecordSchema.safeParse({ ...entry, time })
  if (!parsed.success) {
    throw new NootropicError('USAGE', `expected an audit entry, got one with: ${z.prettifyError(parsed.error)}`)
  }
  return checkLength(Buffer.from(canonicalJson(wellFormedJson(parsed.data))))
}

const isTime = (text: unknown): boolean =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text))

/** The record in these bytes, or undefined if they are not the canonical bytes of a record. */
export const decodeRecord = (bytes: Uint8Array): AuditRecord | undefined => {
  try {
    const text = Buffer.from(bytes).toString()
    const said = JSON.parse(text) as AuditRecord
    if (isTime(said.time) && encodePlain(said, said.time) === text && Buffer.byteLength(text) === bytes.length)
      return said
    const record = auditRecordSchema.parse(said)
    return Buffer.from(canonicalJson(record)).equals(bytes) ? record : undefined
  } catch {
    return undefined
  }
}

// What can move the cursor, end a line, reorder text or hide: control and format characters, separators, surrogates.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|[^\S ]/gu

const printable = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)

const quoted = (text: string): string =>
  /^[\w:./@-]+$/.test(text) ? text : `"${printable(text).replaceAll('"', '\\"')}"`

/**
 * One line for a person. Whatever the entry's text holds, it stays on its line and in its field (CWE-117).
 *
 * @example
 * ```ts
 * formatAuditRecord(record) // '2026-01-01T00:00:00.000Z access denied user:eve execute model:digits "no rule permits it"'
 * ```
 */
export const formatAuditRecord = (record: AuditRecord): string =>
  [
    record.time,
    record.category,
    record.outcome,
    quoted(record.actor),
    quoted(record.action),
    quoted(record.resource),
    ...(record.reason === undefined ? [] : [quoted(record.reason)]),
    ...(record.details === undefined ? [] : [printable(canonicalJson(record.details))]),
  ].join(' ')
