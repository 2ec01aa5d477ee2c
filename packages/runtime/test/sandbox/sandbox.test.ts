import { readdirSync, readFileSync } from 'node:fs'
import type { Tensor } from '@nootropic/core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createSandbox, type SandboxSession } from '../../src/sandbox/index.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { openSandboxSession } from '../../src/sandbox/session.ts'
import { failureOf } from '../failure.ts'
import { additionModel, countingModel, echoModel, expansionModel, stealingModel } from '../models.ts'

// The strongest that this host offers: what is tested here must hold at every level.
const sandbox = createSandbox({ require: 'none' })

const row = (...data: number[]): Tensor => ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) })
const trips = (count: bigint): Record<string, Tensor> => ({
  trips: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
})
const endless = 2n ** 62n
const feeds = { left: row(1, 2, 3), right: row(10, 20, 30) }
const expected = Float32Array.of(11, 22, 33)

const parentOf = (pid: number): number => {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** The processes below this one, however deep. */
const descendants = (): number[] => {
  const isMine = (pid: number): boolean => pid === process.pid || (pid > 1 && isMine(parentOf(pid)))
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isMine(pid))
}

const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

let addition: SandboxSession
let counting: SandboxSession
beforeAll(async () => {
  addition = await sandbox.open({ main: additionModel() })
  counting = await sandbox.open({ main: countingModel() })
})
afterAll(async () => {
  // A worker that a test has killed comes back with the next run: both are alive when they are counted. Only where /proc
  // tells can anybody look.
  await Promise.all([addition.run(feeds), counting.run(trips(1n))])
  const workers = process.platform === 'linux' ? descendants().filter(isRunning) : []
  await Promise.all([addition.close(), counting.close()])
  if (process.platform === 'linux') expect(workers.length).toBeGreaterThanOrEqual(2)
  await vi.waitFor(() => expect(workers.filter(isRunning), 'workers left behind').toEqual([]))
})

test('a session in the sandbox is a session: signature, answer, proof', async () => {
  expect(addition.inputs).toEqual([
    { name: 'left', type: 'float32', dims: ['rows', 3] },
    { name: 'right', type: 'float32', dims: ['rows', 3] },
  ])
  expect(addition.isolation.layers.environment.state).toBe('enforced')
  expect(addition.pid).not.toBe(process.pid)
  expect((await addition.run(feeds)).sum).toEqual({ type: 'float32', dims: [1, 3], data: expected })
})

test('every kind of element comes back as it was sent', async () => {
  const session = await sandbox.open({ main: echoModel() })
  const sent: Record<string, Tensor> = {
    float32: { type: 'float32', dims: [2], data: Float32Array.of(1.5, -0) },
    float16: { type: 'float16', dims: [1], data: Uint16Array.of(0x3c00) },
    int64: { type: 'int64', dims: [1], data: BigInt64Array.of(-(2n ** 63n)) },
    bool: { type: 'bool', dims: [2], data: Uint8Array.of(0, 1) },
    string: { type: 'string', dims: [3], data: ['', 'snow ☃', '\ufeffmark'] },
  }
  const expected = Object.entries(sent).map(([name, tensor]) => [`${name}-out`, tensor])
  expect(await session.run(sent)).toEqual(Object.fromEntries(expected))
  await session.close()
})

test('bytes that are no model are refused as such', async () => {
  expect((await failureOf(sandbox.open({ main: Buffer.from('not a model') }))).code).toBe('MODEL_MALFORMED')
})

test('a model with a critical danger is refused, and no worker is started for it', async () => {
  const startWorker = vi.fn()
  const limits = defaultSandboxLimits
  const opening = openSandboxSession(
    { lendModel: (use) => use({ main: stealingModel() }), threads: 1, limits, startWorker },
    undefined,
  )
  const error = await failureOf(opening)
  expect(error).toMatchObject({ code: 'MODEL_REFUSED', details: { dangers: [{ kind: 'external-data-escapes' }] } })
  expect(startWorker).not.toHaveBeenCalled()
  expect((await failureOf(sandbox.open({ main: stealingModel() }))).code).toBe('MODEL_REFUSED')
})

test('wrong feeds are refused before they reach the worker', async () => {
  const pid = addition.pid
  expect((await failureOf(addition.run({ left: row(1, 2, 3) }))).code).toBe('INPUT_INVALID')
  expect(addition.pid).toBe(pid)
})

test('a run that does not end is killed at its deadline, and the next run is served', async () => {
  const started = performance.now()
  const error = await failureOf(counting.run(trips(endless), { deadlineMs: 100 }))
  expect(error.code).toBe('DEADLINE_EXCEEDED')
  expect(performance.now() - started).toBeLessThan(1000)
  expect((await counting.run(trips(5n))).counted?.data).toEqual(BigInt64Array.of(5n))
})

