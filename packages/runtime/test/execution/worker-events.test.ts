import { createEventBus, type Event, type Measurement, systemClock, systemRandom } from '@nootropic/core'
import { expect, test, vi } from 'vitest'
import { tellWorkerEvents } from '../../src/execution/worker-events.ts'
import { createSandbox, type PoolEvent, type SandboxSession, type WorkerUsage } from '../../src/sandbox/index.ts'
import { letterModel } from '../models.ts'
import { openExecution } from './open-execution.ts'

const waiting = { timeout: 30_000, interval: 20 }
const ref = { name: 'letters', version: '1.0.0', digest: `sha256:${'0'.repeat(64)}` } as const
const usage = (cpuMs: number): WorkerUsage => ({
  residentBytes: 1000,
  cpuMs,
  minorFaults: 3,
  majorFaults: 4,
  processes: 1,
  threads: 5,
})

const listen = () => {
  const events: Event[] = []
  const measured: Measurement[] = []
  let nowMs = 0
  const onError = (error: unknown) => {
    throw error
  }
  const bus = createEventBus({ clock: systemClock, random: systemRandom, onError })
  bus.subscribe('', (event) => void events.push(event))
  const clock = { ...systemClock, monotonicMs: () => nowMs }
  const tell = tellWorkerEvents({ bus, clock, meter: { record: (one) => void measured.push(one) } })
  return {
    events,
    measured,
    tell: (atMs: number, event: PoolEvent) => {
      nowMs = atMs
      tell(ref, event)
    },
  }
}

test('what a worker uses is measured, its share of a processor from the second look on', () => {
  const { tell, measured, events } = listen()
  tell(0, { type: 'worker-used', pid: 7, usage: usage(100) })
  tell(1000, { type: 'worker-used', pid: 7, usage: usage(600) })
  expect(measured.map(({ name, value }) => [name, value])).toEqual([
    ['nootropic.worker.memory', 1000],
    ['nootropic.worker.page_faults', 7],
    ['nootropic.worker.memory', 1000],
    ['nootropic.worker.page_faults', 7],
    ['nootropic.worker.cpu.utilization', 0.5],
  ])
  expect(events).toMatchObject([
    { type: 'ai.nootropic.execution.worker-used', subject: 'letters', data: { version: '1.0.0', pid: 7 } },
    { data: { usage: { cpuMs: 600 } } },
  ])
})

test('a process id that another worker has later starts anew', () => {
  const { tell, measured } = listen()
  tell(0, { type: 'worker-used', pid: 7, usage: usage(5000) })
  tell(10, { type: 'worker-ended', pid: 7, cause: 'died of the run' })
  tell(1000, { type: 'worker-used', pid: 7, usage: usage(10) })
  expect(measured.filter(({ name }) => name.includes('cpu'))).toEqual([])
})

test('what happens for each run is not told', () => {
  const { tell, events } = listen()
  tell(0, { type: 'batch-run', size: 3 })
  expect(events).toEqual([])
})

test('a worker that is ended from outside is an event, and so is the one that takes its place', async () => {
  const sandbox = createSandbox({ require: 'none', pool: { spare: 0 } })
  const opened: SandboxSession[] = []
  const execution = await openExecution({
    sessions: {
      open: (model, options) => sandbox.open(model, options),
      async openLent(lendModel, options) {
        const session = await sandbox.openLent(lendModel, options)
        opened.push(session)
        return session
      },
    },
  })
  await execution.serve('letters', '1.0.0', letterModel())
  const text = { type: 'string', dims: [1], data: ['hi'] } as const
  const numbers = { type: 'float32', dims: [1], data: Float32Array.of(1) } as const
  const ask = () => execution.executor.execute({ model: 'letters', inputs: { text, numbers }, credential: 'key' })
  await ask()
  const told = () => execution.events.map(({ type }) => type.replace('ai.nootropic.execution.', ''))
  process.kill((opened[0] as SandboxSession).pid, 'SIGKILL')
  await ask()
  // The signal may come after the answer.
  await vi.waitFor(() => expect(told()).toContain('worker-ended'), waiting)
  await ask()
  await vi.waitFor(() => expect(told()).toContain('worker-started'), waiting)
  const types = told().filter((type) => type.startsWith('worker-'))
  expect(types.slice(0, 2)).toEqual(['worker-ended', 'worker-started'])
  await execution.close()
})
