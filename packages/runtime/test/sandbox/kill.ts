import type { Tensor } from '@nootropic/core'
import { expect } from 'vitest'
import type { PoolEvent, Sandbox } from '../../src/sandbox/index.ts'
import { additionModel } from '../models.ts'

const row = (...data: number[]): Tensor => ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) })

const sumOf = async (work: Promise<Record<string, Tensor>>): Promise<Tensor | undefined> => (await work).sum

/** What became of the runs. */
export interface Toll {
  readonly kills: number
  readonly answered: number
  readonly events: readonly PoolEvent[]
}

/**
 * Kills the worker that is busy `kills` times, from before the run is written to after it is answered, while three callers
 * ask one question after the other, no two of them alike. Each must be answered, once, with what was asked.
 */
export const runUnderKills = async (sandbox: Sandbox, kills: number): Promise<Toll> => {
  const events: PoolEvent[] = []
  const session = await sandbox.open({ main: additionModel() }, { onEvent: (event) => void events.push(event) })
  let answered = 0
  let asked = 0
  let killed = 0
  const ask = async (caller: number): Promise<void> => {
    while (killed < kills) {
      asked += 1
      const question = asked
      const sum = await sumOf(session.run({ left: row(question, caller, 0), right: row(question, -caller, 1) }))
      expect(sum).toEqual(row(2 * question, 0, 1))
      answered += 1
    }
  }
  const killBusy = async (): Promise<void> => {
    let last = -1
    while (killed < kills) {
      const { pid, metrics } = session
      // Every other time only when a spare is there.
      const isMeant = killed % 2 === 0 || metrics.warm > 0
      if (isMeant && pid !== last && metrics.running > 0) {
        process.kill(pid, 'SIGKILL')
        last = pid
        killed += 1
      }
      // From at once to some milliseconds later.
      if (killed % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
      else await new Promise((resolve) => setTimeout(resolve, killed % 5))
    }
  }
  await Promise.all([killBusy(), ask(1), ask(2), ask(3)])
  expect(answered).toBe(asked)
  await session.close()
  return { kills: killed, answered, events }
}
