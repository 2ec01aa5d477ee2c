import {
  createManualClock,
  type ErrorCode,
  NootropicError,
  type Tensor,
  type UsageAmounts,
  type UsageAnswer,
  type UsageLimiter,
  type UsageRequest,
} from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { afterEach, expect, test } from 'vitest'
import { defaultExecutionPolicy, type ExecutorParts } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { additionModel, divisionModel, tokenModel } from '../models.ts'
import { openExecution } from './open-execution.ts'

let execution: Awaited<ReturnType<typeof openExecution>>
afterEach(() => execution.close())

const row = (...data: number[]): Tensor => ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) })
const addition = { model: 'adder', inputs: { left: row(1, 2, 3), right: row(1, 2, 3) }, credential: 'key' }
const mebibytes = 1024 ** 2
const storageFailed = new NootropicError('STORAGE_FAILED', 'expected a database, found none; start it')

/** A limiter that writes down what it is asked; `answer` and `ending` say what it does instead of admitting and settling. */
const createLimiter = (doubles: { answer?: () => UsageAnswer; ending?: () => void } = {}) => {
  const reserved: UsageRequest[] = []
  const ended: (UsageAmounts | 'released')[] = []
  const end = async (how: UsageAmounts | 'released'): Promise<void> => {
    doubles.ending?.()
    ended.push(how)
  }
  const usage: UsageLimiter = {
    async reserve(request) {
      reserved.push(request)
      const reservation = { settle: end, release: () => end('released') }
      return doubles.answer?.() ?? { admitted: true, reservation }
    },
  }
  return { usage, reserved, ended }
}

const start = async (parts: Partial<ExecutorParts>) => {
  execution = await openExecution(parts)
  await execution.serve('adder', '1.0.0', additionModel())
  return execution
}

test('a run reserves what it can use at most, and settles what it used', async () => {
  const { usage, reserved, ended } = createLimiter()
  const { executor } = await start({ usage })
  await executor.execute({ ...addition, deadlineMs: 1500 })
  expect(reserved).toEqual([
    {
      subject: { type: 'user', id: 'ada' },
      model: 'adder',
      // The output has as many rows as the inputs: how large it will be nobody knows before.
      cost: { requests: 1, tokens: 0, bytes: 24 + 64 * mebibytes, 'compute-seconds': 1.5 },
    },
  ])
  expect(ended).toEqual([{ bytes: 36, 'compute-seconds': expect.any(Number) }])
})

test('tokens are the elements of input_ids, and an output of a declared size is reserved with that size', async () => {
  const { usage, reserved } = createLimiter()
  const { executor, serve } = await start({ usage })
  await serve('speaker', '1.0.0', tokenModel())
  const inputs = { input_ids: { type: 'int64', dims: [4], data: BigInt64Array.of(1n, 2n, 3n, 4n) } } as const
  await executor.execute({ model: 'speaker', inputs, credential: 'key' })
  // Thirty seconds are what a run may take whose caller does not say.
  expect(reserved[0]?.cost).toEqual({ requests: 1, tokens: 4, bytes: 64, 'compute-seconds': 30 })
})

test('the host says how long a run may take whose caller does not', async () => {
  const { usage, reserved } = createLimiter()
  const { executor } = await start({ usage, deadlineMs: 2000 })
  await executor.execute(addition)
  for (const deadlineMs of [-5, 1e300]) await executor.execute({ ...addition, deadlineMs }).catch(() => {})
  expect(reserved.map(({ cost }) => cost['compute-seconds'])).toEqual([2, 0, 1_000_000_000])
})

test('what is used up is refused before the model runs, on record in all three places', async () => {
  let runs = 0
  const sessions = createInProcessSessions()
  const { usage } = createLimiter({
    answer: () => ({ admitted: false, quota: 'tokens-per-day', retryAfterSeconds: 31 }),
  })
  const { executor, entries, events, measured } = await start({
    usage,
    sessions: {
      open: (model, options) => {
        runs += 1
        return sessions.open(model, options)
      },
    },
  })
  const opened = runs
  const error = await failureOf(executor.execute(addition))
  expect(error).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message: 'expected the quota "tokens-per-day" to have room for this request, found it used up; try again in 31 s',
    details: { quota: 'tokens-per-day', retryAfterSeconds: 31 },
  })
  expect(runs).toBe(opened)
  const stage = { code: 'LIMIT_EXCEEDED', stage: 'usage-quotas' }
  expect(entries.at(-1)).toMatchObject({ outcome: 'denied', reason: error.message, details: stage })
  expect(events.at(-1)).toMatchObject({ type: 'ai.nootropic.execution.refused', data: stage })
  expect(measured.at(-1)).toMatchObject({ attributes: { model: 'adder', outcome: 'LIMIT_EXCEEDED' } })
})

