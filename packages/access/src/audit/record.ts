import { auditEntrySchema, canonicalJson, NootropicError, wellFormedJson } from '@nootropic/core'
import { z } from 'zod'

// C2SP tlog-tiles gives an entry 16 bits of length; a log that keeps to it can be published as tiles (CWE-770).
export const maximumRecordBytes = 65_535

/** The schema of {@link AuditRecord}. */
export const auditRecordSchema = auditEntrySchema.extend({
  /** RFC 3339, UTC: when the entry was appended. */
  time: z.iso.datetime(),
})
/** An entry as it stands in the log: with its time. */
export type AuditRecord = z.infer<typeof auditRecordSchema>

/**
 * The bytes of a record: canonical JSON.
 *
 * @throws NootropicError `USAGE` if it is not an entry, `LIMIT_EXCEEDED` if it is over 65,535 bytes.
 */
export const encodeRecord = (record: AuditRecord): Buffer => {
  const parsed = auditRecordSchema.safeParse(record)
  if (!parsed.success) {
    throw new NootropicError('USAGE', `expected an audit entry, got one with: ${z.prettifyError(parsed.error)}`)
  }
  const bytes = Buffer.from(canonicalJson(wellFormedJson(parsed.data)))
  if (bytes.length > maximumRecordBytes) {
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected an audit entry of at most ${maximumRecordBytes} bytes, got ${bytes.length}; keep the payload elsewhere and put its digest in details`,
    )
  }
  return bytes
}

/** The record in these bytes, or undefined if they are not the canonical bytes of a record. */
export const decodeRecord = (bytes: Uint8Array): AuditRecord | undefined => {
  try {
    const record = auditRecordSchema.parse(JSON.parse(Buffer.from(bytes).toString()))
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
