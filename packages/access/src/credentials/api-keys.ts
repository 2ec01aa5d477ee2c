import type { KeyObject } from 'node:crypto'
import {
  type Authenticator,
  type Clock,
  jsonSchema,
  NootropicError,
  type Random,
  systemClock,
  systemRandom,
} from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { z } from 'zod'
import { type ApiKeyText, createApiKey, type KeyEnvironment, parseApiKey } from './api-key.ts'
import {
  type ApiKeyChange,
  type ApiKeyRecord,
  type NewApiKey,
  newApiKeySchema,
  rolesSchema,
  toRecord,
  verifyExpiry,
  verifyOverlap,
} from './api-key-record.ts'
import { type ApiKeyRow, type ApiKeyTables, migrations } from './api-key-table.ts'
import { checkApiKey, type Refusal } from './check-api-key.ts'
import { createLastUsed } from './last-used.ts'
import { type Owner, presentRoles, type RolesOf } from './owner.ts'
import { createPeppers, firstPepperId, macOf } from './peppers.ts'
import { recordFailedCheck } from './record-failed-check.ts'
import { createSteadyTime } from './steady-time.ts'

/** Makes, finds out, rotates and ends API keys. */
export interface ApiKeys extends Authenticator {
  /**
   * Makes a key. `secret` is shown this once and kept nowhere.
   *
   * @throws NootropicError `USAGE` for an expiry in the past or beyond 366 days, or more than 64 roles or scopes.
   */
  create(key: NewApiKey): Promise<{ id: string; secret: string }>
  /**
   * Makes the successor of a key, with the same subject, roles and scopes; the old one works for the overlap still, and
   * never longer than it would have. Of several at once one makes the successor.
   *
   * @param options.overlapMs 0 to 30 days; 0 ends the old key at once.
   * @throws NootropicError `USAGE` if there is no such key, or it is revoked, expired or rotated already.
   */
  rotate(id: string, options: { overlapMs: number; expiresAt: Date }): Promise<{ id: string; secret: string }>
  /**
   * Ends a key: the next authentication with it fails, in every process.
   *
   * @throws NootropicError `USAGE` if there is no such key.
   */
  revoke(id: string): Promise<void>
  /** Ends every key of a subject. @returns how many there were to end. */
  revokeAll(subject: Owner): Promise<number>
  /** All keys, oldest first. */
  list(): Promise<ApiKeyRecord[]>
  /** Writes when keys were last used, which is otherwise written once a minute. Call it before the database is closed. */
  flush(): Promise<void>
}

// One text for every reason: whoever guesses learns nothing (ASVS 6.3.8).
const refusalMessage =
  'expected a valid API key, got one that is malformed, unknown, expired or revoked; ask the operator for a new one'
// Not what was given: whoever takes the key for its id would find the secret in a log.
const noSuchKey = 'expected the id of an API key, got another text; list the keys'

