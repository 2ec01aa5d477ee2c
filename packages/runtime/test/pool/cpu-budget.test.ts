import { expect, test } from 'vitest'
import { createCpuBudget } from '../../src/pool/cpu-budget.ts'

const worker = { pid: 7 }

test('a worker is spent at four fifths of its processor time, and is looked at only when it can be', async () => {
  let nowMs = 0
  let cpuMs: number | undefined = 100
  let looks = 0
  const budget = createCpuBudget(10, {
    processors: 2,
    nowMs: () => nowMs,
    readCpuMs: async () => {
      looks += 1
      return cpuMs
    },
  })
  const isSpentAt = async (timeMs: number, usedMs: number | undefined) => {
    nowMs = timeMs
    cpuMs = usedMs
    return [await budget.isSpent(worker), looks]
  }
  expect(await isSpentAt(0, 100)).toEqual([false, 1])
  // 100 ms and two processors for 3.9 s are less than 8 s.
  expect(await isSpentAt(3900, 5000)).toEqual([false, 1])
  expect(await isSpentAt(4000, 5000)).toEqual([false, 2])
  expect(await isSpentAt(5400, 7999)).toEqual([false, 2])
  expect(await isSpentAt(5500, 7999)).toEqual([false, 3])
  expect(await isSpentAt(5501, 8000)).toEqual([true, 4])
  expect(await isSpentAt(9999, undefined)).toEqual([false, 5])
})
