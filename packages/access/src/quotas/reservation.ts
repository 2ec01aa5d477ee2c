import { NootropicError } from '@nootropic/core'
import type { Kysely } from 'kysely'
import { chargeRegardless, giveBack } from './charge.ts'
import type { Counter } from './counter.ts'
import { countsOf, parseQuotaAmounts, type QuotaAmounts, type QuotaMeasure } from './quota.ts'
import type { QuotaTables } from './quota-table.ts'
import { endReservation } from './release.ts'

/** What was taken from the quotas until it is settled. */
export interface Reservation {
  /**
   * Replaces what was reserved by what was used; measures that are left out stay as reserved. What was used beyond the
   * reservation is counted in full, even past the limit.
   *
   * @throws NootropicError `USAGE` when it was settled before; `STORAGE_FAILED`: it is then tried again by itself.
   */
  settle(used: QuotaAmounts): Promise<void>
  /** Gives all of it back: nothing was used. */
  release(): Promise<void>
}

/** What a request costs in a measure, or undefined if it does not say. */
export const costOf = (cost: QuotaAmounts, measure: QuotaMeasure): number | undefined =>
  cost[measure] ?? (measure === 'requests' ? 1 : undefined)

/** What was reserved: under which id, of which counters, at which cost. */
export interface Reserved {
  readonly id: string
  readonly counters: readonly Counter[]
  readonly cost: QuotaAmounts
}

/** Replaces what was reserved by what was used, on every counter or on none. */
export const settleReservation = (
  tables: Kysely<QuotaTables>,
  now: (connection: Kysely<QuotaTables>) => Promise<number>,
  { id, counters, cost }: Reserved,
  used: QuotaAmounts,
): Promise<void> =>
  tables.transaction().execute(async (transaction) => {
    const time = await now(transaction)
    const holds = await endReservation(transaction, id)
    for (const counter of counters) {
      const { measure } = counter.quota
      const expected = costOf(cost, measure) ?? 0
      const reserved = countsOf(measure, expected) * counter.unit
      const actual = countsOf(measure, used[measure] ?? expected) * counter.unit
      const hold = holds?.find((one) => one.counter === counter.key)
      // A reservation that expired was given back: all of it is counted now.
      if (holds === undefined) await chargeRegardless(transaction, counter, actual, time)
      else if (actual > reserved) await chargeRegardless(transaction, counter, actual - reserved, time)
      else if (hold !== undefined) await giveBack(transaction, hold, reserved - actual, time)
    }
  })

/** A reservation whose first successful settlement is its only one. */
export const createReservation = (
  settle: (used: QuotaAmounts) => Promise<void>,
  onFailed: (again: () => Promise<void>) => void,
): Reservation => {
  let isSettled = false
  const finish = async (used: QuotaAmounts): Promise<void> => {
    if (isSettled) {
      throw new NootropicError('USAGE', 'expected to settle a reservation once, got a second call; reserve again')
    }
    isSettled = true
    try {
      await settle(used)
    } catch (error) {
      isSettled = false // it is still held
      onFailed(() => finish(used))
      throw error
    }
  }
  return {
    settle: async (used) => finish(parseQuotaAmounts(used)),
    release: () => finish({ requests: 0, tokens: 0, bytes: 0, 'compute-seconds': 0 }),
  }
}