/**
 * Opens the API keys in a database, and makes their table if it is not there.
 *
 * @param options.pepper 32 secret bytes that are not in the database: without them a stolen table cannot be used to
 * tell whether a guessed key is right.
 * @param options.pepperId names the pepper, `1` by default. To replace a pepper, give the new one a new id and move the old
 * one to `formerPeppers`, in every process before keys are used: each key changes over when it is used next, and `list` says
 * which have not.
 * @param options.rolesOf is asked at each use which roles the owner has: a key never has more, and
 * what forbids something to one of the others forbids it to the key. Without it, only the
 * authoriser's rules know what the owner may still do.
 * @param options.onChanged is told of every key that was made, rotated or ended. If it rejects, so does the call: a new key's
 * secret is lost then, and a key that was to end has ended.
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
  pepperId?: string
  formerPeppers?: Readonly<Record<string, KeyObject>>
  clock?: Clock
  random?: Random
  environment?: KeyEnvironment
  rolesOf?: RolesOf
  onChanged?: (change: ApiKeyChange) => void | Promise<void>
  onRefused?: (refusal: Refusal) => void | Promise<void>
}): Promise<ApiKeys> => {
  const { database, clock = systemClock, random = systemRandom, environment = 'live', rolesOf } = options
  const peppers = createPeppers(options.pepper, options.pepperId ?? firstPepperId, options.formerPeppers ?? {})
  await database.migrate('access', migrations)
  const tables = database.tables<ApiKeyTables>()
  const steadyTime = createSteadyTime(clock)
  const lastUsed = createLastUsed(database, () => clock.monotonicMs())

  const refuse = async (refusal: Refusal): Promise<never> => {
    await options.onRefused?.(refusal)
    throw new NootropicError('CREDENTIAL_INVALID', refusalMessage)
  }

  const changed = async (change: ApiKeyChange['change'], row: Pick<ApiKeyRow, 'id' | 'subject_type' | 'subject_id'>) =>
    options.onChanged?.({ change, keyId: row.id, subject: { type: row.subject_type, id: row.subject_id } })

  type Rights = Pick<ApiKeyRow, 'subject_type' | 'subject_id' | 'roles' | 'scopes'>
  const newKey = (rights: Rights, expiresAt: Date, now: number) => {
    const { id, text } = createApiKey(environment, random)
    const row: ApiKeyRow = {
      ...rights,
      id,
      mac: macOf(options.pepper, text).toString('hex'),
      pepper_id: peppers.currentId,
      created_at: new Date(now).toISOString(),
      expires_at: expiresAt.toISOString(),
      revoked_at: null,
      successor_id: null,
      last_used_at: null,
    }
    return { row, shown: { id, secret: text } }
  }

  const authenticateKey = async (key: ApiKeyText): ReturnType<Authenticator['authenticate']> => {
    const row = await tables.selectFrom('access_api_keys').selectAll().where('id', '=', key.id).executeTakeFirst()
    const now = steadyTime()
    const reason = checkApiKey(key, row, peppers, now)
    if (reason !== undefined || row === undefined) return refuse({ reason: reason ?? 'unknown', keyId: key.id })
    const subject = { type: row.subject_type, id: row.subject_id }
    const roles = await presentRoles(rolesSchema.parse(JSON.parse(row.roles)), subject, rolesOf)
    if (roles === undefined) return refuse({ reason: 'owner-gone', keyId: key.id })
    if (row.pepper_id !== peppers.currentId) {
      await tables
        .updateTable('access_api_keys')
        .set({ mac: macOf(options.pepper, key.text).toString('hex'), pepper_id: peppers.currentId })
        .where('id', '=', key.id)
        .where('pepper_id', '=', row.pepper_id)
        .execute()
    }
    await lastUsed.note(key.id, now, row.last_used_at)
    const scopes = row.scopes === null ? {} : { scopes: jsonSchema.parse(JSON.parse(row.scopes)) }
    return { ...subject, properties: { ...roles, apiKey: key.id, ...scopes } }
  }

  return {
    async create(input) {
      const parsed = newApiKeySchema.safeParse(input)
      if (!parsed.success) {
        throw new NootropicError('USAGE', `expected a new API key, got: ${z.prettifyError(parsed.error)}`)
      }
      const { subject, roles, expiresAt, scopes } = parsed.data
      const now = steadyTime()
      verifyExpiry(expiresAt, now)
      const rights: Rights = {
        subject_type: subject.type,
        subject_id: subject.id,
        roles: JSON.stringify(roles),
        scopes: scopes === undefined ? null : JSON.stringify(scopes),
      }
      const { row, shown } = newKey(rights, expiresAt, now)
      await tables.insertInto('access_api_keys').values(row).execute()
      await changed('created', row)
      return shown
    },

    async rotate(id, { overlapMs, expiresAt }) {
      verifyOverlap(overlapMs)
      const now = steadyTime()
      verifyExpiry(expiresAt, now)
      const present = new Date(now).toISOString()
      const { old, row, shown } = await tables.transaction().execute(async (transaction) => {
        const keyRow = transaction.updateTable('access_api_keys').where('id', '=', id)
        // Marked first: the row is ours from here on, and of several at once one finds it without a successor.
        const old = await keyRow
          .set({ successor_id: id })
          .where('successor_id', 'is', null)
          .where('revoked_at', 'is', null)
          .where('expires_at', '>', present)
          .returningAll()
          .executeTakeFirst()
        if (old === undefined) {
          const found = 'one that is unknown, revoked, expired or rotated already; list the keys'
          throw new NootropicError('USAGE', `expected the id of a valid API key, got ${found}`)
        }
        const { subject_type, subject_id, roles, scopes } = old
        const made = newKey({ subject_type, subject_id, roles, scopes }, expiresAt, now)
        await transaction.insertInto('access_api_keys').values(made.row).execute()
        const end = new Date(Math.min(Date.parse(old.expires_at), now + overlapMs)).toISOString()
        await keyRow.set({ successor_id: made.row.id, expires_at: end }).execute()
        return { ...made, old }
      })
      await changed('rotated', old)
      await changed('created', row)
      return shown
    },

    async authenticate(credential) {
      const key = parseApiKey(credential)
      if (key === undefined) return refuse({ reason: 'malformed' })
      if (key.environment !== environment) return refuse({ reason: 'wrong-environment', keyId: key.id })
      return recordFailedCheck(
        () => authenticateKey(key),
        () => options.onRefused?.({ reason: 'check-failed', keyId: key.id }),
      )
    },

    async revoke(id) {
      const row = await tables
        .updateTable('access_api_keys')
        .set((column) => ({
          revoked_at: column.fn.coalesce('revoked_at', column.val(new Date(steadyTime()).toISOString())),
        }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) throw new NootropicError('USAGE', noSuchKey)
      await changed('revoked', row)
    },

    async revokeAll(subject) {
      let count = 0
      for (;;) {
        const rows = await tables
          .updateTable('access_api_keys')
          .set({ revoked_at: new Date(steadyTime()).toISOString() })
          .where('subject_type', '=', subject.type)
          .where('subject_id', '=', subject.id)
          .where('revoked_at', 'is', null)
          .returningAll()
          .execute()
        for (const row of rows) await changed('revoked', row)
        count += rows.length
        // One more look: a statement of PostgreSQL that waited for a rotation does not see the successor.
        if (rows.length === 0) return count
      }
    },

    async list() {
      const rows = await tables.selectFrom('access_api_keys').selectAll().orderBy('created_at').orderBy('id').execute()
      return rows.map(toRecord)
    },

    flush: () => lastUsed.flush(),
  }
}