test('what never fits is not told to be tried again', async () => {
  const { usage } = createLimiter({ answer: () => ({ admitted: false, quota: 'bytes', retryAfterSeconds: undefined }) })
  const { executor } = await start({ usage })
  const { message, details } = await failureOf(executor.execute(addition))
  expect(message).toContain('which it never has')
  expect(details).toEqual({ quota: 'bytes' })
})

const brokenSessions: ExecutorParts['sessions'] = {
  open: async () => ({
    inputs: [],
    outputs: [],
    run: async () => {
      throw new NootropicError('WORKER_FAILED', 'expected an answer, found that the worker ended; try again')
    },
    close: async () => {},
  }),
}

test('a run that fails is counted as far as it came, one that is refused before it is given back', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const { usage, ended } = createLimiter()
  const { executor } = await start({ usage, sessions: brokenSessions, clock })
  expect(await failureOf(executor.execute(addition))).toMatchObject({ code: 'WORKER_FAILED' })
  const invalid = { ...addition, inputs: { left: row(1, Number.NaN, 3), right: row(1, 2, 3) } }
  expect(await failureOf(executor.execute(invalid))).toMatchObject({ code: 'INPUT_INVALID' })
  expect(ended).toEqual([{ bytes: 24, 'compute-seconds': 0 }, 'released'])
  await execution.close()

  const another = createLimiter()
  execution = await openExecution({ usage: another.usage })
  await execution.serve('divider', '1.0.0', divisionModel())
  const zero: Tensor = { type: 'float32', dims: [1], data: Float32Array.of(0) }
  const divide = { model: 'divider', inputs: { dividend: zero, divisor: zero }, credential: 'key' }
  expect(await failureOf(execution.executor.execute(divide))).toMatchObject({ code: 'OUTPUT_INVALID' })
  expect(another.ended).toEqual([{ bytes: 12, 'compute-seconds': expect.any(Number) }])
})

test('strangers, and callers without the permission, reserve nothing', async () => {
  const { usage, reserved } = createLimiter()
  const { executor, serve } = await start({ usage })
  await serve('secret', '1.0.0', additionModel())
  const refused: [Partial<typeof addition>, ErrorCode][] = [
    [{ credential: 'guess' }, 'CREDENTIAL_INVALID'],
    [{ model: 'secret' }, 'ACCESS_DENIED'],
    [{ model: 'nobody' }, 'MODEL_NOT_FOUND'],
  ]
  for (const [change, code] of refused) {
    expect(await failureOf(executor.execute({ ...addition, ...change }))).toMatchObject({ code })
  }
  expect(reserved).toEqual([])
})

test('a limiter that fails refuses, and a result that it cannot count is withheld', async () => {
  const fail = (): never => {
    throw storageFailed
  }
  for (const [doubles, outcome] of [
    [{ answer: fail }, []],
    [{ ending: fail }, []],
  ] as const) {
    const { usage, ended } = createLimiter(doubles)
    const { executor, entries } = await start({ usage })
    expect(await failureOf(executor.execute(addition))).toMatchObject({ code: 'STORAGE_FAILED' })
    expect(entries.at(-1)).toMatchObject({
      outcome: 'failed',
      details: { code: 'STORAGE_FAILED', stage: 'usage-quotas' },
    })
    expect(ended).toEqual(outcome)
    await execution.close()
  }
  // What went wrong first is what the caller is told.
  const { usage } = createLimiter({ ending: fail })
  const { executor } = await start({ usage, sessions: brokenSessions })
  expect(await failureOf(executor.execute(addition))).toMatchObject({ code: 'WORKER_FAILED' })
})

test('an answer that admits nothing clearly is a refusal', async () => {
  const { usage } = createLimiter({ answer: () => ({ admitted: 'yes' }) as unknown as UsageAnswer })
  const { executor } = await start({ usage })
  expect(await failureOf(executor.execute(addition))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

test('usageQuotas, on, reserves; off, reserves nothing, and the answer names it', async () => {
  const { access } = defaultExecutionPolicy
  const authorization = { ...access.authorization, usageQuotas: false }
  const policy = { ...defaultExecutionPolicy, access: { ...access, authorization } }
  for (const [parts, switchedOff, count] of [
    [{}, [], 1],
    [{ policy }, ['access.authorization.usageQuotas'], 0],
  ] as const) {
    const { usage, reserved } = createLimiter()
    const { executor } = await start({ usage, ...parts })
    expect((await executor.execute(addition)).switchedOff).toEqual(switchedOff)
    expect(reserved).toHaveLength(count)
    await execution.close()
  }
  await start({})
})
