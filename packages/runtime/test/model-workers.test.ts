import type { ModelBytes, ModelRef, RunOptions } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { createModelWorkers } from '../src/model-workers.ts'
import type { PoolEvent } from '../src/pool/pool-event.ts'
import { createSandbox } from '../src/sandbox/index.ts'
import { failureOf } from './failure.ts'
import { additionModel } from './models.ts'

const refOf = (version: string): ModelRef => ({ name: 'adder', version, digest: `sha256:${'0'.repeat(64)}` })
const row = { type: 'float32', dims: [1, 3], data: Float32Array.of(1, 2, 3) } as const
const feeds = { left: row, right: row }

/** A vault that lends the same model under every name. */
const vault = {
  async lend<Result>(_ref: ModelRef, use: (model: never) => Promise<Result>): Promise<Result> {
    const bytes = additionModel()
    return use({ main: 'model.onnx', files: [{ path: 'model.onnx', digest: refOf('').digest, bytes }] } as never)
  },
}

test('to change the version that serves is to ask for another session, which may be warm', async () => {
  const opened: ModelBytes[] = []
  const inner = createInProcessSessions()
  const sessions = {
    open(model: ModelBytes) {
      opened.push(model)
      return inner.open(model)
    },
  }
  const workers = createModelWorkers({ vault, sessions })
  const first = await workers.session(refOf('1.0.0'))
  const second = await workers.session(refOf('2.0.0'))
  expect([await workers.session(refOf('1.0.0')), await workers.session(refOf('2.0.0'))]).toEqual([first, second])
  expect(opened).toHaveLength(2)
  await workers.closeOthers(refOf('2.0.0'))
  expect((await second.run(feeds)).sum?.data).toEqual(Float32Array.of(2, 4, 6))
  await workers.closeAll()
})

test('a deadline and a signal end the wait for a session that is not there yet, which starts on', async () => {
  let release = () => {}
  let opened = 0
  const inner = createInProcessSessions()
  const sessions = {
    async open(model: ModelBytes) {
      opened += 1
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return inner.open(model)
    },
  }
  const workers = createModelWorkers({ vault, sessions })
  const ref = refOf('1.0.0')
  const late = await failureOf(workers.run(ref, feeds, { deadlineMs: 20 }))
  expect([late.code, late.message]).toEqual(['DEADLINE_EXCEEDED', expect.stringContaining('within 20 ms')])
  const given = new AbortController()
  const gone = failureOf(workers.run(ref, feeds, { signal: given.signal }))
  given.abort()
  expect((await gone).code).toBe('ABORTED')
  const answer = workers.run(ref, feeds, { deadlineMs: 60_000 })
  release()
  expect((await answer).outputs.sum?.data).toEqual(Float32Array.of(2, 4, 6))
  expect(opened).toBe(1)
  await workers.closeAll()
})

test('a run is told what is left of its deadline, and says which worker answered', async () => {
  const deadlines: (number | undefined)[] = []
  const isolation = { level: 'strong', way: 'double', passedOver: [], layers: {} as never } as const
  const session = {
    inputs: [],
    outputs: [],
    isolation: { ...isolation, level: 'none' } as const,
    pid: 1,
    run: async () => ({}),
    async runTraced(_feeds: unknown, { deadlineMs }: RunOptions = {}) {
      deadlines.push(deadlineMs)
      return { outputs: {}, isolation, pid: 2 }
    },
    close: async () => {},
  }
  const sessions = {
    async open() {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return session
    },
  }
  const workers = createModelWorkers({ vault, sessions })
  const run = await workers.run(refOf('1.0.0'), {}, { deadlineMs: 5000 })
  expect([run.isolation, run.pid]).toEqual([isolation, 2])
  await workers.run(refOf('1.0.0'), {})
  expect(deadlines).toEqual([expect.any(Number), undefined])
  expect(deadlines[0]).toBeLessThan(4990)
  await workers.closeAll()
})

test('what happens among the workers is told with the version that they serve', async () => {
  const events: [version: string, type: PoolEvent['type']][] = []
  const workers = createModelWorkers({
    vault,
    sessions: createSandbox({ require: 'none', pool: { spare: 0 } }),
    onEvent: ({ version }, { type }) => void events.push([version, type]),
  })
  const session = await workers.session(refOf('1.0.0'))
  const { pid } = session
  if (pid === undefined) throw new Error('expected a worker')
  process.kill(pid, 'SIGKILL')
  // What is killed may be what holds the worker, which then answers a last time.
  while (session.pid === pid) expect((await session.run(feeds)).sum?.data).toEqual(Float32Array.of(2, 4, 6))
  await workers.closeAll()
  for (const type of ['worker-ended', 'worker-started'] as const) expect(events).toContainEqual(['1.0.0', type])
})
