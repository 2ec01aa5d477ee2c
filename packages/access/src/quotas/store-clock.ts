import type { Clock } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { type Kysely, sql } from 'kysely'

/** Milliseconds since 1970. */
export type StoreNow = (connection: Kysely<unknown>) => Promise<number>

/**
 * The clock of the store, which all its processes share: on several hosts their own clocks differ, and a window would end
 * at a different time on each. With `clock` it is that one.
 */
export const createStoreClock = (engine: Database['engine'], clock?: Clock): StoreNow => {
  if (clock !== undefined) return async () => clock.now().getTime()
  const query =
    engine === 'postgres'
      ? sql<{ now: number }>`select cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint) as now`
      : sql<{ now: number }>`select cast(unixepoch('now', 'subsec') * 1000 as integer) as now`
  return async (connection) => {
    const { rows } = await query.execute(connection)
    return Number(rows[0]?.now)
  }
}
