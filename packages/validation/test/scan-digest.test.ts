import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { sha256, systemClock } from '@nootropic/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBudget } from '../src/scan/budget.ts'
import { digestOf } from '../src/scan/digest.ts'
import { hashBeside } from '../src/scan/digest-thread.ts'
import { scan, scanLimits } from '../src/scan/index.ts'
import { bytesSource, fileSource } from '../src/scan/source.ts'

let directory = ''
let path = ''
let started: Worker[] = []
const remember = (worker: Worker): void => {
  started.push(worker)
}
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-digest-'))
  path = join(directory, 'model.bin')
  started = []
  process.on('worker', remember)
})
afterEach(() => {
  process.off('worker', remember)
  // A thread that has ended has no number.
  expect(started.map(({ threadId }) => threadId)).toEqual(started.map(() => -1))
  rmSync(directory, { recursive: true, force: true })
})

const mebibyte = 2 ** 20
const budget = createBudget(scanLimits, 0, systemClock)
const nothing = async (): Promise<void> => {}

/** A file of zeros that takes no room. */
const writeZeros = (size: number): void => {
  writeFileSync(path, '')
  truncateSync(path, size)
}

const withOpenFile = async <Result>(file: string, use: (descriptor: number) => Promise<Result>): Promise<Result> => {
  const descriptor = openSync(file, 'r')
  try {
    return await use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

test('a thread and this one find the digest of the whole file', async () => {
  for (const size of [0, 1, mebibyte, 3 * mebibyte + 7]) {
    const bytes = Buffer.alloc(size, 'weights')
    writeFileSync(path, bytes)
    expect(await digestOf(bytesSource(bytes))).toBe(sha256(bytes))
    const beside = await withOpenFile(path, (descriptor) =>
      hashBeside({ path, descriptor, size }, budget, async () => 'done'),
    )
    expect(beside).toEqual({ digest: sha256(bytes), result: 'done' })
  }
})

test('a file that was cut short has no digest in a thread, and that of what is left in this one', async () => {
  writeFileSync(path, 'weights')
  await withOpenFile(path, async (descriptor) => {
    const size = 5 * mebibyte
    await expect(hashBeside({ path, descriptor, size }, budget, nothing)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/model\.bin whole; it became shorter/),
    })
    expect(await digestOf(fileSource(descriptor, size))).toBe(sha256('weights'))
  })
})

test('what a thread cannot read is told with its reason', async () => {
  await withOpenFile(directory, async (descriptor) => {
    const hashing = hashBeside({ path: directory, descriptor, size: 1 }, budget, nothing)
    await expect(hashing).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('EISDIR'),
    })
  })
})

test.skipIf(process.platform !== 'linux')('a file whose bytes cannot be read is named', async () => {
  await expect(scan('/proc/self/mem')).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringMatching(/\/proc\/self\/mem .*EIO/),
  })
})

test('an error of the work, the time and an abort end the thread', async () => {
  writeZeros(64 * 2 ** 30)
  const size = 64 * 2 ** 30
  await withOpenFile(path, async (descriptor) => {
    const fail = async (): Promise<never> => {
      throw new Error('the work failed')
    }
    await expect(hashBeside({ path, descriptor, size }, budget, fail)).rejects.toThrow('the work failed')

    let nowMs = 0
    const clock = { ...systemClock, monotonicMs: () => nowMs }
    const short = createBudget({ ...scanLimits, milliseconds: 10, millisecondsPerGibibyte: 0 }, size, clock)
    const pass = async (): Promise<void> => {
      nowMs = 11
    }
    await expect(hashBeside({ path, descriptor, size }, short, pass)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })

    const aborting = createBudget(scanLimits, size, systemClock, AbortSignal.abort(new Error('not now')))
    await expect(hashBeside({ path, descriptor, size }, aborting, nothing)).rejects.toThrow('not now')
  })
  expect(started).toHaveLength(3)
})

test('a digest that came while the work took all the time counts', async () => {
  writeFileSync(path, 'weights')
  let nowMs = 0
  const clock = { ...systemClock, monotonicMs: () => nowMs }
  const short = createBudget({ ...scanLimits, milliseconds: 10, millisecondsPerGibibyte: 0 }, 0, clock)
  const { digest } = await withOpenFile(path, (descriptor) =>
    hashBeside({ path, descriptor, size: 7 }, short, async () => {
      const worker = await new Promise<Worker>((resolve) => process.once('worker', resolve))
      await new Promise((resolve) => worker.once('exit', resolve))
      nowMs = 11
    }),
  )
  expect(digest).toBe(sha256('weights'))
})

test('a large file is hashed beside its scan, one at a time, unless a cache needs the digest first', async () => {
  writeZeros(128 * mebibyte)
  const [first, second] = await Promise.all([scan(path), scan(path)])
  expect(started).toHaveLength(1)
  const cached = await scan(path, { cache: join(directory, 'cache') })
  expect(started).toHaveLength(1)
  const digest = await withOpenFile(path, (descriptor) => digestOf(fileSource(descriptor, 128 * mebibyte)))
  expect([first, second, cached].map(({ subject }) => subject.digest)).toEqual([digest, digest, digest])
  expect(first.verdict).toBe(cached.verdict)
})

test('a smaller file is hashed in this thread', async () => {
  writeZeros(65 * mebibyte)
  await scan(path)
  expect(started).toEqual([])
})

test('a large file that changes while it is scanned is refused', async () => {
  writeZeros(128 * mebibyte)
  const scanning = scan(path)
  appendFileSync(path, 'more')
  await expect(scanning).rejects.toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringMatching(/changed/) })
  expect(started).toHaveLength(1)
})

test('a thread, such as one of the pool, starts none of its own', async () => {
  writeZeros(128 * mebibyte)
  const program = createRequire(import.meta.url).resolve('@nootropic/validation/scan-worker')
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
    let threads = 0
    process.on('worker', () => { threads += 1 })
    import(workerData.program)
      .then(({ scanTask }) => scanTask({ path: workerData.path, options: {} }))
      .then(({ report }) => parentPort.postMessage({ threads, digest: report.subject.digest }))`,
    { eval: true, workerData: { program, path }, execArgv: [] },
  )
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await exited
  const digest = await withOpenFile(path, (descriptor) => digestOf(fileSource(descriptor, 128 * mebibyte)))
  expect(answer).toEqual({ threads: 0, digest })
})
