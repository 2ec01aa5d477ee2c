import {
  type AuditEntry,
  type Authenticator,
  type Clock,
  type CredentialClient,
  entityText,
  NootropicError,
  type Random,
  systemClock,
  systemRandom,
} from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { z } from 'zod'
import { type Owner, presentRoles, type RolesOf } from '../credentials/owner.ts'
import { recordFailedCheck } from '../credentials/record-failed-check.ts'
import { createSteadyTime } from '../credentials/steady-time.ts'
import { checkLife, isBoundTo, type SessionRefusal } from './check-session.ts'
import { parseSessionPolicy, type SessionPolicy } from './session-policy.ts'
import { endSessions, liveSessions, lockSubject, removeEndedSessions } from './session-queries.ts'
import {
  type Factor,
  factorSchema,
  type NewSession,
  newSessionSchema,
  type SessionRecord,
  toSessionRecord,
} from './session-record.ts'
import { migrations, type SessionRow, type SessionTables } from './session-table.ts'
import { createSessionToken, hashOfBinding, hashOfToken } from './session-token.ts'

/** Begins, finds out, renews and ends sessions. */
export interface Sessions extends Authenticator {
  /**
   * Begins a session. `token` is shown this once and kept nowhere.
   *
   * @throws NootropicError `USAGE` for what is no session, `LIMIT_EXCEEDED` if the subject has as many as it may and the policy
   * refuses one more.
   */
  create(session: NewSession): Promise<{ id: string; token: string; expiresAt: Date }>
  /**
   * The subject of a session, with `properties.roles`, `properties.session` and, if one was proved, `properties.factor` and
   * `properties.factorProvedAt`.
   *
   * @throws NootropicError `CREDENTIAL_INVALID`, with the same message for every reason.
   */
  authenticate(token: string, client?: CredentialClient): ReturnType<Authenticator['authenticate']>
  /**
   * Gives a session a new token, and the old one ends at once: for every change of what the session may do (ASVS 7.2.4), such as
   * a second factor that was just proved. When it expires does not change. Of several at once one gets the new token.
   *
   * @throws NootropicError `CREDENTIAL_INVALID` as `authenticate`.
   */
  renew(token: string, options?: CredentialClient & { factor?: Factor }): Promise<{ token: string; expiresAt: Date }>
  /** Ends a session: its next use fails, in every process. @returns whether there was one to end. */
  revoke(id: string): Promise<boolean>
  /** Ends every session of a subject or of everybody, or all but one. @returns how many there were to end. */
  revokeAll(whose: Owner | 'everybody', options?: { exceptId?: string }): Promise<number>
  /** The sessions of a subject that are alive, oldest first. */
  list(subject: Owner): Promise<SessionRecord[]>
  /** Removes the rows of sessions that ended. @returns how many. */
  removeEnded(): Promise<number>
}

const refusalMessage =
  'expected the token of a session, got one that is malformed, unknown, expired or ended; sign in again'
// One write to a session's row in this time, so that a session in use does not write at each request.
const maximumSeenEveryMs = 60_000
const idBytes = 12
const unknownOwner: Owner = { type: 'unknown', id: 'unknown' }

/**
 * Opens the sessions in a database, and makes their tables if they are not there.
 *
 * @param options.rolesOf is asked at each use which roles the subject has: a session never has more, and none for a subject
 * that is gone or disabled (ASVS 7.4.2).
 * @param options.record is handed what to audit. If it rejects, so does the call.
 * @example
 * ```ts
 * const { token } = await sessions.create({ subject: { type: 'user', id: 'ada' }, roles: ['analyst'], binding: certificateDigest })
 * await sessions.authenticate(token, { binding: certificateDigest })
 * ```
 */
