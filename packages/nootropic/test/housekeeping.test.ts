import { expect, test, vi } from 'vitest'
import { createHousekeeping } from '../src/housekeeping.ts'

test('every task has its turn, in order, though one before it fails, and the failure is told', async () => {
  const done: string[] = []
  const onError = vi.fn()
  const failure = new Error('the database is away')
  const housekeeping = createHousekeeping(
    [async () => done.push('first'), async () => Promise.reject(failure), async () => done.push('third')],
    0,
    onError,
  )
  await housekeeping.run()
  expect(done).toEqual(['first', 'third'])
  expect(onError).toHaveBeenCalledExactlyOnceWith(failure)
  await housekeeping.stop()
})

test('it comes round by itself until it is stopped, and a round is never begun beside another', async () => {
  vi.useFakeTimers()
  try {
    let running = 0
    let rounds = 0
    const task = async () => {
      running += 1
      expect(running).toBe(1)
      await Promise.resolve()
      running -= 1
      rounds += 1
    }
    const housekeeping = createHousekeeping([task], 60, () => {})
    await vi.advanceTimersByTimeAsync(180_000)
    expect(rounds).toBe(3)
    await housekeeping.stop()
    await vi.advanceTimersByTimeAsync(180_000)
    expect(rounds).toBe(3)
  } finally {
    vi.useRealTimers()
  }
})
