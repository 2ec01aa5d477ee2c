import { z } from 'zod'
import { ownerSchema, rolesSchema } from '../credentials/api-key-record.ts'
import type { SessionRow } from './session-table.ts'

/** Second factors, by the names that policies use. */
export const factorSchema = z.enum(['totp', 'passkey', 'recovery-code'])
/** What somebody proved besides. */
export type Factor = z.infer<typeof factorSchema>

export const newSessionSchema = z.strictObject({
  subject: ownerSchema,
  roles: rolesSchema,
  /**
   * What only this client has or is: the digest of its certificate, a device's key. The token is worth nothing without it.
   */
  binding: z.string().min(1).max(1024).optional(),
  /** Set if the subject has just proved a second factor. */
  factor: factorSchema.optional(),
})
/** Who begins a session. The host has authenticated the subject. */
export type NewSession = z.infer<typeof newSessionSchema>

/** What may be known of a session: never its token. */
export interface SessionRecord {
  readonly id: string
  readonly subject: { readonly type: string; readonly id: string }
  readonly roles: readonly string[]
  readonly isBound: boolean
  readonly createdAt: string
  /** To a tenth of the idle time, or a minute. */
  readonly lastSeenAt: string
  readonly expiresAt: string
  readonly factor?: { readonly name: Factor; readonly provedAt: string }
}

const date = (milliseconds: number): string => new Date(milliseconds).toISOString()

export const toSessionRecord = (row: SessionRow): SessionRecord => ({
  id: row.id,
  subject: { type: row.subject_type, id: row.subject_id },
  roles: rolesSchema.parse(JSON.parse(row.roles)),
  isBound: row.binding_hash !== null,
  createdAt: date(row.created_at),
  lastSeenAt: date(row.last_seen_at),
  expiresAt: date(row.expires_at),
  ...(row.factor === null || row.factor_at === null
    ? {}
    : { factor: { name: factorSchema.parse(row.factor), provedAt: date(row.factor_at) } }),
})
