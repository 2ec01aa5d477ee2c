import { type ErrorCode, NootropicError, type Tensor } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { afterEach, expect, test } from 'vitest'
import type { ExecutorParts } from '../../src/index.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { failureOf } from '../failure.ts'
import { additionModel, countingModel, divisionModel } from '../models.ts'
import { openExecution } from './open-execution.ts'

let execution: Awaited<ReturnType<typeof openExecution>>
const start = async (changed: Partial<ExecutorParts> = {}) => {
  execution = await openExecution(changed)
  return execution
}
afterEach(() => execution.close())

const vector = (...data: number[]): Tensor => ({ type: 'float32', dims: [data.length], data: Float32Array.from(data) })
const row = (...data: number[]): Tensor => ({ ...vector(...data), dims: [1, 3] })
const inputs = { left: row(1, 2, 3), right: row(10, 20, 30) }
const request = { model: 'adder', inputs, credential: 'key' }
const endless = { trips: { type: 'int64', dims: [1], data: BigInt64Array.of(2n ** 62n) } } satisfies Record<
  string,
  Tensor
>

test('a request is answered, and is on record in all three places', async () => {
  const { executor, serve, entries, events, measured } = await start()
  const ref = await serve('adder', '1.0.0', additionModel())
  const { outputs, model, isolation, timings } = await executor.execute(request)
  expect(outputs).toEqual({ sum: row(11, 22, 33) })
  expect(model).toEqual(ref)
  expect(isolation).toBeUndefined()
  expect(timings.totalMs).toBeGreaterThanOrEqual(timings.runMs)
  expect(entries.at(-1)).toMatchObject({
    category: 'operation',
    actor: 'user:ada',
    action: 'execute',
    resource: 'model:adder',
    outcome: 'succeeded',
    details: { version: '1.0.0', digest: ref.digest },
  })
  expect(events.at(-1)).toMatchObject({ type: 'ai.nootropic.execution.completed', subject: 'adder' })
  expect(measured.map(({ name, attributes }) => [name, attributes.output])).toEqual([
    ['nootropic.answer.magnitude', 'sum'],
    ['nootropic.answer.deviation', 'sum'],
    ['nootropic.inference.duration', undefined],
  ])
  expect(measured.at(-1)).toMatchObject({ unit: 's', attributes: { model: 'adder', outcome: 'ok' } })
})

const refusals: [string, ErrorCode, Partial<typeof request>, 'denied' | 'failed', 'refused' | 'failed'][] = [
  ['a wrong credential', 'CREDENTIAL_INVALID', { credential: 'guess' }, 'denied', 'refused'],
  ['a model one may not execute', 'ACCESS_DENIED', { model: 'secret' }, 'denied', 'refused'],
  ['an unknown model', 'MODEL_NOT_FOUND', { model: 'subtractor' }, 'failed', 'refused'],
  ['a name no model can have', 'MODEL_NOT_FOUND', { model: '../adder\n' }, 'failed', 'refused'],
  ['a missing input', 'INPUT_INVALID', { inputs: { left: row(1, 2, 3) } as never }, 'denied', 'refused'],
  [
    'an input of the wrong shape',
    'INPUT_INVALID',
    { inputs: { left: row(1, 2, 3), right: vector(1) } },
    'denied',
    'refused',
  ],
  [
    'an input of the wrong type',
    'INPUT_INVALID',
    { inputs: { ...inputs, right: { type: 'float64', dims: [1, 3], data: new Float64Array(3) } } },
    'denied',
    'refused',
  ],
  ['NaN', 'INPUT_INVALID', { inputs: { ...inputs, right: row(1, Number.NaN, 3) } }, 'denied', 'refused'],
]