export const openSessions = async (options: {
  database: Database
  policy?: SessionPolicy
  clock?: Clock
  random?: Random
  rolesOf?: RolesOf
  record?: (entry: AuditEntry) => unknown
}): Promise<Sessions> => {
  const { database, clock = systemClock, random = systemRandom, rolesOf, record } = options
  const policy = parseSessionPolicy(options.policy ?? {})
  await database.migrate('accesssessions', migrations)
  const tables = database.tables<SessionTables>()
  const steadyTime = createSteadyTime(clock)
  const seenEveryMs = Math.min(maximumSeenEveryMs, Math.floor(policy.idleMs / 10))

  type What = Pick<AuditEntry, 'action' | 'outcome' | 'reason'>
  const audit = async (what: What, owner: Owner = unknownOwner, session = 'unknown'): Promise<void> => {
    await record?.({ category: 'access', actor: entityText(owner), resource: `session:${session}`, ...what })
  }
  const revoked: What = { action: 'session.end', outcome: 'succeeded', reason: 'revoked' }
  const ownerOf = (row: SessionRow): Owner => ({ type: row.subject_type, id: row.subject_id })
  const refuse = async (reason: SessionRefusal, row?: SessionRow): Promise<never> => {
    await audit({ action: 'session.use', outcome: 'denied', reason }, row && ownerOf(row), row?.id)
    throw new NootropicError('CREDENTIAL_INVALID', refusalMessage)
  }

  const find = async (token: string, client: CredentialClient) => {
    const hash = hashOfToken(token)
    if (hash === undefined) return refuse('malformed')
    const row = await tables.selectFrom('access_sessions').selectAll().where('token_hash', '=', hash).executeTakeFirst()
    if (row === undefined) return refuse('unknown')
    const now = steadyTime()
    const reason = checkLife(row, now, policy.idleMs)
    if (reason !== undefined) return refuse(reason, row)
    if (!isBoundTo(row, hashOfBinding(client.binding))) return refuse('bound-to-another-client', row)
    const roles = await presentRoles(toSessionRecord(row).roles, ownerOf(row), rolesOf)
    return roles === undefined ? refuse('owner-gone', row) : { row, roles, now }
  }
  const recorded = <Result>(check: () => Promise<Result>): Promise<Result> =>
    recordFailedCheck(check, (reason) => audit({ action: 'session.use', outcome: 'failed', reason }))

  return {
    async create(input) {
      const parsed = newSessionSchema.safeParse(input)
      if (!parsed.success) {
        throw new NootropicError('USAGE', `expected a new session, got: ${z.prettifyError(parsed.error)}`)
      }
      const { subject, roles, binding, factor } = parsed.data
      const now = steadyTime()
      const token = createSessionToken(random)
      const expiresAt = now + policy.absoluteMs
      const row: SessionRow = {
        id: random.bytes(idBytes).toString('base64url'),
        token_hash: hashOfToken(token) ?? '',
        subject_type: subject.type,
        subject_id: subject.id,
        roles: JSON.stringify(roles),
        binding_hash: hashOfBinding(binding) ?? null,
        created_at: now,
        last_seen_at: now,
        expires_at: expiresAt,
        revoked_at: null,
        factor: factor ?? null,
        factor_at: factor === undefined ? null : now,
      }
      const ended = await tables.transaction().execute(async (transaction) => {
        await lockSubject(transaction, subject)
        const live = await liveSessions(transaction, subject, now, policy.idleMs)
          .select('id')
          .orderBy('last_seen_at')
          .orderBy('id')
          .execute()
        const surplus = live.slice(0, Math.max(0, live.length + 1 - policy.maximumPerSubject)).map(({ id }) => id)
        if (surplus.length > 0 && policy.whenFull === 'refuse') return undefined
        if (surplus.length > 0) await endSessions(transaction, now).where('id', 'in', surplus).execute()
        await transaction.insertInto('access_sessions').values(row).execute()
        return surplus
      })
      if (ended === undefined) {
        await audit({ action: 'session.create', outcome: 'denied', reason: 'too-many-sessions' }, subject)
        const expected = `expected at most ${policy.maximumPerSubject} sessions of a subject at once`
        throw new NootropicError('LIMIT_EXCEEDED', `${expected}, got one more; end another one first`)
      }
      const surplus: What = { action: 'session.end', outcome: 'succeeded', reason: 'too-many-sessions' }
      for (const id of ended) await audit(surplus, subject, id)
      await audit({ action: 'session.create', outcome: 'succeeded' }, subject, row.id)
      return { id: row.id, token, expiresAt: new Date(expiresAt) }
    },

    authenticate: (token, client = {}) =>
      recorded(async () => {
        const { row, roles, now } = await find(token, client)
        if (now - row.last_seen_at >= seenEveryMs) {
          await tables
            .updateTable('access_sessions')
            .set({ last_seen_at: now })
            .where('id', '=', row.id)
            .where('last_seen_at', '<', now)
            .execute()
        }
        const { factor: proved } = toSessionRecord(row)
        const factor = proved === undefined ? {} : { factor: proved.name, factorProvedAt: proved.provedAt }
        return { ...ownerOf(row), properties: { ...roles, session: row.id, ...factor } }
      }),

    renew: (token, { factor, ...client } = {}) =>
      recorded(async () => {
        const { row, now } = await find(token, client)
        if (factor !== undefined && !factorSchema.safeParse(factor).success) {
          throw new NootropicError('USAGE', `expected one of ${factorSchema.options.join(', ')}, got another factor`)
        }
        const next = createSessionToken(random)
        const renewed = await tables
          .updateTable('access_sessions')
          .set({
            token_hash: hashOfToken(next) ?? '',
            last_seen_at: Math.max(now, row.last_seen_at),
            ...(factor === undefined ? {} : { factor, factor_at: now }),
          })
          .where('id', '=', row.id)
          .where('token_hash', '=', row.token_hash)
          .where('revoked_at', 'is', null)
          .returning('expires_at')
          .executeTakeFirst()
        // Another call renewed or ended it between the two statements.
        if (renewed === undefined) return refuse('unknown', row)
        const reason = factor === undefined ? {} : { reason: factor }
        await audit({ action: 'session.renew', outcome: 'succeeded', ...reason }, ownerOf(row), row.id)
        return { token: next, expiresAt: new Date(renewed.expires_at) }
      }),

    async revoke(id) {
      const row = await endSessions(tables, steadyTime()).where('id', '=', id).returningAll().executeTakeFirst()
      if (row !== undefined) await audit(revoked, ownerOf(row), id)
      return row !== undefined
    },

    async revokeAll(whose, { exceptId } = {}) {
      const rows = await tables.transaction().execute(async (transaction) => {
        const all = endSessions(transaction, steadyTime())
        const others = exceptId === undefined ? all : all.where('id', '!=', exceptId)
        if (whose === 'everybody') return others.returningAll().execute()
        await lockSubject(transaction, whose)
        const theirs = others.where('subject_type', '=', whose.type).where('subject_id', '=', whose.id)
        return theirs.returningAll().execute()
      })
      for (const row of rows) await audit(revoked, ownerOf(row), row.id)
      return rows.length
    },

    async list(subject) {
      const rows = await liveSessions(tables, subject, steadyTime(), policy.idleMs)
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(toSessionRecord)
    },

    removeEnded: () => removeEndedSessions(tables, steadyTime(), policy.idleMs),
  }
}
