// Takes from quotas in a shared database as its parent says, and answers each round with what it was given. Some rounds
// ask it to hold a reservation that it never settles, so that it can be killed in the middle.
import type { AccessRequest } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import type { Quota } from '../../src/quotas/quota.ts'
import { openQuotas } from '../../src/quotas/quotas.ts'

export interface Round {
  readonly number: number
  /** Who asks: its roles say which quotas limit it. */
  readonly subject: AccessRequest['subject']
  readonly attempts: number
  readonly cost: number
  /** Settle half of what was given for less. */
  readonly settle: boolean
}
export interface RoundResult {
  readonly number: number
  /** What was used in the end, by all that was given. */
  readonly used: number
  readonly given: number
}

const [location = '', quotasText = '', reservationSeconds = ''] = process.argv.slice(2)
const quotas = JSON.parse(quotasText) as Quota[]
const database = await openDatabase(location)
const store = await openQuotas({ database, quotas, reservationSeconds: Number(reservationSeconds) })

process.on('message', async ({ number, subject, attempts, cost, settle }: Round) => {
  let used = 0
  let given = 0
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    // Each round has a model of its own, and so counts of its own.
    const answer = await store.reserve({
      subject,
      model: `round-${number}`,
      cost: { tokens: cost },
    })
    if (!answer.admitted) continue
    given += 1
    // Every amount that was given is told before anything else: a kill cannot hide it.
    process.send?.({ number, taken: cost })
    const spent = settle && attempt % 2 === 0 ? cost - 1 : cost
    await answer.reservation.settle({ tokens: spent })
    used += spent
  }
  process.send?.({ number, used, given } satisfies RoundResult)
})
process.send?.('open')
