import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElementType, ModelBytes, Tensor } from '@nootropic/core'
import { elementCount, elementTypes, tensorArrays } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IsolationStep } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits, type SandboxLimits } from '../../src/sandbox/limits.ts'
import { type LoadedWorker, loadWorker } from '../../src/sandbox/loaded-worker.ts'
import { createMailboxes, type Mailboxes, type MailboxHost } from '../../src/sandbox/mailboxes.ts'
import { findWorkerFiles, type WorkerFiles, workerEnvironment } from '../../src/sandbox/worker-files.ts'
import { startWorker } from '../../src/sandbox/worker-process.ts'
import { loadSharedMemory } from '../../src/worker/shared-memory.ts'
import { failureOf } from '../failure.ts'
import { additionModel, countingModel, expansionModel, externalModel, identityModel, nonZeroModel } from '../models.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-loaded-'))
afterAll(() => rmSync(directory, { recursive: true }))

const memory = loadSharedMemory()
const withoutMemory = memory === undefined ? ' (skipped: needs Linux and koffi)' : ''
const withoutFiles = process.platform === 'linux' ? '' : ' (skipped: needs Linux)'
const limits = { ...defaultSandboxLimits, startMs: 20_000 }
const never = new AbortController().signal

let files: WorkerFiles
beforeAll(async () => {
  files = await findWorkerFiles()
})

interface Way {
  readonly host: MailboxHost
  readonly use: LoadedWorker['mailbox']
  readonly skipped: string
  readonly command?: (files: WorkerFiles) => string[]
}

const fileHost = { memory: undefined, directory: '/dev/shm' }

/** The worker where it finds no koffi. */
const withoutKoffi = ({ node, program, packages }: WorkerFiles): string[] => {
  const folder = mkdtempSync(join(directory, 'bare-'))
  mkdirSync(join(folder, 'node_modules'))
  for (const { name, directory } of packages.filter((one) => one.name.startsWith('onnxruntime'))) {
    symlinkSync(directory, join(folder, 'node_modules', name))
  }
  writeFileSync(join(folder, 'worker.mjs'), readFileSync(program))
  return [node, join(folder, 'worker.mjs')]
}

/** The worker where it may write no files. */
const withoutWriting = ({ node, program }: WorkerFiles): string[] => [
  '/bin/sh',
  '-c',
  'ulimit -f 0; exec "$0" "$1"',
  node,
  program,
]

// How tensors can travel, each to be found in what the worker says of itself.
const ways: Record<string, Way> = {
  'mapped memory': { host: { memory, directory: '' }, use: 'mapped', skipped: withoutMemory },
  'memory that only the host can map': {
    host: { memory, directory: '' },
    use: 'copied',
    skipped: withoutMemory,
    command: withoutKoffi,
  },
  'files in memory': { host: fileHost, use: 'copied', skipped: withoutFiles },
  'files that may not be written': { host: fileHost, use: 'copied', skipped: withoutFiles, command: withoutWriting },
  frames: { host: { memory: undefined, directory: join(directory, 'missing') }, use: 'none', skipped: '' },
}

const load = (
  model: ModelBytes,
  way: Way | undefined = ways['mapped memory'],
  changed: Partial<SandboxLimits> = {},
  mailboxes: Mailboxes | undefined = createMailboxes({ ...limits, ...changed }, way?.host),
  cleanup = true,
): Promise<LoadedWorker> => {
  const all = { ...limits, ...changed }
  const step: IsolationStep = {
    name: 'plain',
    claims: {},
    environment: workerEnvironment,
    command: way?.command ?? (({ node, program }) => [node, program]),
  }
  return loadWorker(
    {
      lendModel: (use) => use(model),
      threads: 1,
      limits: all,
      cleanup,
      startWorker: async () => {
        const process = startWorker(step, files, { limits: all, mailboxes })
        return { process, isolation: {} as never, proveServing: async () => ({}) as never }
      },
    },
    never,
  )
}

/** Reproducible values, every bit of them in use. */
const valuesOf = (type: ElementType, dims: readonly number[], seed: number): Tensor => {
  const count = elementCount(dims)
  if (type === 'string') {
    return { type, dims, data: Array.from({ length: count }, (_, index) => '☃ée\0'.slice(0, (index + seed) % 5)) }
  }
  const array = tensorArrays[type]
  const bytes = new Uint8Array(count * array.BYTES_PER_ELEMENT)
  let state = seed * 2 + 1
  for (const index of bytes.keys()) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[index] = type === 'bool' ? (state >>> 16) & 1 : state >>> 16
  }
  return { type, dims, data: new array(bytes.buffer, 0, count) }
}

