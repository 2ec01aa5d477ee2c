import { createManualClock, NootropicError } from '@nootropic/core'
import { expect, test } from 'vitest'
import { defaultPoolOptions } from '../../src/pool/pool-options.ts'
import { suspicionMs } from '../../src/pool/quarantine.ts'
import { failureOf } from '../failure.ts'
import { doubleLimits, feedsOf, openPoolOfDoubles, settled } from './worker-double.ts'

const never = new AbortController().signal
const alone = { ...defaultPoolOptions, batching: false, spare: 0 }

test('runs are served in the order they came, one by one', async () => {
  const { pool, runs, given } = openPoolOfDoubles({ options: alone })
  const answers = [1, 2, 3].map((value) => pool.run(feedsOf(value), never))
  expect(pool.metrics).toEqual({ waiting: 2, waitingBytes: 8, running: 1, warm: 0 })
  for (const count of [1, 2, 3]) (await given(count)).answer()
  await Promise.all(answers)
  expect(runs.map(({ value }) => value)).toEqual([1, 2, 3])
  expect(pool.metrics).toEqual({ waiting: 0, waitingBytes: 0, running: 0, warm: 1 })
  await pool.close()
})

test('as many runs go on at the same time as there are workers, and the spare is not one of them', async () => {
  const { pool, runs, given, alive } = openPoolOfDoubles({ options: { ...alone, workers: 2, spare: 1 } })
  const answers = [1, 2, 3].map((value) => pool.run(feedsOf(value), never))
  await settled()
  expect([runs.length, alive.size, pool.metrics.running, pool.metrics.warm]).toEqual([2, 3, 2, 1])
  for (const count of [1, 2, 3]) (await given(count)).answer()
  await Promise.all(answers)
  await pool.close()
  expect(alive.size).toBe(0)
})

test('whoever opens a model pays for one worker until it has run', async () => {
  const { pool, given, alive } = openPoolOfDoubles()
  await settled()
  const answer = pool.run(feedsOf(1), never)
  await settled()
  expect(alive.size).toBe(1)
  ;(await given(1)).answer()
  await answer
  await settled()
  expect(alive.size).toBe(2)
  await pool.close()
})

test('only so many may wait, and only so much; what is refused disturbs nobody', async () => {
  const { pool, given } = openPoolOfDoubles({ options: alone })
  const answers = [1, 2, 3].map((value) => pool.run(feedsOf(value), never))
  const large = await failureOf(pool.run(feedsOf(4, 249), never))
  expect([large.code, large.message]).toEqual(['LIMIT_EXCEEDED', expect.stringMatching(/1000 bytes.* 996 more/)])
  answers.push(pool.run(feedsOf(4), never), pool.run(feedsOf(5), never))
  const last = await failureOf(pool.run(feedsOf(6), never))
  expect([last.code, last.message]).toEqual(['LIMIT_EXCEEDED', expect.stringContaining('at most 4 runs')])
  for (const count of [1, 2, 3, 4, 5]) (await given(count)).answer()
  await Promise.all(answers)
  // With nobody waiting, size is for other limits.
  const alone249 = pool.run(feedsOf(7, 1000), never)
  ;(await given(6)).answer()
  await alone249
  await pool.close()
})

test('who gives up while waiting leaves the queue; who gives up while served ends the worker, and nobody else', async () => {
  const { pool, runs, given, alive } = openPoolOfDoubles({ options: alone })
  const first = new AbortController()
  const second = new AbortController()
  const gone = [failureOf(pool.run(feedsOf(1), first.signal)), failureOf(pool.run(feedsOf(2), second.signal))]
  const third = pool.run(feedsOf(3), never)
  second.abort(new NootropicError('ABORTED', 'waiting'))
  expect(pool.metrics.waiting).toBe(1)
  first.abort(new NootropicError('DEADLINE_EXCEEDED', 'running'))
  expect((await Promise.all(gone)).map(({ message }) => message)).toEqual(['running', 'waiting'])
  const next = await given(2)
  expect([next.value, next.pid, alive.has(1)]).toEqual([3, 2, false])
  next.answer()
  await third
  expect(runs).toHaveLength(2)
  await pool.close()
})