for (const [what, code, change, outcome, happening] of refusals) {
  test(`${what} is refused as ${code}, on record in all three places`, async () => {
    const { executor, serve, entries, events, measured } = await start()
    await serve('adder', '1.0.0', additionModel())
    await serve('secret', '1.0.0', additionModel())
    const error = await failureOf(executor.execute({ ...request, ...change }))
    expect(error.code).toBe(code)
    expect(entries.at(-1)).toMatchObject({
      category: code === 'CREDENTIAL_INVALID' || code === 'ACCESS_DENIED' ? 'access' : 'operation',
      actor: code === 'CREDENTIAL_INVALID' ? 'anonymous:unknown' : 'user:ada',
      outcome,
      // What was found is named by its rule: the message may quote what was sent.
      reason: code === 'INPUT_INVALID' ? expect.stringMatching(/^input\/[a-z-]+ \(1\)$/) : error.message,
      details: { code },
    })
    expect(events.at(-1)).toMatchObject({ type: `ai.nootropic.execution.${happening}`, data: { code } })
    expect(measured).toHaveLength(1)
    expect(measured[0]?.attributes.outcome).toBe(code)
  })
}

test('whoever asks for models that are not there makes no new series of measurements', async () => {
  const { executor, measured } = await start()
  for (const model of ['a', 'b', 'c']) await failureOf(executor.execute({ ...request, model }))
  expect(new Set(measured.map(({ attributes }) => attributes.model))).toEqual(new Set(['(none)']))
})

test('no secret and no input is on record', async () => {
  const { executor, serve, entries, events } = await start()
  await serve('adder', '1.0.0', additionModel())
  await failureOf(executor.execute({ ...request, credential: 'hunter2' }))
  await executor.execute({ ...request, inputs: { left: row(0.8765, 0, 0), right: row(0, 0, 0) } })
  const everything = JSON.stringify([entries, events])
  expect(everything).not.toContain('hunter2')
  expect(everything).not.toContain('0.8765')
})

test('an output that is not finite is withheld', async () => {
  const { executor, serve, events } = await start()
  await serve('divider', '1.0.0', divisionModel())
  const divide = (divisor: number) =>
    executor.execute({ ...request, model: 'divider', inputs: { dividend: vector(1), divisor: vector(divisor) } })
  expect((await divide(2)).outputs.ratio?.data).toEqual(Float32Array.of(0.5))
  expect((await failureOf(divide(0))).code).toBe('OUTPUT_INVALID')
  expect(events.at(-1)?.type).toBe('ai.nootropic.execution.refused')
})

test('an output that is not what was registered is withheld', async () => {
  const { executor, serve } = await start()
  const spec = (name: string) => ({ name, type: 'float32' as const, dims: ['rows', 3] })
  const signature = { inputs: [spec('left'), spec('right')], outputs: [{ ...spec('sum'), dims: ['rows', 4] }] }
  await serve('adder', '1.0.0', additionModel(), signature)
  expect((await failureOf(executor.execute(request))).code).toBe('OUTPUT_INVALID')
})

test('what cannot be recorded is not answered', async () => {
  let isFull = false
  const audit = {
    async append() {
      if (isFull) throw new NootropicError('AUDIT_UNAVAILABLE', 'the disk of the audit log is full')
      return { index: 0, leafHash: '' }
    },
  }
  const { executor, serve, events, measured } = await start({ audit })
  await serve('adder', '1.0.0', additionModel())
  isFull = true
  expect((await failureOf(executor.execute(request))).code).toBe('AUDIT_UNAVAILABLE')
  expect((await failureOf(executor.execute({ ...request, credential: 'guess' }))).code).toBe('AUDIT_UNAVAILABLE')
  expect(events.slice(-2).map(({ data }) => data.code)).toEqual(['AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE'])
  const durations = measured.filter(({ name }) => name === 'nootropic.inference.duration')
  expect(durations.map(({ attributes }) => attributes.outcome)).toEqual(['AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE'])
  // A suspension that cannot be recorded is carried out all the same; what makes a model serve is not.
  expect((await failureOf(executor.control.suspend('adder', 'drill'))).code).toBe('AUDIT_UNAVAILABLE')
  expect((await failureOf(executor.control.resume('adder', 'drill'))).code).toBe('AUDIT_UNAVAILABLE')
  isFull = false
  expect((await failureOf(executor.execute(request))).code).toBe('MODEL_SUSPENDED')
})

test('an unexpected failure of a part is a typed error that says nothing of the cause', async () => {
  const authorizer = {
    authorize: async () => {
      throw new TypeError('password=hunter2')
    },
  }
  const { executor, entries } = await start({ authorizer })
  const error = await failureOf(executor.execute(request))
  expect([error.code, error.message]).toEqual(['INTERNAL', 'the execution failed unexpectedly'])
  expect(JSON.stringify(entries)).not.toContain('hunter2')
})