test('a caller may allow a run no more time than the host does', async () => {
  const messages: string[] = []
  for (const changed of [{ deadlineMs: 60 }, { deadlineMs: 60, maximumDeadlineMs: 120 }]) {
    const strict = createSandbox({ require: 'none', limits: changed, pool: { spare: 0 } })
    const session = await strict.open({ main: countingModel() })
    messages.push((await failureOf(session.run(trips(endless), { deadlineMs: 3_000_000 }))).message)
    await session.close()
  }
  expect(messages).toEqual([60, 120].map((ms) => `expected an answer within ${ms} ms; the work was stopped`))
})

test('a run says which worker it was', async () => {
  const { outputs, isolation, pid } = await addition.runTraced(feeds)
  expect([outputs.sum?.data, isolation, pid]).toEqual([expected, addition.isolation, addition.pid])
})

test('more texts than a worker decodes are refused before they reach one', async () => {
  const session = await sandbox.open({ main: echoModel() })
  const texts = (count: number): Record<string, Tensor> => ({
    float32: { type: 'float32', dims: [0], data: Float32Array.of() },
    float16: { type: 'float16', dims: [0], data: Uint16Array.of() },
    int64: { type: 'int64', dims: [0], data: BigInt64Array.of() },
    bool: { type: 'bool', dims: [0], data: Uint8Array.of() },
    string: { type: 'string', dims: [count], data: Array<string>(count).fill('') },
  })
  const { pid } = session
  const error = await failureOf(session.run(texts(65_537)))
  expect([error.code, error.message]).toEqual(['LIMIT_EXCEEDED', expect.stringContaining('at most 65536 texts')])
  expect((await session.run(texts(65_536)))['string-out']?.dims).toEqual([65_536])
  expect(session.pid).toBe(pid)
  await session.close()
})

const familyOf = (pid: number): number[] => [
  pid,
  ...descendants()
    .filter((other) => parentOf(other) === pid)
    .flatMap(familyOf),
]
const withoutProc = process.platform === 'linux' ? '' : ' (skipped: needs Linux)'

test.skipIf(withoutProc)(`what holds a worker bounds its stack, which no limit of memory counts${withoutProc}`, () => {
  for (const pid of familyOf(addition.pid)) {
    expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max stack size {2,}8388608 {2,}8388608 /m)
  }
})

test('a caller who gives up stops the run', async () => {
  const controller = new AbortController()
  const run = failureOf(counting.run(trips(endless), { signal: controller.signal }))
  setTimeout(() => controller.abort(), 50)
  expect((await run).code).toBe('ABORTED')
  expect((await counting.run(trips(3n))).counted?.data).toEqual(BigInt64Array.of(3n))
})

test('a run that waits is stopped without harm to the one that is served', async () => {
  const long = counting.run(trips(200_000n))
  const waiting = failureOf(counting.run(trips(1n), { deadlineMs: 1 }))
  expect((await waiting).code).toBe('DEADLINE_EXCEEDED')
  expect((await long).counted?.data).toEqual(BigInt64Array.of(200_000n))
})

test('the event loop of the host goes on while a model works', async () => {
  let ticks = 0
  const timer = setInterval(() => {
    ticks += 1
  }, 1)
  await failureOf(counting.run(trips(endless), { deadlineMs: 200 }))
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(20)
})

test('only so many may wait', async () => {
  const session = await createSandbox({ require: 'none', limits: { queueLength: 2 } }).open({ main: countingModel() })
  const long = failureOf(session.run(trips(endless), { deadlineMs: 300 }))
  const waiting = [session.run(trips(1n)), session.run(trips(2n))]
  expect((await failureOf(session.run(trips(3n)))).code).toBe('LIMIT_EXCEEDED')
  expect((await long).code).toBe('DEADLINE_EXCEEDED')
  const answers = await Promise.all(waiting)
  expect(answers.map(({ counted }) => counted?.data[0])).toEqual([1n, 2n])
  await session.close()
})

test('an output that is too large is refused and the worker serves on', async () => {
  const session = await createSandbox({ require: 'none', limits: { outputBytes: 1000 } }).open({
    main: expansionModel(),
  })
  const expand = (count: bigint) =>
    session.run({
      value: { type: 'float32', dims: [1], data: Float32Array.of(7) },
      shape: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
    })
  expect((await expand(250n)).expanded?.dims).toEqual([250])
  const pid = session.pid
  expect((await failureOf(expand(251n))).code).toBe('LIMIT_EXCEEDED')
  expect((await failureOf(expand(100_000n))).code).toBe('LIMIT_EXCEEDED')
  expect((await expand(1n)).expanded?.dims).toEqual([1])
  expect(session.pid).toBe(pid)
  await session.close()
})

test('a closed session stops what runs and takes nothing more', async () => {
  const session = await sandbox.open({ main: countingModel() })
  const run = failureOf(session.run(trips(endless)))
  await session.close()
  expect((await run).code).toBe('ABORTED')
  expect((await failureOf(session.run(trips(1n)))).code).toBe('USAGE')
})

test('opening can be given up', async () => {
  const error = await failureOf(sandbox.open({ main: additionModel() }, { signal: AbortSignal.abort() }))
  expect(error.code).toBe('ABORTED')
})
