import { NootropicError } from '@nootropic/core'
import { z } from 'zod'
import { maximumRoles } from '../authorisation/rule.ts'
import { nameSchema } from '../name.ts'
import { type Scope, scopesSchema } from '../scope.ts'
import type { ApiKeyRow } from './api-key-table.ts'
import type { Owner } from './owner.ts'
import { firstPepperId } from './peppers.ts'

export const rolesSchema = z.array(nameSchema).max(maximumRoles)
export const ownerSchema = z.strictObject({ type: nameSchema, id: nameSchema })

export const newApiKeySchema = z.strictObject({
  subject: ownerSchema,
  roles: rolesSchema,
  expiresAt: z.date(),
  scopes: scopesSchema.optional(),
})
/** Whom a new key is for, until when, and what it may be used for at most. */
export type NewApiKey = z.infer<typeof newApiKeySchema>

// A key that lives longer than this is a password: make a new one each year.
const maximumLifetimeMs = 366 * 24 * 60 * 60 * 1000

/** @throws NootropicError `USAGE` for an expiry that is not after now, or beyond 366 days. */
export const verifyExpiry = (expiresAt: Date, now: number): void => {
  const lifetime = expiresAt.getTime() - now
  if (lifetime > 0 && lifetime <= maximumLifetimeMs) return
  const found = Number.isNaN(lifetime) ? 'no date' : expiresAt.toISOString()
  throw new NootropicError('USAGE', `expected an expiry after now and within 366 days, got ${found}`)
}

// Long enough to bring the new key to every client; a longer overlap is a second key.
const maximumOverlapMs = 30 * 24 * 60 * 60 * 1000

/** @throws NootropicError `USAGE` for what is not 0 to 30 days. */
export const verifyOverlap = (overlapMs: number): void => {
  if (Number.isInteger(overlapMs) && overlapMs >= 0 && overlapMs <= maximumOverlapMs) return
  const expected = `expected an overlap of 0 to ${maximumOverlapMs} ms`
  throw new NootropicError('USAGE', `${expected}, got ${overlapMs}; make a second key for a longer one`)
}

/** What may be known of a key: never its secret. */
export interface ApiKeyRecord {
  readonly id: string
  readonly subject: { readonly type: string; readonly id: string }
  readonly roles: readonly string[]
  readonly scopes?: readonly Scope[]
  readonly createdAt: string
  readonly expiresAt: string
  readonly revokedAt?: string
  /** The key that took its place; it works until `expiresAt` still. */
  readonly successorId?: string
  /** To the hour. */
  readonly lastUsedAt?: string
  /** Which pepper it is kept under, if not the first. */
  readonly pepperId?: string
}

/** A change to the keys, for the operator's audit log. */
export interface ApiKeyChange {
  readonly change: 'created' | 'rotated' | 'revoked'
  readonly keyId: string
  readonly subject: Owner
}

export const toRecord = (row: ApiKeyRow): ApiKeyRecord => ({
  id: row.id,
  subject: { type: row.subject_type, id: row.subject_id },
  roles: rolesSchema.parse(JSON.parse(row.roles)),
  ...(row.scopes === null ? {} : { scopes: scopesSchema.parse(JSON.parse(row.scopes)) }),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  ...(row.successor_id === null ? {} : { successorId: row.successor_id }),
  ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  ...(row.pepper_id === firstPepperId ? {} : { pepperId: row.pepper_id }),
})
