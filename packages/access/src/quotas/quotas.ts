import { type AccessRequest, type Clock, NootropicError, type Random, systemRandom } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { chargeWithin } from './charge.ts'
import { type Counter, counterOf, levelAt, type QuotaState, secondsUntil, stateOf, subjectText } from './counter.ts'
import { createLimitingQuotas, type RolesOfSubject } from './limiting-quotas.ts'
import { countsOf, parseQuotaAmounts, type Quota, type QuotaAmounts, quotasSchema } from './quota.ts'
import { type QuotaHoldRow, type QuotaTables, quotaMigrationOwner, quotaMigrations } from './quota-table.ts'
import { eraseSubject, releaseExpired } from './release.ts'
import { costOf, createReservation, type Reservation, settleReservation } from './reservation.ts'
import { createStoreClock } from './store-clock.ts'

/** Who wants to use how much of which model. */
export interface QuotaRequest {
  readonly subject: AccessRequest['subject']
  readonly model: string
  /**
   * What it will cost at most. Without `requests`, one request. Every other measure that a quota limits must be there; 0
   * means "not known yet" and is admitted only while something is left.
   */
  readonly cost: QuotaAmounts
}

/** A request that fits, or the quota that it does not fit. */
export type QuotaAnswer =
  | { readonly admitted: true; readonly reservation: Reservation; readonly states: readonly QuotaState[] }
  | {
      readonly admitted: false
      /** The quota that it does not fit. */
      readonly quota: string
      /** When to try again; undefined if it will never fit. */
      readonly retryAfterSeconds: number | undefined
      readonly states: readonly QuotaState[]
    }

/** Limits on use that hold in all processes of one store together. */
export interface Quotas {
  /**
   * Takes the cost from every quota that limits the request, or from none. Until it is settled it counts as used; when
   * this process ends without settling, it is given back after `reservationSeconds`.
   *
   * @throws NootropicError `USAGE` for a cost that is none or that leaves out a limited measure, `STORAGE_FAILED`, or what
   * `rolesOf` throws: the caller must then refuse.
   */
  reserve(request: QuotaRequest): Promise<QuotaAnswer>
  /** Where the quotas stand for a subject and a model. Takes nothing. */
  states(subject: AccessRequest['subject'], model: string): Promise<readonly QuotaState[]>
  /** Gives back what processes hold that no longer renew it, and removes counts that have ended. Run it now and then. */
  releaseExpired(): Promise<number>
  /** Keeps what this process holds for another `reservationSeconds`. It happens by itself; call it after a long pause. */
  renew(): Promise<void>
  /** Removes everything that is kept of a subject: its counts begin anew. */
  erase(subject: AccessRequest['subject']): Promise<void>
  /** Stops renewing. What is still reserved is given back when it expires. */
  close(): void
}

// A dead process holds what it reserved for so long; a living one renews it three times in between.
const defaultReservationSeconds = 60
const byId = (left: QuotaState, right: QuotaState): number => (left.id < right.id ? -1 : 1)

class Refused extends Error {
  readonly answer: QuotaAnswer
  constructor(answer: QuotaAnswer) {
    super('the transaction is taken back')
    this.answer = answer
  }
}

/**
 * Opens the quotas in a database, and makes their tables if they are not there. Every process that uses the same database
 * must open them with the same quotas.
 *
 * @param options.rolesOf all roles of a subject, also those that groups bring and that are inherited: quotas for a role
 * hold for these as for the roles among its properties. Asked for every request that a quota for a role may limit;
 * undefined: limited by the quotas of all roles. Without it, the roles among its properties count.
 * @param options.clock for tests: without it, the clock of the database, which all processes share.
 * @throws NootropicError `CONFIGURATION_INVALID` for quotas that cannot work, `STORAGE_FAILED`
 * @example
 * ```ts
 * const quotas = await openQuotas({
 *   database,
 *   quotas: [{ id: 'tokens-per-day', measure: 'tokens', kind: 'window', limit: 100_000, windowSeconds: 86_400, per: ['subject'] }],
 * })
 * const answer = await quotas.reserve({ subject: { type: 'user', id: 'ada' }, model: 'digits', cost: { tokens: 500 } })
 * if (answer.admitted) await answer.reservation.settle({ tokens: 312 })
 * ```
 */
