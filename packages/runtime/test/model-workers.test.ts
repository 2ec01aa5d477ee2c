import type { ModelBytes, ModelRef } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { createModelWorkers } from '../src/model-workers.ts'
import type { PoolEvent } from '../src/pool/pool-event.ts'
import { createSandbox } from '../src/sandbox/index.ts'
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