const bitsOf = (outputs: Readonly<Record<string, Tensor>>) =>
  Object.entries(outputs).map(([name, { type, dims, data }]) => [
    name,
    type,
    [...dims],
    ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') : data,
  ])

/** Frames and mailboxes, scalars, nothing at all, and the same shape again, whose outputs are written in place. */
const shapes: readonly (readonly number[])[] = [[3], [], [0], [2, 0, 4], [2345], [5000], [2345], [2, 2500], [5000], [1]]

for (const [name, way] of Object.entries(ways)) {
  test.skipIf(way.skipped !== '')(
    `${name}: every type and shape comes back bit for bit as in process${way.skipped}`,
    async () => {
      const model = { main: identityModel() }
      const worker = await load(model, way)
      const here = await createInProcessSessions().open(model)
      expect(worker.mailbox).toBe(way.use)
      for (const [seed, dims] of shapes.entries()) {
        const feeds = Object.fromEntries(elementTypes.map((type) => [type, valuesOf(type, dims, seed)]))
        expect(bitsOf(await worker.run(feeds, never))).toEqual(bitsOf(await here.run(feeds)))
      }
      await Promise.all([worker.kill(), here.close()])
    },
  )
}

test(`outputs whose shapes follow from values are right, whatever was written in place before${withoutMemory}`, async () => {
  const model = { main: nonZeroModel() }
  const worker = await load(model)
  const here = await createInProcessSessions().open(model)
  const count = 40_000
  for (const zeros of [0, 0, 10, 10, 39_999, 0]) {
    const data = new Float32Array(count).fill(1).fill(0, 0, zeros)
    const feeds = { values: { type: 'float32' as const, dims: [count], data } }
    expect(bitsOf(await worker.run(feeds, never))).toEqual(bitsOf(await here.run(feeds)))
  }
  await Promise.all([worker.kill(), here.close()])
})

test('what one run answered is not changed by the next', async () => {
  const worker = await load({ main: additionModel() })
  const rows = 20_000
  const all = (value: number): Tensor => ({
    type: 'float32',
    dims: [rows, 3],
    data: new Float32Array(rows * 3).fill(value),
  })
  const sums: Tensor[] = []
  for (const value of [1, 2, 3]) {
    const { sum } = await worker.run({ left: all(value), right: all(value) }, never)
    if (sum !== undefined) sums.push(sum)
  }
  expect(sums.map(({ data }) => new Set(data as Float32Array))).toEqual([2, 4, 6].map((value) => new Set([value])))
  await worker.kill()
})

test('inputs that are a part of larger memory are sent as that part', async () => {
  const worker = await load({ main: additionModel() })
  for (const rows of [2, 20_000]) {
    const memory = new Float32Array(rows * 3 + 5).fill(9)
    const data = memory.subarray(5).fill(1)
    const { sum } = await worker.run(
      { left: { type: 'float32', dims: [rows, 3], data }, right: { type: 'float32', dims: [rows, 3], data } },
      never,
    )
    expect(new Set(sum?.data as Float32Array)).toEqual(new Set([2]))
  }
  await worker.kill()
})

test('a model of several files is loaded down the pipe', async () => {
  const data = Float32Array.from({ length: 100_000 }, (_, index) => index)
  const worker = await load(externalModel(data))
  const ones: Tensor = { type: 'float32', dims: [data.length], data: new Float32Array(data.length).fill(1) }
  const { sum } = await worker.run({ left: ones }, never)
  expect(sum?.data).toEqual(data.map((value) => value + 1))
  await worker.kill()
})

test('no byte of a model is in a mailbox, which the system may write to its swap', async () => {
  const small = { memoryBytes: 1024 ** 2, outputBytes: 1024 ** 2 }
  const mailboxes = createMailboxes({ ...limits, ...small }, ways['mapped memory']?.host)
  const worker = await load(externalModel(new Float32Array(100_000).fill(1)), undefined, small, mailboxes)
  const sides = [mailboxes?.input, mailboxes?.output].filter((side) => side !== undefined)
  for (const side of sides) expect(side.read(0, side.byteLength).every((byte) => byte === 0)).toBe(true)
  await worker.kill()
})