test('a run whose worker is killed from outside is run again, before those that wait', async () => {
  const { pool, runs, events, given } = openPoolOfDoubles()
  const answers = [1, 2].map((value) => pool.run(feedsOf(value), never))
  for (const count of [1, 2, 3, 4]) (await given(count)).die('killed from outside')
  ;(await given(5)).answer()
  ;(await given(6)).answer()
  const outputs = await Promise.all(answers)
  expect(outputs.map(({ y }) => y?.data[0])).toEqual([1, 2])
  expect(runs.map(({ value }) => value)).toEqual([1, 1, 1, 1, 1, 2])
  expect(events.filter(({ type }) => type === 'run-replayed')).toHaveLength(4)
  expect(events.some(({ type }) => type === 'input-quarantined')).toBe(false)
  await pool.close()
})

test('a worker that says it was killed from outside for ever does not run for ever', async () => {
  const { pool, runs } = openPoolOfDoubles()
  const failed = failureOf(pool.run(feedsOf(1), never))
  let isOver = false
  void failed.then(() => {
    isOver = true
  })
  let kills = 0
  while (!isOver) {
    await settled()
    runs[kills]?.die('killed from outside')
    if (kills < runs.length) kills += 1
  }
  expect((await failed).code).toBe('WORKER_FAILED')
  expect(kills).toBe(5)
  await pool.close()
})

test('an input that ends two workers is quarantined: refused from then on, without a worker, wherever it waits', async () => {
  const { pool, runs, events, given } = openPoolOfDoubles()
  const failed = failureOf(pool.run(feedsOf(666), never))
  const waiting = failureOf(pool.run(feedsOf(666), never))
  const other = pool.run(feedsOf(1), never)
  ;(await given(1)).die('died of the run')
  ;(await given(2)).die('broke the protocol')
  const error = await failed
  expect(error).toMatchObject({ code: 'WORKER_FAILED', details: { quarantined: expect.stringMatching(/^sha256:/) } })
  ;(await given(3)).answer()
  expect((await other).y?.data[0]).toBe(1)
  const later = await failureOf(pool.run(feedsOf(666), never))
  for (const { code, details } of [await waiting, later]) {
    expect([code, details]).toEqual(['INPUT_INVALID', { quarantined: error.details.quarantined, deaths: 2 }])
  }
  expect(runs.map(({ value }) => value)).toEqual([666, 666, 1])
  const digest = error.details.quarantined
  const told = events.filter(({ type }) => type.startsWith('input-'))
  expect(told).toEqual([
    { type: 'input-quarantined', digest },
    { type: 'input-refused', digest },
    { type: 'input-refused', digest },
  ])
  await pool.close()
})

test('an input that survives its second worker is answered, and the death of the first is forgotten', async () => {
  const { pool, given } = openPoolOfDoubles()
  const lucky = pool.run(feedsOf(13), never)
  ;(await given(1)).die('died of the run')
  ;(await given(2)).answer()
  await lucky
  const failed = failureOf(pool.run(feedsOf(13), never))
  ;(await given(3)).die('died of the run')
  ;(await given(4)).die('died of the run')
  expect((await failed).details.quarantined).toBeDefined()
  await pool.close()
})

test('a run that uses up all the time that anybody may have counts against its input; one of a caller in a hurry does not', async () => {
  const limits = { ...doubleLimits, deadlineMs: 30 }
  const { pool, given } = openPoolOfDoubles({ limits })
  const overdue = new NootropicError('DEADLINE_EXCEEDED', 'time is over')
  const runAndStop = async (value: number, afterMs: number, count: number) => {
    const stop = new AbortController()
    const failed = failureOf(pool.run(feedsOf(value), stop.signal))
    await given(count)
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    stop.abort(overdue)
    expect(await failed).toBe(overdue)
  }
  await runAndStop(1, 1, 1)
  await runAndStop(1, 1, 2)
  await runAndStop(2, 35, 3)
  await runAndStop(2, 35, 4)
  expect((await failureOf(pool.run(feedsOf(2), never))).code).toBe('INPUT_INVALID')
  const answer = pool.run(feedsOf(1), never)
  ;(await given(5)).answer()
  await answer
  await pool.close()
})

