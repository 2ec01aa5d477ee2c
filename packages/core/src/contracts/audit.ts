import { z } from 'zod'
import { jsonSchema } from '../json.ts'

/** The schema of {@link AuditEntry}. */
export const auditEntrySchema = z.strictObject({
  /** Which of the three views it belongs to. */
  category: z.enum(['access', 'operation', 'security']),
  /** Who: `<type>:<id>`, as authenticated. */
  actor: z.string(),
  action: z.string(),
  /** What it was done to: `<type>:<id>`. */
  resource: z.string(),
  outcome: z.enum(['allowed', 'denied', 'succeeded', 'failed']),
  reason: z.string().optional(),
  /** JSON values; never a secret, never an input's content. */
  details: z.record(z.string(), jsonSchema).optional(),
})
/** What somebody did, or was not let do. */
export type AuditEntry = z.infer<typeof auditEntrySchema>

/** The proof that an entry is in the log: its place and its leaf hash (RFC 6962), base64. */
export interface AuditReceipt {
  readonly index: number
  readonly leafHash: string
}

/** A log to which entries can be added and from which none can be taken. */
export interface AuditLog {
  /**
   * Resolves when the entry is on disk. Without a receipt, entries of this category are not kept: that is switched off.
   *
   * @throws NootropicError `AUDIT_UNAVAILABLE`: the caller must then not carry the operation out.
   */
  append(entry: AuditEntry): Promise<AuditReceipt | undefined>
}