export const openQuotas = async (options: {
  database: Database
  quotas: readonly Quota[]
  rolesOf?: RolesOfSubject
  reservationSeconds?: number
  clock?: Clock
  random?: Random
}): Promise<Quotas> => {
  const { database, reservationSeconds = defaultReservationSeconds, clock, random = systemRandom } = options
  const parsed = quotasSchema.safeParse(options.quotas)
  if (!parsed.success) {
    throw new NootropicError('CONFIGURATION_INVALID', `expected quotas, got: ${z.prettifyError(parsed.error)}`)
  }
  if (!(reservationSeconds >= 1 && reservationSeconds <= 86_400)) {
    const message = `expected reservationSeconds from 1 to 86400, got ${reservationSeconds}; choose a number of seconds`
    throw new NootropicError('CONFIGURATION_INVALID', message)
  }
  await database.migrate(quotaMigrationOwner, quotaMigrations)
  const tables = database.tables<QuotaTables>()
  const storeNow = createStoreClock(database.engine, clock)
  const now = (connection: Kysely<QuotaTables>): Promise<number> => storeNow(connection as unknown as Kysely<unknown>)
  const holder = random.uuid()
  const reservationMs = Math.ceil(reservationSeconds * 1000)
  const open = new Set<string>()
  // What could not be settled because the store failed: nobody else would, and it would be held as long as this process is.
  const unsettled = new Map<string, () => Promise<void>>()

  const limitingQuotas = createLimitingQuotas(parsed.data, options.rolesOf)

  // In the order of their keys: two transactions that take the same counters in turn cannot wait for each other.
  const countersFor = (quotas: readonly Quota[], subject: AccessRequest['subject'], model: string, time: number) =>
    quotas.map((quota) => counterOf(quota, subject, model, time)).sort((left, right) => (left.key < right.key ? -1 : 1))

  const levelsOf = async (
    connection: Kysely<QuotaTables>,
    counters: readonly Counter[],
    time: number,
  ): Promise<Map<Counter, number>> => {
    const keys = counters.map(({ key }) => key)
    const query = connection.selectFrom('access_quota_counters').selectAll()
    const rows = keys.length === 0 ? [] : await query.where('counter', 'in', keys).execute()
    const found = new Map(rows.map((row) => [row.counter, row]))
    return new Map(counters.map((counter) => [counter, levelAt(counter, found.get(counter.key), time)]))
  }

  const reserveOnce = async (
    { subject, model }: QuotaRequest,
    cost: QuotaAmounts,
    limits: readonly Quota[],
  ): Promise<QuotaAnswer> => {
    try {
      const taken = await tables.transaction().execute(async (transaction) => {
        const time = await now(transaction)
        const counters = countersFor(limits, subject, model, time)
        const id = random.uuid()
        const holds: QuotaHoldRow[] = []
        const states: QuotaState[] = []
        for (const counter of counters) {
          const { measure, id: name } = counter.quota
          const units = costOf(cost, measure)
          if (units === undefined) {
            const message = `expected a cost in ${measure}, which the quota "${name}" limits, got none; give the most that it can cost, or 0 if that is not known`
            throw new NootropicError('USAGE', message)
          }
          const amount = countsOf(measure, units) * counter.unit
          const charged = await chargeWithin(transaction, counter, amount, time)
          if (charged === undefined) {
            const levels = await levelsOf(transaction, counters, time)
            const wanted = Math.max(amount, counter.unit)
            const retryAfterSeconds = secondsUntil(counter, wanted, levels.get(counter) ?? 0, time)
            // What the others gave goes back with the transaction: they stand as this request found them.
            const taken = new Map(holds.map((hold) => [hold.counter, hold.amount]))
            const stood = [...levels]
              .map(([one, level]) => stateOf(one, level - (taken.get(one.key) ?? 0), time))
              .sort(byId)
            throw new Refused({ admitted: false, quota: name, retryAfterSeconds, states: stood })
          }
          states.push(stateOf(counter, charged.used, time))
          holds.push({
            reservation: id,
            counter: counter.key,
            amount,
            held_at: charged.updated_at,
            drain: counter.drain,
          })
        }
        if (holds.length > 0) {
          const expires = time + reservationMs
          const row = { id, holder, subject: subjectText(subject), expires_at: expires }
          await transaction.insertInto('access_quota_reservations').values(row).execute()
          await transaction.insertInto('access_quota_holds').values(holds).execute()
        }
        return { id, counters, states: states.sort(byId) }
      })
      const { id, counters, states } = taken
      open.add(id)
      const settle = async (used: QuotaAmounts): Promise<void> => {
        await settleReservation(tables, now, { id, counters, cost }, used)
        open.delete(id)
        unsettled.delete(id)
      }
      const reservation = createReservation(settle, (again) => unsettled.set(id, again))
      return { admitted: true, reservation, states }
    } catch (error) {
      if (error instanceof Refused) return error.answer
      throw error
    }
  }

  const release = async (): Promise<number> => releaseExpired(tables, await now(tables))

  const renew = async (): Promise<void> => {
    if (open.size === 0) return
    const expires = (await now(tables)) + reservationMs
    await tables
      .updateTable('access_quota_reservations')
      .set({ expires_at: expires })
      .where('holder', '=', holder)
      .where('expires_at', '<', expires)
      .execute()
    for (const again of [...unsettled.values()]) await again()
  }
  // One that fails is tried again twice before anything expires; what expired nevertheless is counted when it is settled.
  const renewal = setInterval(() => void renew().catch(() => {}), reservationMs / 3)
  renewal.unref()

  return {
    async reserve(request) {
      const cost = parseQuotaAmounts(request.cost)
      // Before the transaction: whoever tells the roles may read them from the same database.
      const limits = await limitingQuotas(request.subject, request.model)
      const answer = await reserveOnce(request, cost, limits)
      if (answer.admitted || answer.retryAfterSeconds === undefined) return answer
      // What the dead hold must not stop the living.
      return (await release()) > 0 ? reserveOnce(request, cost, limits) : answer
    },
    async states(subject, model) {
      const limits = await limitingQuotas(subject, model)
      const time = await now(tables)
      const levels = await levelsOf(tables, countersFor(limits, subject, model, time), time)
      return [...levels].map(([counter, level]) => stateOf(counter, level, time)).sort(byId)
    },
    releaseExpired: release,
    renew,
    erase: (subject) => eraseSubject(tables, subject),
    close() {
      clearInterval(renewal)
    },
  }
}
