import type { ChildProcess } from 'node:child_process'
import { createManualClock, createSeededRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect } from 'vitest'
import type { Quota } from '../../src/quotas/quota.ts'
import { openQuotas } from '../../src/quotas/quotas.ts'
import type { Round } from '../support/quota-worker.ts'
import { ended, nextMessage, runScript } from '../support/run-script.ts'

const limit = 12
const processes = 8
const quota: Quota = {
  id: 'tokens',
  measure: 'tokens',
  kind: 'window',
  limit,
  windowSeconds: 366 * 86_400,
  per: ['subject', 'model'],
}
// Longer than a living process waits for its turn on a busy machine.
const reservationSeconds = 120

type Message = { number: number; taken: number } | { number: number; used: number; given: number }

/** How a process is to die in a round: when the first of all holds something, or after so many milliseconds. */
interface Kill {
  whenHeld: boolean
  readonly afterMs?: number
}

/** What one process took and used in a round; `isDead` if it was killed in it. */
const playRound = async (child: ChildProcess, round: Round, kill: Kill) => {
  const result = { taken: 0, used: 0, isDead: false }
  await new Promise<void>((resolve) => {
    const onMessage = (message: Message): void => {
      if (message.number !== round.number) return
      if ('taken' in message) {
        result.taken += message.taken
        // In the middle: something is reserved and not settled.
        if (kill.whenHeld) child.kill('SIGKILL')
        kill.whenHeld = false
        return
      }
      result.used = message.used
      if (kill.afterMs === undefined) finish()
    }
    const onExit = (): void => {
      result.isDead = true
      finish()
    }
    const finish = (): void => {
      child.off('message', onMessage).off('exit', onExit)
      resolve()
    }
    child.on('message', onMessage).once('exit', onExit)
    child.send(round)
    if (kill.afterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), kill.afterMs)
  })
  return result
}

/**
 * Eight processes take from one limit in each of many rounds; in every `killEvery`-th round one of them is killed when it
 * holds something. Never more may be used than the limit, and what the dead held must come back.
 */
export const contend = async (location: string, rounds: number, killEvery: number): Promise<{ killed: number }> => {
  const start = async (): Promise<ChildProcess> => {
    const child = runScript('./quota-worker.ts', location, JSON.stringify([quota]), String(reservationSeconds))
    await nextMessage(child)
    return child
  }
  const database = await openDatabase(location)
  const store = await openQuotas({ database, quotas: [quota], reservationSeconds })
  const subject = { type: 'user', id: 'shared' }
  const remaining = async (number: number): Promise<number> =>
    (await store.states(subject, `round-${number}`))[0]?.remaining ?? -1
  let children = await Promise.all(Array.from({ length: processes }, start))
  let killed = 0
  const random = createSeededRandom(7)
  const withDead: { number: number; used: number; lost: number }[] = []
  try {
    for (let number = 0; number < rounds; number += 1) {
      const isKilling = number % killEvery === killEvery - 1
      const whenHeld: Kill = { whenHeld: isKilling && killed % 2 === 0 }
      const victim = isKilling && killed % 2 === 1 ? random.integer(processes) : -1
      const round = { number, attempts: 3, cost: 1 + (number % 3), settle: number % 2 === 0 }
      const results = await Promise.all(
        children.map((child, index) =>
          playRound(child, round, index === victim ? { whenHeld: false, afterMs: random.integer(40) } : whenHeld),
        ),
      )
      const used = results.reduce((sum, one) => sum + one.used, 0)
      expect(used, `round ${number}`).toBeLessThanOrEqual(limit)
      const dead = results.findIndex(({ isDead }) => isDead)
      if (dead === -1) {
        // Everything is settled: the store must say exactly what the processes were given.
        expect(await remaining(number), `round ${number}`).toBe(limit - used)
        // Eight processes ask for twice the limit: all of it was given, unless some gave back what came too late.
        if (!round.settle) expect(used, `round ${number}`).toBe(Math.floor(limit / round.cost) * round.cost)
      } else {
        killed += 1
        const { used: known, taken } = results[dead] ?? { used: 0, taken: 0 }
        withDead.push({ number, used, lost: taken - known })
        const replacement = await start()
        children = children.map((child, index) => (index === dead ? replacement : child))
      }
    }
    // The dead have not renewed; all the living have settled.
    const later = createManualClock(new Date(Date.now() + reservationSeconds * 1000 + 1000).toISOString())
    const sweeper = await openQuotas({ database, quotas: [quota], reservationSeconds, clock: later })
    while ((await sweeper.releaseExpired()) > 0) {} // a bounded number at once
    sweeper.close()
    for (const { number, used, lost } of withDead) {
      // What the dead had settled stays; what they only held has come back.
      const left = await remaining(number)
      expect(left, `round ${number}`).toBeLessThanOrEqual(limit - used)
      expect(left, `round ${number}`).toBeGreaterThanOrEqual(limit - used - lost)
      const answer = await store.reserve({ subject, model: `round-${number}`, cost: { tokens: left } })
      expect(answer.admitted || left === 0, `round ${number}`).toBe(true)
    }
    const held = database.tables<{ access_quota_reservations: { holder: string } }>()
    const rows = await held.selectFrom('access_quota_reservations').select('holder').execute()
    expect(new Set(rows.map(({ holder }) => holder)).size).toBeLessThanOrEqual(1) // none but this process's own
    return { killed }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map(ended))
    store.close()
    await database.close()
  }
}