test('a worker is opened once for a version, and again after it could not be', async () => {
  let opened = 0
  const inner = createInProcessSessions()
  const sessions = {
    async open(...args: Parameters<typeof inner.open>) {
      opened += 1
      if (opened === 1) throw new NootropicError('ISOLATION_UNAVAILABLE', 'not yet')
      return inner.open(...args)
    },
  }
  const { executor, serve } = await start({ sessions })
  await serve('adder', '1.0.0', additionModel())
  expect((await failureOf(executor.execute(request))).code).toBe('ISOLATION_UNAVAILABLE')
  await Promise.all([1, 2, 3].map(() => executor.execute(request)))
  expect(opened).toBe(2)
})

test('a suspended model serves nobody until it is resumed', async () => {
  const { executor, serve, entries, events } = await start()
  await serve('adder', '1.0.0', additionModel())
  await executor.execute(request)
  await executor.control.suspend('adder', 'latency')
  expect((await failureOf(executor.execute(request))).code).toBe('MODEL_SUSPENDED')
  await executor.control.resume('adder', 'verified')
  expect((await executor.execute(request)).outputs.sum?.dims).toEqual([1, 3])
  expect(entries.map(({ action }) => action)).toEqual([
    'activate',
    'execute',
    'suspend',
    'execute',
    'resume',
    'execute',
  ])
  const happenings = events.map(({ type }) => type).filter((type) => type.startsWith('ai.nootropic.model.'))
  expect(happenings).toEqual(['activated', 'suspended', 'resumed'].map((name) => `ai.nootropic.model.${name}`))
})

test('rollback makes the version before serve again', async () => {
  const { executor, serve, events } = await start()
  const first = await serve('adder', '1.0.0', additionModel())
  await executor.execute(request)
  const second = await serve('adder', '2.0.0', Buffer.concat([additionModel(), Buffer.from([0x32, 0])]))
  expect((await executor.execute(request)).model).toEqual(second)
  expect(await executor.control.rollback('adder', 'errors')).toEqual(first)
  expect((await executor.execute(request)).model).toEqual(first)
  expect(events.map(({ type }) => type)).toContain('ai.nootropic.model.rolled-back')
})

