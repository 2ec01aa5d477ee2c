import { type Kysely, sql } from 'kysely'
import type { Counter } from './counter.ts'
import type { QuotaHoldRow, QuotaTables } from './quota-table.ts'

type Connection = Kysely<QuotaTables>

// Above every capacity, and far enough below 2^63 that no sum overflows: where a counter stops that was overrun.
const fullest = 2 ** 52

const used = sql.ref<number>('access_quota_counters.used')
const updatedAt = sql.ref<number>('access_quota_counters.updated_at')
const endsAt = sql.ref<number>('access_quota_counters.ends_at')

const later = (now: number) => sql<number>`case when ${updatedAt} > ${now} then ${updatedAt} else ${now} end`

/**
 * The level at `now`, in SQL: the continuous-state leaky bucket of ITU-T I.371, which admits exactly what GCRA's virtual
 * scheduling admits, in whole numbers. The time that counts is bounded, so that no product overflows.
 */
const level = ({ drain }: Counter, now: number) => {
  if (drain === 0) return used
  const longest = Math.floor(fullest / drain)
  const elapsed = sql<number>`case
    when ${now} - ${updatedAt} > ${longest} then ${longest}
    when ${now} > ${updatedAt} then ${now} - ${updatedAt}
    else 0 end`
  return sql<number>`case when ${used} > (${elapsed}) * ${drain} then ${used} - (${elapsed}) * ${drain} else 0 end`
}

/**
 * Adds `amount` to a counter if it fits, in one statement, so that no two processes can both take the last of it.
 * An amount of 0 is admitted only where something is left.
 *
 * @returns what the counter then holds, or undefined if it does not fit.
 */
export const chargeWithin = async (
  connection: Connection,
  counter: Counter,
  amount: number,
  now: number,
): Promise<{ used: number; updated_at: number } | undefined> => {
  const needed = Math.max(amount, counter.unit)
  // The insert has no condition of its own.
  if (needed > counter.capacity) return undefined
  return charge(connection, counter, amount, now, needed)
}

/** Adds what was used already, whether or not it fits. */
export const chargeRegardless = async (
  connection: Connection,
  counter: Counter,
  amount: number,
  now: number,
): Promise<void> => {
  // The counter is of the time when it was reserved; and what is more than full takes longer to flow off.
  const { drain, lastsMs } = counter
  const bounded = Math.min(amount, fullest)
  const endsAt = drain === 0 ? counter.endsAt : now + lastsMs + Math.ceil(bounded / drain)
  await charge(connection, { ...counter, endsAt }, bounded, now, undefined)
}

const charge = (
  connection: Connection,
  counter: Counter,
  amount: number,
  now: number,
  needed: number | undefined,
): Promise<{ used: number; updated_at: number } | undefined> =>
  connection
    .insertInto('access_quota_counters')
    .values({ counter: counter.key, subject: counter.subject, used: amount, updated_at: now, ends_at: counter.endsAt })
    .onConflict((conflict) => {
      const sum = sql<number>`(${level(counter, now)}) + ${amount}`
      const update = conflict.column('counter').doUpdateSet({
        used: sql<number>`case when ${sum} > ${fullest} then ${fullest} else ${sum} end`,
        updated_at: later(now),
        ends_at: sql<number>`case when ${endsAt} > ${counter.endsAt} then ${endsAt} else ${counter.endsAt} end`,
      })
      return needed === undefined
        ? update
        : update.where(sql<boolean>`(${level(counter, now)}) + ${needed} <= ${counter.capacity}`)
    })
    .returning(['used', 'updated_at'])
    .executeTakeFirst()

/**
 * Gives back `amount` of what a hold took. Of a rate only what has not flowed off since: without the hold the counter could
 * have been empty meanwhile, and more would then be given back than it had taken.
 */
export const giveBack = async (
  connection: Connection,
  hold: Pick<QuotaHoldRow, 'counter' | 'held_at' | 'drain'>,
  amount: number,
  now: number,
): Promise<void> => {
  if (amount <= 0) return
  // An update that changes nothing holds the row on PostgreSQL until the transaction ends.
  const row = await connection
    .updateTable('access_quota_counters')
    .set({ updated_at: updatedAt })
    .where('counter', '=', hold.counter)
    .returning(['used', 'updated_at'])
    .executeTakeFirst()
  if (row === undefined) return // it ended
  const flowed = hold.drain * Math.max(0, Math.max(now, row.updated_at) - hold.held_at)
  const back = Math.min(row.used, Math.max(0, amount - flowed))
  if (back === 0) return
  await connection
    .updateTable('access_quota_counters')
    .set({ used: row.used - back })
    .where('counter', '=', hold.counter)
    .execute()
}