test('outputs beyond their limit are refused by the worker, which serves on, in frames and in place', async () => {
  const worker = await load({ main: expansionModel() }, ways['mapped memory'], { outputBytes: 400_000 })
  const expand = (count: bigint) =>
    worker.run(
      {
        value: { type: 'float32', dims: [1], data: Float32Array.of(7) },
        shape: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
      },
      never,
    )
  for (const _ of [1, 2, 3]) {
    expect((await expand(100_000n)).expanded?.dims).toEqual([100_000])
    expect((await failureOf(expand(100_001n))).code).toBe('LIMIT_EXCEEDED')
    expect((await failureOf(expand(1_000_000n))).code).toBe('LIMIT_EXCEEDED')
  }
  await worker.kill()
})

test('a run that is refused memory ends its worker: the arena of the runtime would hold what is left of it', async () => {
  const worker = await load({ main: expansionModel() })
  const failure = await failureOf(
    worker.run(
      {
        value: { type: 'float32', dims: [1], data: Float32Array.of(7) },
        shape: { type: 'int64', dims: [1], data: BigInt64Array.of(10n ** 11n) },
      },
      never,
    ),
  )
  expect(failure).toMatchObject({ code: 'LIMIT_EXCEEDED', details: { resource: 'memory' } })
  expect(worker.isAlive).toBe(false)
  await worker.kill()
})

for (const cleanup of [true, false]) {
  test(`what a run left in shared memory is ${cleanup ? '' : 'not '}wiped when no other follows`, async () => {
    const mailboxes = createMailboxes(limits, ways['mapped memory']?.host)
    const worker = await load({ main: additionModel() }, ways['mapped memory'], {}, mailboxes, cleanup)
    const ones: Tensor = { type: 'float32', dims: [10_000, 3], data: new Float32Array(30_000).fill(1) }
    await worker.run({ left: ones, right: ones }, never)
    const isEmpty = () =>
      [mailboxes?.input, mailboxes?.output].every((side) => side?.read(0, 120_000).every((byte) => byte === 0))
    expect(isEmpty()).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(isEmpty()).toBe(cleanup)
    await worker.run({ left: ones, right: ones }, never)
    await worker.kill()
  })
}

test('inputs beyond the mailbox go by frames', async () => {
  const worker = await load({ main: additionModel() }, ways['mapped memory'], { memoryBytes: 128 * 1024 })
  const rows = 20_000
  const ones: Tensor = { type: 'float32', dims: [rows, 3], data: new Float32Array(rows * 3).fill(1) }
  const { sum } = await worker.run({ left: ones, right: ones }, never)
  expect(new Set(sum?.data as Float32Array)).toEqual(new Set([2]))
  await worker.kill()
})

const trips = (count: bigint): Record<string, Tensor> => ({
  trips: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
})
const endless = trips(2n ** 62n)

test('stopping a run ends its worker, with the reason of whoever stopped it', async () => {
  const worker = await load({ main: countingModel() })
  const stop = new AbortController()
  const run = worker.run(endless, stop.signal)
  const reason = new Error('enough')
  stop.abort(reason)
  await expect(run).rejects.toBe(reason)
  expect(worker.isAlive).toBe(false)
  await expect(worker.run(trips(1n), AbortSignal.abort(reason))).rejects.toBe(reason)
  expect((await failureOf(worker.run(trips(1n), never))).code).toBe('WORKER_FAILED')
  await worker.kill()
})

test('a worker that is killed from outside says so, idle or busy', async () => {
  const worker = await load({ main: countingModel() })
  const run = failureOf(worker.run(endless, never))
  process.kill(worker.pid, 'SIGKILL')
  expect((await run).details.cause).toBe('killed from outside')
  await worker.kill()
  const idle = await load({ main: countingModel() })
  process.kill(idle.pid, 'SIGTERM')
  expect((await failureOf(idle.run(endless, never))).details.cause).toBe('killed from outside')
  await idle.kill()
})

test('a worker that is stopped says that it was stopped', async () => {
  const worker = await load({ main: countingModel() })
  const run = failureOf(worker.run(endless, never))
  await worker.kill()
  expect((await run).code).toBe('ABORTED')
})

test('a worker says what it gave up, and is gone when it is stopped', async () => {
  const worker = await load({ main: additionModel() })
  expect(worker.narrowing.probe).not.toBe('')
  await worker.kill()
  expect(() => process.kill(worker.pid, 0)).toThrowError(/ESRCH/)
})
