import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { dangerousPickle, disguise } from './mutations/disguise.ts'
import { mutate } from './mutations/mutate.ts'
import { readSeeds } from './mutations/seeds.ts'

/** 1,000,000 take about ten minutes: NOOTROPIC_MUTATIONS=1000000 pnpm test:conformance */
const count = Number(process.env.NOOTROPIC_MUTATIONS ?? 50_000)

/** Of the processor: a busy machine does not make a file slow. */
const allowedMs = 2000

const noteOf = (report: Awaited<ReturnType<typeof scan>>): string => report.stages[0]?.note ?? ''

test(`${count} mutations of every format: no reader fails, none takes longer than two seconds`, {
  timeout: 60 * 60_000,
}, async () => {
  const seeds = await readSeeds()
  expect(seeds.length).toBeGreaterThan(300)
  const random = createSeededRandom(1)
  const failures: string[] = []
  let slowestMs = 0
  for (let index = 0; index < count; index += 1) {
    const seed = seeds[index % seeds.length] ?? new Uint8Array(0)
    const other = seeds[random.integer(seeds.length)] ?? new Uint8Array(0)
    const bytes = mutate(seed, other, random)
    const before = process.cpuUsage()
    const note = noteOf(await scan(bytes))
    const { user, system } = process.cpuUsage(before)
    slowestMs = Math.max(slowestMs, (user + system) / 1000)
    if (/the reader of .* failed/.test(note))
      failures.push(`${index}: ${note} ${Buffer.from(bytes.subarray(0, 400)).toString('base64')}`)
  }
  expect(failures.slice(0, 5)).toEqual([])
  expect(slowestMs).toBeLessThan(allowedMs)
  expect(process.memoryUsage().rss).toBeLessThan(2 ** 31)
})

test(`${Math.floor(count / 5)} dangerous pickles, written and wrapped in every way, all fail`, {
  timeout: 60 * 60_000,
}, async () => {
  const random = createSeededRandom(2)
  const missed: string[] = []
  for (let index = 0; index < count / 5; index += 1) {
    const pickle = dangerousPickle(random)
    const bytes = disguise(pickle, random)
    const report = await scan(bytes)
    if (report.verdict !== 'fail')
      missed.push(
        `${index}: ${pickle.called} ${report.verdict} ${noteOf(report)} ${bytes.toString('base64').slice(0, 400)}`,
      )
  }
  expect(missed.slice(0, 12)).toEqual([])
})
