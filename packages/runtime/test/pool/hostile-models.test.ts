import { readdirSync, readFileSync } from 'node:fs'
import type { Tensor } from '@nootropic/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSandbox, type PoolEvent, readWorkerUsage, type SandboxSession } from '../../src/sandbox/index.ts'
import { failureOf } from '../failure.ts'
import { additionModel, countingModel, expansionModel } from '../models.ts'

const sandbox = createSandbox({ require: 'none' })
const row: Tensor = { type: 'float32', dims: [1, 3], data: Float32Array.of(1, 2, 3) }
const trips = (count: bigint): Record<string, Tensor> => ({
  trips: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
})
const endless = 2n ** 62n
const mebibyte = 1024 ** 2

let neighbour: SandboxSession
beforeAll(async () => {
  neighbour = await sandbox.open({ main: additionModel() })
})
afterAll(() => neighbour.close())

/** The neighbour answers, with the worker it had. */
const verifyNeighbour = async (pid: number): Promise<void> => {
  expect((await neighbour.run({ left: row, right: row })).sum?.data).toEqual(Float32Array.of(2, 4, 6))
  expect(neighbour.pid).toBe(pid)
}

test('a model that asks for 50 GB gets nothing, and neither host nor neighbours notice', async () => {
  const { pid } = neighbour
  const session = await sandbox.open({ main: expansionModel() })
  const expand = (count: bigint) =>
    session.run({
      value: { type: 'float32', dims: [1], data: Float32Array.of(7) },
      shape: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
    })
  const before = process.memoryUsage().rss
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect((await failureOf(expand(12_500_000_000n))).code).toBe('LIMIT_EXCEEDED')
    await verifyNeighbour(pid)
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * mebibyte)
  expect((await expand(3n)).expanded?.data).toEqual(Float32Array.of(7, 7, 7))
  await session.close()
})

test('a run that loops for ever is ended at its deadline; those that wait behind it and beside it are served', async () => {
  const { pid } = neighbour
  const session = await sandbox.open({ main: countingModel() })
  const bad = failureOf(session.run(trips(endless), { deadlineMs: 300 }))
  const behind = [1n, 2n, 3n].map((count) => session.run(trips(count)))
  await verifyNeighbour(pid)
  expect((await bad).code).toBe('DEADLINE_EXCEEDED')
  expect((await Promise.all(behind)).map(({ counted }) => counted?.data[0])).toEqual([1n, 2n, 3n])
  await session.close()
})

test('an input that loops for as long as the limits allow is quarantined after two workers', async () => {
  const events: PoolEvent[] = []
  const limited = createSandbox({ require: 'none', limits: { deadlineMs: 300 } })
  const session = await limited.open({ main: countingModel() }, { onEvent: (event) => void events.push(event) })
  for (const code of ['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'INPUT_INVALID']) {
    // While a worker is there: the time of a start is not the input's.
    while (session.metrics.warm === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    expect((await failureOf(session.run(trips(endless)))).code).toBe(code)
  }
  expect(events.filter(({ type }) => type.startsWith('input-')).map(({ type }) => type)).toEqual([
    'input-quarantined',
    'input-refused',
  ])
  await session.close()
})

test('two workers of one model run at the same time', async () => {
  const session = await createSandbox({ require: 'none', pool: { workers: 2, spare: 0 } }).open({
    main: countingModel(),
  })
  const controller = new AbortController()
  const long = failureOf(session.run(trips(endless), { signal: controller.signal }))
  expect((await session.run(trips(4n))).counted?.data[0]).toBe(4n)
  expect(session.metrics.running).toBe(1)
  controller.abort()
  expect((await long).code).toBe('ABORTED')
  await session.close()
})

test('a session that is restarted serves on with another worker; one that is drained answers first', async () => {
  const session = await sandbox.open({ main: additionModel() })
  await session.run({ left: row, right: row })
  const { pid } = session
  await session.restart()
  const answer = session.run({ left: row, right: row })
  const drained = session.drain()
  expect((await answer).sum?.data[0]).toBe(2)
  await drained
  expect(session.pid).not.toBe(pid)
  expect((await failureOf(session.run({ left: row, right: row }))).code).toBe('USAGE')
})

const withoutProc = process.platform === 'linux' ? '' : ' (skipped: needs Linux)'

test.skipIf(withoutProc)(`what a worker uses can be read, whatever holds it${withoutProc}`, async () => {
  await neighbour.run({ left: row, right: row })
  const usage = await readWorkerUsage(neighbour.pid)
  expect(usage?.residentBytes).toBeGreaterThan(20 * mebibyte)
  expect(usage?.minorFaults).toBeGreaterThan(1000)
  expect(usage?.cpuMs).toBeGreaterThan(0)
  // The test of the test: this is what /proc says of those below this process.
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  expect(children).toContain(String(neighbour.pid))
  expect(readFileSync(`/proc/${neighbour.pid}/stat`, 'latin1')).toContain('(')
})
