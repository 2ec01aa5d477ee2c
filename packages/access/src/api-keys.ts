import { createHmac, type KeyObject } from 'node:crypto'
import {
  type Authenticator,
  type Clock,
  isEqualConstantTime,
  jsonSchema,
  NootropicError,
  type Random,
  systemClock,
  systemRandom,
} from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { z } from 'zod'
import { createApiKey, type KeyEnvironment, parseApiKey } from './api-key.ts'
import { type AccessTables, type ApiKeyRow, migrations } from './api-key-table.ts'
import { nameSchema } from './name.ts'
import { maximumRoles } from './rule.ts'
import { type Scope, scopesSchema } from './scope.ts'

// A key that lives longer than this is a password: make a new one each year.
const maximumLifetimeMs = 366 * 24 * 60 * 60 * 1000

const rolesSchema = z.array(nameSchema).max(maximumRoles)
const newApiKeySchema = z.strictObject({
  subject: z.strictObject({ type: nameSchema, id: nameSchema }),
  roles: rolesSchema,
  expiresAt: z.date(),
  scopes: scopesSchema.optional(),
})
/** Whom a new key is for, until when, and what it may be used for at most. */
export type NewApiKey = z.infer<typeof newApiKeySchema>

/** What may be known of a key: never its secret. */
export interface ApiKeyRecord {
  readonly id: string
  readonly subject: { readonly type: string; readonly id: string }
  readonly roles: readonly string[]
  readonly scopes?: readonly Scope[]
  readonly createdAt: string
  readonly expiresAt: string
  readonly revokedAt?: string
}

/** Why a credential was refused: for the operator's audit log, never for the caller. */
export interface Refusal {
  readonly reason: 'malformed' | 'unknown' | 'wrong-secret' | 'revoked' | 'expired'
  /** The public id of the key, where the credential had one. */
  readonly keyId?: string
}

/** Makes, finds out, and ends API keys. */
export interface ApiKeys extends Authenticator {
  /**
   * Makes a key. `secret` is shown this once and kept nowhere.
   *
   * @throws NootropicError `USAGE` for an expiry in the past or beyond 366 days, or more than 64 roles or scopes.
   */
  create(key: NewApiKey): Promise<{ id: string; secret: string }>
  /**
   * Ends a key: the next authentication with it fails, in every process.
   *
   * @throws NootropicError `USAGE` if there is no such key.
   */
  revoke(id: string): Promise<void>
  /** All keys, oldest first. */
  list(): Promise<ApiKeyRecord[]>
}

// One text for every reason: whoever guesses learns nothing (ASVS 6.3.8).
const refusalMessage =
  'expected a valid API key, got one that is malformed, unknown, expired or revoked; ask the operator for a new one'

const toRecord = (row: ApiKeyRow): ApiKeyRecord => ({
  id: row.id,
  subject: { type: row.subject_type, id: row.subject_id },
  roles: rolesSchema.parse(JSON.parse(row.roles)),
  ...(row.scopes === null ? {} : { scopes: scopesSchema.parse(JSON.parse(row.scopes)) }),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
})

/**
 * Opens the API keys in a database, and makes their table if it is not there.
 *
 * @param options.pepper 32 secret bytes that are not in the database: without them a stolen table cannot be used to
 * tell whether a guessed key is right.
 * @param options.onRefused is told why a credential was refused. If it rejects, so does the authentication.
 * @example
 * ```ts
 * const { secret } = await keys.create({ subject: { type: 'user', id: 'ada' }, roles: ['analyst'], expiresAt })
 * await keys.authenticate(secret) // { type: 'user', id: 'ada', properties: { roles: ['analyst'], apiKey: '…' } }
 * ```
 */
export const openApiKeys = async (options: {
  database: Database
  pepper: KeyObject
  clock?: Clock
  random?: Random
  environment?: KeyEnvironment
  onRefused?: (refusal: Refusal) => void | Promise<void>
}): Promise<ApiKeys> => {
  const { database, pepper, clock = systemClock, random = systemRandom, environment = 'live', onRefused } = options
  await database.migrate('access', migrations)
  const tables = database.tables<AccessTables>()
  const macOf = (text: string): Buffer => createHmac('sha256', pepper).update(text).digest()

  const refuse = async (refusal: Refusal): Promise<never> => {
    await onRefused?.(refusal)
    throw new NootropicError('CREDENTIAL_INVALID', refusalMessage)
  }

  return {
    async create(input) {
      const parsed = newApiKeySchema.safeParse(input)
      if (!parsed.success) {
        throw new NootropicError('USAGE', `expected a new API key, got: ${z.prettifyError(parsed.error)}`)
      }
      const { subject, roles, expiresAt, scopes } = parsed.data
      const now = clock.now()
      const lifetime = expiresAt.getTime() - now.getTime()
      if (lifetime <= 0 || lifetime > maximumLifetimeMs) {
        const found = expiresAt.toISOString()
        throw new NootropicError('USAGE', `expected an expiry after now and within 366 days, got ${found}`)
      }
      const { id, text } = createApiKey(environment, random)
      const row: ApiKeyRow = {
        id,
        mac: macOf(text).toString('hex'),
        subject_type: subject.type,
        subject_id: subject.id,
        roles: JSON.stringify(roles),
        scopes: scopes === undefined ? null : JSON.stringify(scopes),
        created_at: now.toISOString(),
        expires_at: expiresAt.toISOString(),
        revoked_at: null,
      }
      await tables.insertInto('access_api_keys').values(row).execute()
      return { id, secret: text }
    },

    async authenticate(credential) {
      const key = parseApiKey(credential)
      if (key === undefined) return refuse({ reason: 'malformed' })
      const mac = macOf(key.text)
      const row = await tables.selectFrom('access_api_keys').selectAll().where('id', '=', key.id).executeTakeFirst()
      // Unknown ids take the same steps as known ones, so that time does not tell them apart.
      const isRight = isEqualConstantTime(
        mac,
        row === undefined ? Buffer.alloc(mac.length) : Buffer.from(row.mac, 'hex'),
      )
      if (row === undefined) return refuse({ reason: 'unknown', keyId: key.id })
      if (!isRight) return refuse({ reason: 'wrong-secret', keyId: key.id })
      if (row.revoked_at !== null) return refuse({ reason: 'revoked', keyId: key.id })
      const { subject, roles, expiresAt } = toRecord(row)
      // Not "until <= now": an expiry that is no date must refuse.
      if (!(Date.parse(expiresAt) > clock.now().getTime())) return refuse({ reason: 'expired', keyId: key.id })
      const scopes = row.scopes === null ? {} : { scopes: jsonSchema.parse(JSON.parse(row.scopes)) }
      const properties = { roles: [...roles], apiKey: key.id, ...scopes }
      return { ...subject, properties }
    },

    async revoke(id) {
      const row = await tables
        .updateTable('access_api_keys')
        .set((column) => ({ revoked_at: column.fn.coalesce('revoked_at', column.val(clock.now().toISOString())) }))
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst()
      if (row === undefined) {
        // Not what was given: whoever takes the key for its id would find the secret in a log.
        throw new NootropicError('USAGE', 'expected the id of an API key, got another text; list the keys')
      }
    },

    async list() {
      const rows = await tables.selectFrom('access_api_keys').selectAll().orderBy('created_at').orderBy('id').execute()
      return rows.map(toRecord)
    },
  }
}