test('an error that the worker survives is the answer, and costs no worker', async () => {
  const { pool, given, alive } = openPoolOfDoubles({ options: alone })
  const failed = failureOf(pool.run(feedsOf(1), never))
  ;(await given(1)).refuse()
  expect((await failed).code).toBe('INPUT_INVALID')
  expect(alive.has(1)).toBe(true)
  await pool.close()
})

test('a worker that is warm takes the place of one that dies, and is replaced itself', async () => {
  const { pool, events, given, alive } = openPoolOfDoubles()
  const answer = pool.run(feedsOf(1), never)
  ;(await given(1)).answer()
  await answer
  await settled()
  expect([...alive]).toEqual([1, 2])
  const again = pool.run(feedsOf(2), never)
  ;(await given(2)).die('killed from outside')
  const replayed = await given(3)
  expect(replayed.pid).toBe(2)
  replayed.answer()
  await again
  await settled()
  expect([...alive]).toEqual([2, 3])
  expect(events).toContainEqual({ type: 'spare-used', pid: 2 })
  await pool.close()
})

test('a worker that died while nobody used it is given no run', async () => {
  const { pool, dieIdle, given, events } = openPoolOfDoubles({ options: alone })
  dieIdle(1)
  const answer = pool.run(feedsOf(1), never)
  const run = await given(1)
  expect(run.pid).toBe(2)
  run.answer()
  await answer
  expect(events).toContainEqual({ type: 'worker-ended', pid: 1, cause: 'unknown' })
  await pool.close()
})

