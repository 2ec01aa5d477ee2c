import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildProgram } from '../../../../tools/testing/killed-process.ts'
import { openKernel, SystemCallError } from '../../src/sandbox/native/kernel.ts'
import { architectures } from '../../src/sandbox/seccomp/system-calls.ts'
import { countingModel, echoModel, expansionModel, externalModel, productModel } from '../models.ts'

const canNarrow = (): boolean => {
  if (process.platform !== 'linux' || !architectures.some((known) => known === process.arch)) return false
  try {
    createRequire(import.meta.url)('koffi')
    return true
  } catch {
    return false
  }
}
const without = canNarrow() ? '' : ' (skipped: needs Linux on x64 or arm64, and koffi)'

const folders: string[] = []
const build = (name: string): string => {
  const program = buildProgram(new URL(name, import.meta.url), ['koffi', 'onnxruntime-node'])
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(dirname(program), 'node_modules'))
  folders.push(dirname(program))
  return program
}
let [starter, program] = ['', '']
beforeAll(() => {
  starter = build('start-process.ts')
  program = build('narrow-process.ts')
  const { main, externalData } = externalModel(Float32Array.of(10, 20))
  const models = {
    product: productModel(256),
    echo: echoModel(),
    expansion: expansionModel(),
    counting: countingModel(),
    external: main,
    weights: externalData?.[0]?.data ?? new Uint8Array(0),
  }
  for (const [name, bytes] of Object.entries(models)) writeFileSync(join(dirname(program), name), bytes)
})
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const start = (before: readonly string[], environment: Readonly<Record<string, string>>) => {
  const words = [...before, program, dirname(program)]
  const child = spawn(process.execPath, words, { env: { ...process.env, ...environment }, stdio: 'pipe' })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(`${signal ?? code}`))
  })
  return { child, ended, complaint: () => complaint }
}

test.runIf(without === '')(`a narrowed worker answers as before, and nothing else${without}`, async () => {
  const { child, ended, complaint } = start([starter, process.execPath], {})
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    child.once('exit', (code, signal) => reject(new Error(`ended by ${signal ?? code}: ${complaint()}`)))
  })
  expect(JSON.parse(line)).toEqual({
    narrowing: {
      how: expect.stringMatching(/^seccomp: a filter of \d+ instructions on every thread$/),
      probe: 'open /dev/null: opened before, EPERM after',
    },
    inferences: ['same'],
    texts: ['é', ''],
    sum: [11, 22],
    stolen: 'MODEL_MALFORMED',
    sizes: [1_000, 1_000_000, 20_000_000],
    bomb: 'LIMIT_EXCEEDED',
    compiled: expect.any(Number),
    kept: 50_000,
    refused: {
      open: 'EPERM',
      openOnAnotherThread: 'EPERM',
      write: 'EPERM',
      list: 'EPERM',
      ask: 'EPERM',
      program: 'EPERM',
      again: 'ISOLATION_UNAVAILABLE',
    },
  })
  // The host sees what a worker could only claim: the kernel's own word on every thread.
  const threads = readdirSync(`/proc/${child.pid}/task`)
  expect(threads.length).toBeGreaterThan(4)
  for (const thread of threads) {
    expect(readFileSync(`/proc/${child.pid}/task/${thread}/status`, 'utf8')).toMatch(/^Seccomp_filters:\s+[2-9]$/m)
  }
  child.stdin.end()
  expect(await ended).toBe('0')
})

/** Why no ring can be made here; empty where one can. */
const withoutRing = (): string => {
  if (without !== '') return without
  try {
    openKernel().call('io_uring_setup', 0, null)
  } catch (error) {
    const isForbidden = error instanceof SystemCallError && ['EPERM', 'ENOSYS'].includes(error.code)
    if (isForbidden) return ' (skipped: this host lets nobody make an io_uring)'
  }
  return ''
}

test.runIf(withoutRing() === '')(
  `a worker that holds an io_uring is not narrowed: no filter sees what it asks${withoutRing()}`,
  async () => {
    const { child, ended, complaint } = start([], { UV_USE_IO_URING: '1' })
    child.stdout.resume()
    child.stdin.end()
    const how = await ended
    expect([how, complaint()]).toEqual(['1', expect.stringContaining('an io_uring, which no filter holds back')])
  },
)
