import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { ModelBytes } from '@nootropic/core'
import { modelBytes } from '@nootropic/core/formats'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createModelWorkers } from '../../src/model-workers.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { markedModel } from '../models.ts'
import { withoutPrlimit } from '../sandbox/host.ts'
import { createHome } from './home.ts'

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())

const mark = ['a', 'mark', 'that', 'stands', 'in', 'the', 'clear', 'model', 'only'].join('-')
// Without a spare: each worker is one decryption, at a time that a test knows.
const sandbox = createSandbox({ require: 'none', pool: { spare: 0 } })
const row = { type: 'float32', dims: [1, 3], data: Float32Array.of(1, 2, 3) } as const
const feeds = { left: row, right: row }

const seal = async () => {
  const vault = await at.open()
  const source = at.write({ 'model.onnx': markedModel(mark) })
  const ref = await vault.sealFrom(source, { name: 'digits', version: '1.0.0' })
  rmSync(source, { recursive: true })
  return { vault, ref }
}

test('what the vault decrypts for a worker is overwritten once the worker has it, and decrypted again for the next', async () => {
  const { vault, ref } = await seal()
  const lent: ModelBytes[] = []
  const session = await sandbox.openLent((use) =>
    vault.lend(ref, (model) => {
      const bytes = modelBytes(model)
      lent.push(bytes)
      return use(bytes)
    }),
  )
  const isWiped = (): boolean => lent.every(({ main }) => main.every((byte) => byte === 0))
  expect([lent.length, isWiped()]).toEqual([1, true])
  expect((await session.run(feeds)).sum?.data).toEqual(Float32Array.of(2, 4, 6))
  const { pid } = session
  process.kill(pid, 'SIGKILL')
  // What is killed may be what holds the worker, which then answers a last time.
  while (session.pid === pid) await session.run(feeds).catch(() => {})
  expect((await session.run(feeds)).sum?.data).toEqual(Float32Array.of(2, 4, 6))
  expect([lent.length, isWiped()]).toEqual([2, true])
  await session.close()
})

test('the workers of an executor get lent bytes, also where a session asks for them once only', async () => {
  const { vault, ref } = await seal()
  const lent: Uint8Array[] = []
  const open = async ({ main }: ModelBytes) => {
    expect(Buffer.from(main).includes(mark)).toBe(true)
    lent.push(main)
    return sandbox.open({ main: Uint8Array.from(main) })
  }
  for (const sessions of [{ open }, sandbox]) {
    const workers = createModelWorkers({ vault, sessions })
    expect((await (await workers.session(ref)).run(feeds)).sum?.data[2]).toBe(6)
    await workers.closeAll()
  }
  expect(lent).toHaveLength(1)
  expect(lent[0]?.every((byte) => byte === 0)).toBe(true)
})

const parentOf = (pid: string): string | undefined => {
  try {
    return /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

test.skipIf(withoutPrlimit)(`a worker that crashes dumps no core${withoutPrlimit}`, async () => {
  const session = await sandbox.open({ main: markedModel(mark) })
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const family = new Set([String(session.pid)])
  // bubblewrap starts the worker as its grandchild.
  for (const _ of ['child', 'grandchild']) for (const pid of pids) if (family.has(parentOf(pid) ?? '')) family.add(pid)
  for (const pid of family) {
    // 1 byte: Linux then writes no file and starts no program of core_pattern either.
    expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max core file size\s+1\s+1\s/m)
  }
  expect(session.isolation.layers.coreDumps).toEqual({ state: 'enforced', how: 'RLIMIT_CORE', probe: 'limit 1 B' })
  await session.close()
})

const strace = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'strace'))
  .find(existsSync)
// Without strace nothing can be seen; the reason shows in the test's name.
const withoutStrace = strace === undefined ? ' (skipped: strace is not installed; `apt install strace`)' : ''

/** Where a process, and those that it starts, wrote the mark: files by their names, other things by their kind. */
const trace = async (digest: string, what: 'run' | 'export'): Promise<string[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-trace-'))
  try {
    const output = join(directory, 'trace')
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
    const program = fileURLToPath(new URL('load-process.ts', import.meta.url))
    const node = [process.execPath, '--conditions=@nootropic/source', '--import', tsx, program, at.home, digest, what]
    const calls = 'trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,mmap'
    await promisify(execFile)(strace ?? '', ['-f', '-y', '-qq', '-s', '100000', '-e', calls, '-o', output, ...node], {
      // What is written through a ring is no system call that can be seen.
      env: { ...process.env, UV_USE_IO_URING: '0' },
    })
    const lines = readFileSync(output, 'utf8').split('\n')
    // The mailboxes are memory without a file, and hold tensors only (sandbox/loaded-worker.test.ts).
    const mapped = lines.filter((line) => /mmap\(.*PROT_WRITE.*MAP_SHARED.*\d<\/(?!memfd:nootropic>)/.test(line))
    expect(mapped).toEqual([])
    return lines
      .filter((line) => line.includes(mark))
      .map((line) => /\(\d+<([^>]*)>/.exec(line)?.[1] ?? line.slice(0, 80))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test.skipIf(strace === undefined)(
  `to load and run a sealed model writes its clear bytes to its worker's pipe, and to no file${withoutStrace}`,
  async () => {
    const { ref } = await seal()
    const places = await trace(ref.digest, 'run')
    expect(places.length).toBeGreaterThan(0)
    for (const place of places) expect(place).toMatch(/^(pipe|socket|UNIX|UNIX-STREAM):/)
    // The test of the test: an export does write a file.
    expect(await trace(ref.digest, 'export')).toEqual([expect.stringMatching(/\.exported\.unsealing-.*model\.onnx$/)])
  },
)
