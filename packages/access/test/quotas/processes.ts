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
const longest = 366 * 86_400
const shared = { measure: 'tokens', windowSeconds: longest, per: ['subject', 'model'] } as const
/** The same limit as a budget, and as a flow that gives nothing worth mentioning while the test goes on. */
const quotas: Quota[] = [
  { ...shared, id: 'budget', kind: 'window', limit, per: [...shared.per], subject: { role: 'budget' } },
  { ...shared, id: 'flow', kind: 'rate', limit: 1, burst: limit, per: [...shared.per], subject: { role: 'flow' } },
]
/** In turn the one, the other, and both: a request that is limited by two takes from both or from none. */
const rolesOf = (number: number): string[] => [['budget'], ['flow'], ['budget', 'flow']][number % 3] as string[]
const subjectOf = (number: number) => ({ type: 'user', id: 'shared', properties: { roles: rolesOf(number) } })
/** What has flowed off meanwhile is not given back: of a flow one whole token may be missing for it. */
const missingAtMost = (number: number): number => (rolesOf(number).includes('flow') ? 1 : 0)

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
  let isKilled = false
  const end = (): void => {
    isKilled = true
    child.kill('SIGKILL')
  }
  await new Promise<void>((resolve, reject) => {
    const onMessage = (message: Message): void => {
      if (message.number !== round.number) return
      if ('taken' in message) {
        result.taken += message.taken
        // In the middle: something is reserved and not settled.
        if (kill.whenHeld) end()
        kill.whenHeld = false
        return
      }
      result.used = message.used
      // One that is killed may have sent its last message before: it has ended when it is gone.
      if (kill.afterMs === undefined && !isKilled) finish()
    }
    const onExit = (code: number | null): void => {
      if (!isKilled)
        reject(new Error(`expected a process that is not killed to go on, found that it ended with ${code}`))
      result.isDead = true
      finish()
    }
    const finish = (): void => {
      child.off('message', onMessage).off('exit', onExit)
      resolve()
    }
    child.on('message', onMessage).once('exit', onExit)
    child.send(round)
    if (kill.afterMs !== undefined) setTimeout(end, kill.afterMs)
  })
  return result
}

/**
 * Eight processes take from one limit in each of many rounds; in every `killEvery`-th round one of them is killed when it
 * holds something. Never more may be used than the limit, and what the dead held must come back.
 */
export const contend = async (location: string, rounds: number, killEvery: number): Promise<{ killed: number }> => {
  const start = async (): Promise<ChildProcess> => {
    const child = runScript('./quota-worker.ts', location, JSON.stringify(quotas), String(reservationSeconds))
    await nextMessage(child)
    return child
  }
  const database = await openDatabase(location)
  const store = await openQuotas({ database, quotas, reservationSeconds })
  const remaining = async (number: number): Promise<number> => {
    const states = await store.states(subjectOf(number), `round-${number}`)
    return Math.min(...states.map((state) => state.remaining))
  }
  let children = await Promise.all(Array.from({ length: processes }, start))
  // Starts while the others go on: to start a process takes longer than a round.
  let spare = start()
  let killed = 0
  const random = createSeededRandom(7)
  const withDead: { number: number; used: number; lost: number }[] = []
  try {
    for (let number = 0; number < rounds; number += 1) {
      const isKilling = number % killEvery === killEvery - 1
      const whenHeld: Kill = { whenHeld: isKilling && killed % 2 === 0 }
      const victim = isKilling && killed % 2 === 1 ? random.integer(processes) : -1
      const cost = 1 + (Math.floor(number / 3) % 3)
      const round = { number, subject: subjectOf(number), attempts: 3, cost, settle: number % 2 === 0 }
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
        const left = await remaining(number)
        expect(left, `round ${number}`).toBeLessThanOrEqual(limit - used)
        expect(left, `round ${number}`).toBeGreaterThanOrEqual(
          limit - used - (round.settle ? missingAtMost(number) : 0),
        )
        // Eight processes ask for twice the limit: all of it was given, unless some gave back what came too late.
        if (!round.settle) expect(used, `round ${number}`).toBe(Math.floor(limit / round.cost) * round.cost)
      } else {
        killed += 1
        const { used: known, taken } = results[dead] ?? { used: 0, taken: 0 }
        withDead.push({ number, used, lost: taken - known })
        const replacement = await spare
        spare = start()
        children = children.map((child, index) => (index === dead ? replacement : child))
      }
    }
    // The dead have not renewed; all the living have settled.
    const later = createManualClock(new Date(Date.now() + reservationSeconds * 1000 + 1000).toISOString())
    const sweeper = await openQuotas({ database, quotas, reservationSeconds, clock: later })
    while ((await sweeper.releaseExpired()) > 0) {} // a bounded number at once
    sweeper.close()
    for (const { number, used, lost } of withDead) {
      // What the dead had settled stays; what they only held has come back.
      const left = await remaining(number)
      expect(left, `round ${number}`).toBeLessThanOrEqual(limit - used)
      expect(left, `round ${number}`).toBeGreaterThanOrEqual(limit - used - lost - missingAtMost(number))
      const answer = await store.reserve({
        subject: subjectOf(number),
        model: `round-${number}`,
        cost: { tokens: left },
      })
      expect(answer.admitted || left === 0, `round ${number}`).toBe(true)
    }
    const held = database.tables<{ access_quota_reservations: { holder: string } }>()
    const rows = await held.selectFrom('access_quota_reservations').select('holder').execute()
    expect(new Set(rows.map(({ holder }) => holder)).size).toBeLessThanOrEqual(1) // none but this process's own
    return { killed }
  } finally {
    const all = [...children, await spare]
    for (const child of all) child.kill('SIGKILL')
    await Promise.all(all.map(ended))
    store.close()
    await database.close()
  }
}