test('workers that do not start are tried ever more rarely; who waits learns the reason, until one starts', async () => {
  let failures = 0
  let isBroken = true
  const startFailures = () => {
    if (!isBroken) return undefined
    failures += 1
    return new NootropicError('ISOLATION_UNAVAILABLE', 'no namespaces today')
  }
  const { pool, dieIdle, events, given } = openPoolOfDoubles({ options: alone, startFailures })
  const served = pool.run(feedsOf(0), never)
  ;(await given(1)).answer()
  await served
  dieIdle(1)
  const waiting = await failureOf(pool.run(feedsOf(1), never))
  expect([waiting.code, waiting.message]).toEqual([
    'ISOLATION_UNAVAILABLE',
    expect.stringMatching(/4 in a row did not \(no namespaces today\)/),
  ])
  const retries = events.flatMap((event) => (event.type === 'start-failed' ? [event.retryMs] : []))
  expect(retries).toEqual([100, 200, 400, 800])
  // From now on nobody waits for nothing.
  expect((await failureOf(pool.run(feedsOf(1), never))).code).toBe('ISOLATION_UNAVAILABLE')
  expect([failures, pool.metrics.waiting]).toEqual([4, 0])
  isBroken = false
  while (pool.metrics.warm === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  const answer = pool.run(feedsOf(1), never)
  ;(await given(2)).answer()
  await answer
  await pool.close()
})

test('workers that end as soon as they are loaded are started ever more rarely, and who waits learns it', async () => {
  let isStillborn = true
  const opened = openPoolOfDoubles({ options: alone, isStillborn: () => isStillborn })
  const { pool, runs, given } = opened
  const error = await failureOf(pool.run(feedsOf(1), never))
  expect([error.code, error.message]).toEqual([
    'WORKER_FAILED',
    expect.stringMatching(/4 in a row did not \(the worker ended before it was asked for anything\)/),
  ])
  // The first, and one after each delay of 100, 200 and 400 ms.
  expect(opened.started).toBe(4)
  expect(runs).toEqual([])
  isStillborn = false
  while (pool.metrics.warm === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  const answer = pool.run(feedsOf(1), never)
  ;(await given(1)).answer()
  await answer
  await pool.close()
})

test('an answer says which worker gave it, whoever was given a run since', async () => {
  const { pool, trace, given } = openPoolOfDoubles({ options: { ...alone, workers: 2 } })
  const warm = pool.run(feedsOf(0), never)
  ;(await given(1)).answer()
  await warm
  await settled()
  const answers = [1, 2].map((value) => trace(feedsOf(value), never))
  const [first, second] = [await given(2), await given(3)]
  first.answer()
  second.answer()
  const traced = await Promise.all(answers)
  expect(traced.map(({ pid }) => pid)).toEqual([first.pid, second.pid])
  expect(first.pid).not.toBe(second.pid)
  expect(pool.lastServed.pid).toBe(second.pid)
  await pool.close()
})

test('a worker that has used most of its processor time is replaced between two runs', async () => {
  const spent = new Set([1])
  const cpuBudget = { isSpent: async ({ pid }: { readonly pid: number }) => spent.has(pid) }
  const { pool, events, given } = openPoolOfDoubles({ options: alone, cpuBudget })
  const answers = [1, 2, 3].map((value) => pool.run(feedsOf(value), never))
  for (const count of [1, 2, 3]) (await given(count)).answer()
  await Promise.all(answers)
  expect((await Promise.all([1, 2, 3].map(given))).map(({ pid }) => pid)).toEqual([1, 2, 2])
  expect(events.filter(({ type }) => type === 'worker-ended')).toEqual([
    { type: 'worker-ended', pid: 1, cause: 'stopped' },
  ])
  await pool.close()
})

test('what is held against an input is forgotten after a while', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const { pool, given } = openPoolOfDoubles({ clock })
  const bad = failureOf(pool.run(feedsOf(666), never))
  for (const count of [1, 2]) (await given(count)).die('died of the run')
  expect((await bad).details.quarantined).toBeDefined()
  expect((await failureOf(pool.run(feedsOf(666), never))).code).toBe('INPUT_INVALID')
  clock.advance(suspicionMs)
  const answer = pool.run(feedsOf(666), never)
  ;(await given(3)).answer()
  await answer
  await pool.close()
})

test('a pool that is drained finishes what is inside and takes nothing new', async () => {
  const { pool, given, alive } = openPoolOfDoubles({ options: alone })
  const answers = [1, 2].map((value) => pool.run(feedsOf(value), never))
  const drained = pool.drain()
  expect((await failureOf(pool.run(feedsOf(3), never))).code).toBe('ABORTED')
  ;(await given(1)).answer()
  ;(await given(2)).answer()
  expect((await Promise.all(answers)).map(({ y }) => y?.data[0])).toEqual([1, 2])
  await drained
  expect(alive.size).toBe(0)
})

test('a pool that is restarted has new workers, and lost no run', async () => {
  const { pool, given, alive } = openPoolOfDoubles()
  const answers = [1, 2].map((value) => pool.run(feedsOf(value), never))
  await settled()
  const restarted = pool.restart()
  ;(await given(1)).answer()
  ;(await given(2)).answer()
  await Promise.all([...answers, restarted])
  await settled()
  expect([alive.has(1), alive.has(2), alive.size]).toEqual([false, false, 2])
  await pool.close()
})

test('a closed pool ends what runs and what waits', async () => {
  const { pool, alive } = openPoolOfDoubles()
  const failed = [1, 2].map((value) => failureOf(pool.run(feedsOf(value), never)))
  await pool.close()
  expect((await Promise.all(failed)).map(({ code }) => code)).toEqual(['ABORTED', 'ABORTED'])
  expect(alive.size).toBe(0)
})

test('an observer that fails disturbs nothing', async () => {
  const { pool, given } = openPoolOfDoubles({
    onEvent: () => {
      throw new Error('no')
    },
  })
  const answer = pool.run(feedsOf(1), never)
  ;(await given(1)).die('killed from outside')
  ;(await given(2)).answer()
  await answer
  await pool.close()
})