test('suspension stops a run that does not end, in its sandbox, before it resolves', async () => {
  const { executor, serve } = await start({ sessions: createSandbox({ require: 'none' }) })
  await serve('counter', '1.0.0', countingModel())
  const one = { trips: { ...endless.trips, data: BigInt64Array.of(1n) } }
  const counter = { model: 'counter', credential: 'key' }
  const { isolation } = await executor.execute({ ...counter, inputs: one })
  expect(isolation?.layers.environment.state).toBe('enforced')
  let isOver = false
  const running = failureOf(executor.execute({ ...counter, inputs: endless })).finally(() => {
    isOver = true
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(isOver).toBe(false)
  await executor.control.suspend('counter', 'runaway')
  expect((await running).code).toBe('MODEL_SUSPENDED')
  await executor.control.resume('counter', 'drill')
  const error = await failureOf(executor.execute({ ...counter, inputs: endless, deadlineMs: 50 }))
  expect(error.code).toBe('DEADLINE_EXCEEDED')
  expect((await executor.execute({ ...counter, inputs: one })).outputs.counted?.data).toEqual(BigInt64Array.of(1n))
})

test('an alert that suspends the model in the middle of an execution does not lock up', async () => {
  const { executor, serve, events } = await start({
    bus: {
      async publish(content) {
        if (content.type.startsWith('ai.nootropic.execution.'))
          await execution.executor.control.suspend('adder', 'alert')
        return { ...content, specversion: '1.0', id: '1', time: '2026-01-01T00:00:00Z' }
      },
      subscribe: () => () => {},
    },
  })
  await serve('adder', '1.0.0', additionModel())
  expect((await executor.execute(request)).outputs.sum).toEqual(row(11, 22, 33))
  expect((await failureOf(executor.execute(request))).code).toBe('MODEL_SUSPENDED')
  expect(events).toEqual([])
})

/** Sessions that count how many of them are open. */
const countedSessions = () => {
  const inner = createInProcessSessions()
  const counted = { open: 0, opened: 0 }
  return {
    counted,
    sessions: {
      async open(...args: Parameters<typeof inner.open>) {
        const session = await inner.open(...args)
        counted.open += 1
        counted.opened += 1
        return {
          ...session,
          async close() {
            counted.open -= 1
            await session.close()
          },
        }
      },
    },
  }
}

/** A registry whose look-up of the active version waits until it is let go, after it has looked. */
const delayed = (registry: ExecutorParts['registry']) => {
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const active: ExecutorParts['registry']['active'] = async (name) => {
    const found = await registry.active(name)
    await released
    return found
  }
  return { release, registry: { ...registry, active } }
}

test('a new version takes the place of the worker before, and is warm when it does', async () => {
  const { sessions, counted } = countedSessions()
  const { executor, serve } = await start({ sessions })
  await serve('adder', '1.0.0', additionModel())
  await executor.execute(request)
  await serve('adder', '2.0.0', Buffer.concat([additionModel(), Buffer.from([0x32, 0])]))
  expect(counted).toMatchObject({ open: 1, opened: 2 })
  await executor.execute(request)
  expect(counted).toMatchObject({ open: 1, opened: 2 })
})

test('a version whose worker does not start replaces nothing', async () => {
  const sessions = createInProcessSessions()
  let isBroken = false
  const { executor, serve, entries } = await start({
    sessions: {
      open: async (model, options) => {
        if (isBroken) throw new NootropicError('ISOLATION_UNAVAILABLE', 'expected isolation; there is none')
        return sessions.open(model, options)
      },
    },
  })
  const ref = await serve('adder', '1.0.0', additionModel())
  await executor.execute(request)
  isBroken = true
  const other = serve('adder', '2.0.0', Buffer.concat([additionModel(), Buffer.from([0x32, 0])]))
  expect((await failureOf(other)).code).toBe('ISOLATION_UNAVAILABLE')
  expect(entries.at(-1)).toMatchObject({ action: 'activate', outcome: 'failed' })
  expect((await executor.execute(request)).model).toEqual(ref)
})

test('who looked a model up before it was suspended starts no worker afterwards', async () => {
  const { sessions, counted } = countedSessions()
  const { registry, vault, serve } = await start()
  await serve('adder', '1.0.0', additionModel())
  const slow = delayed(registry)
  const other = await openExecution({ sessions, vault, registry: slow.registry })
  const running = failureOf(other.executor.execute(request))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const suspended = other.executor.control.suspend('adder', 'drill')
  await new Promise((resolve) => setTimeout(resolve, 20))
  slow.release()
  await suspended
  expect((await running).code).toBe('MODEL_SUSPENDED')
  expect(counted.open).toBe(0)
  await other.close()
})

test('who is on the way to a worker when the executor is closed gets none', async () => {
  const { sessions, counted } = countedSessions()
  const { registry, vault, serve } = await start()
  await serve('adder', '1.0.0', additionModel())
  const slow = delayed(registry)
  const other = await openExecution({ sessions, vault, registry: slow.registry })
  const running = failureOf(other.executor.execute(request))
  await new Promise((resolve) => setTimeout(resolve, 20))
  await other.executor.close()
  slow.release()
  expect((await running).code).toBe('ABORTED')
  expect(counted.open).toBe(0)
  await other.close()
})

test('what a control could not do is not on record as done', async () => {
  const { executor, entries } = await start()
  expect((await failureOf(executor.control.rollback('nobody', 'drill'))).code).toBe('MODEL_NOT_FOUND')
  expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(['rollback allowed', 'rollback failed'])
})

test('a suspension that the registry cannot keep still stops what runs, and says that it failed', async () => {
  const { sessions, counted } = countedSessions()
  const { registry, vault, serve } = await start()
  await serve('adder', '1.0.0', additionModel())
  const suspend = async () => {
    throw new NootropicError('STORAGE_FAILED', 'the disk is full')
  }
  const other = await openExecution({ sessions, vault, registry: { ...registry, suspend } })
  await other.executor.execute(request)
  expect(counted.open).toBe(1)
  expect((await failureOf(other.executor.control.suspend('adder', 'drill'))).code).toBe('STORAGE_FAILED')
  expect(counted.open).toBe(0)
  await other.close()
})
