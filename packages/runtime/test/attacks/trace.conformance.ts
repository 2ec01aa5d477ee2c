import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Tensor } from '@nootropic/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type IsolationStep, isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { loadWorker } from '../../src/sandbox/loaded-worker.ts'
import { createMailboxes } from '../../src/sandbox/mailboxes.ts'
import { findWorkerFiles, type WorkerFiles } from '../../src/sandbox/worker-files.ts'
import { startWorker } from '../../src/sandbox/worker-process.ts'
import { productModel } from '../models.ts'
import { tools, withoutFirstBubblewrap, withoutLandlock } from '../sandbox/host.ts'

// What a worker asks the kernel for while it comes up, loads a model and runs it, as strace(1) sees it; without the canary,
// which tries what is forbidden.

const directory = mkdtempSync(join(tmpdir(), 'nootropic-trace-'))
afterAll(() => rmSync(directory, { recursive: true }))

let files: WorkerFiles
beforeAll(async () => {
  try {
    execFileSync('strace', ['--version'], { stdio: 'ignore' })
  } catch (cause) {
    throw new Error('expected strace; install it with: apt install strace', { cause })
  }
  files = await findWorkerFiles()
})

const limits = defaultSandboxLimits
const isolation = { level: 'none', layers: {} } as never
const { signal: never } = new AbortController()

const rows = (count: number): Tensor => ({
  type: 'float32',
  dims: [count, 256],
  data: new Float32Array(count * 256).fill(1),
})

/** Calls of several threads at once stand in two pieces: each pair becomes one line. */
const joinCalls = (lines: readonly string[]): string[] => {
  const begun = new Map<string, string>()
  return lines.flatMap((line) => {
    const [thread = ''] = line.split(' ')
    if (line.endsWith(' <unfinished ...>')) {
      begun.set(thread, line.slice(0, -' <unfinished ...>'.length))
      return []
    }
    const [resumed] = /<\.\.\. \w+ resumed>/.exec(line) ?? []
    if (resumed === undefined) return [line]
    return [`${begun.get(thread) ?? thread}${line.slice(line.indexOf(resumed) + resumed.length)}`]
  })
}

/** Loads a model and runs it on inputs that travel in either way; every call of the worker itself, a line each. */
const trace = async (step: IsolationStep): Promise<string[]> => {
  const log = join(directory, `${step.name}.log`)
  const calls = 'trace=%network,%file,execve,io_uring_setup,memfd_create'
  const words = ['strace', '-f', '-qq', '-s', '256', '-e', calls, '-o', log]
  const traced = { ...step, command: (found: WorkerFiles) => [...words, ...step.command(found)] }
  const environment = { ...step.environment, PATH: process.env.PATH ?? '' }
  const startTraced = async () => ({
    process: startWorker({ ...traced, environment }, files, { limits, mailboxes: createMailboxes(limits) }),
    isolation,
    proveServing: async () => isolation,
  })
  const worker = await loadWorker(
    { lendModel: (use) => use({ main: productModel(256) }), threads: 2, limits, startWorker: startTraced },
    never,
  )
  for (const count of [1, 1, 600, 600]) {
    const { products } = await worker.run({ rows: rows(count) }, never)
    expect(products?.dims).toEqual([count, 256])
  }
  await worker.kill()
  const lines = joinCalls(readFileSync(log, 'utf8').split('\n'))
  const start = lines.findLastIndex((line) => / execve\(.*\/worker\.m?js"\]/.test(line))
  expect(start).toBeGreaterThan(-1)
  const processOf = (line: string): string | undefined => line.split(' ')[0]
  const own = processOf(lines[start] ?? '')
  // bubblewrap's own processes go on beside the worker; they have called before.
  const others = new Set(
    lines
      .slice(0, start)
      .map(processOf)
      .filter((id) => id !== own),
  )
  return lines.slice(start + 1).filter((line) => /^\d+ +\w+\(/.test(line) && !others.has(processOf(line)))
}

interface Call {
  readonly name: string
  readonly path: string
  readonly flags: string
  readonly isRefused: boolean
}

const parseCall = (line: string): Call => ({
  name: /^\d+ +(\w+)/.exec(line)?.[1] ?? line,
  path: /"([^"]*)"/.exec(line)?.[1] ?? '',
  flags: /\bO_[A-Z_|]+/.exec(line)?.[0] ?? '',
  isRefused: / = -1 E/.test(line),
})

const isBelow = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}/`))

/** What Node and onnxruntime ask about the machine that they are on. */
const machine = [
  '/proc/cpuinfo',
  '/proc/meminfo',
  '/proc/self',
  '/sys/devices/system/cpu',
  '/sys/bus/pci/devices',
  '/sys/fs/cgroup',
]
/** What the loader, OpenSSL and the second filter's proof ask for. */
const shared = ['/etc/ld.so.cache', '/etc/ssl/openssl.cnf', '/dev/null', '/dev/urandom']

/** What a worker may open, from what its way of being started makes reachable. */
const placesOf = (wall: string): string[] => {
  const { node, program, packages, libraries } = files
  const common = [...libraries, ...libraries.map((path) => realpathSync(path)), ...shared]
  if (wall === 'bubblewrap') return [...common, '/rt/node', '/rt/app', '/proc']
  // Everything goes by the numbers of what was opened for it.
  if (wall === 'Landlock') return [...common, node, '/proc/self/fd']
  const modules = join(dirname(dirname(program)), 'node_modules')
  const own = [program, join(dirname(program), 'package.json'), join(dirname(dirname(program)), 'package.json')]
  const beside = packages.map(({ directory }) => dirname(directory))
  return [...common, node, modules, ...own, ...packages.map(({ directory }) => directory), ...beside, ...machine]
}

/** Where a package's description is looked for, and libraries, in vain. */
const isSearch = (path: string): boolean =>
  path.endsWith('/package.json') || files.libraries.some((library) => isBelow(path, [dirname(library)]))

const asking = [
  'access',
  'faccessat',
  'faccessat2',
  'getcwd',
  'lstat',
  'newfstatat',
  'readlink',
  'readlinkat',
  'stat',
  'statx',
]
const ofOwnSockets = ['getsockname', 'getsockopt']
// The first is the second filter's question whether there is a ring; it is refused.
const elsewhere = ['io_uring_setup']

const walls = [
  ['bubblewrap', withoutFirstBubblewrap],
  ['Landlock', withoutLandlock],
  ['plain', ''],
] as const

for (const [wall, skipped] of walls) {
  test.skipIf(skipped)(`under ${wall} a worker makes no socket and opens nothing but its files${skipped}`, async () => {
    const step = isolationSteps(tools, limits).find(({ name }) => name.startsWith(wall))
    if (step === undefined) throw new Error(`expected ${wall} on this host`)
    const calls = (await trace(step)).map(parseCall)
    const opens = calls.filter(({ name }) => name === 'open' || name === 'openat')
    expect(opens.length).toBeGreaterThan(40)
    const known = [...asking, ...ofOwnSockets, ...elsewhere, 'open', 'openat']
    expect(calls.filter(({ name }) => !known.includes(name))).toEqual([])
    expect(opens.filter(({ flags }) => /O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)/.test(flags))).toEqual([])
    const places = placesOf(wall)
    expect(opens.filter(({ path, isRefused }) => !isRefused && !isBelow(path, places))).toEqual([])
    const inVain = opens.filter(({ isRefused }) => isRefused)
    expect(inVain.filter(({ path }) => !isBelow(path, [...places, ...machine]) && !isSearch(path))).toEqual([])
  })
}
