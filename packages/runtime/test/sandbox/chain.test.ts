import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { afterAll, expect, test } from 'vitest'
import type { HostTools } from '../../src/sandbox/host-tools.ts'
import { startIsolatedWorker } from '../../src/sandbox/isolate.ts'
import { type IsolationStep, isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { loadWorker } from '../../src/sandbox/loaded-worker.ts'
import { createSandboxOver } from '../../src/sandbox/sandbox.ts'
import { findWorkerFiles } from '../../src/sandbox/worker-files.ts'
import { failureOf } from '../failure.ts'
import { additionModel } from '../models.ts'
import { tools, withoutBubblewrap, withoutLandlock, withoutPrlimit, withoutRoot } from './host.ts'
import { probeElsewhere } from './probe-elsewhere.ts'

const limits = defaultSandboxLimits
const directory = mkdtempSync(join(tmpdir(), 'nootropic-chain-'))
chmodSync(directory, 0o755)
afterAll(() => rmSync(directory, { recursive: true }))

const sandboxOver = (host: HostTools, required: 'strong' | 'standard' | 'limits-only' | 'none') =>
  createSandboxOver(host, isolationSteps(host, limits), { require: required })

/** A program in bubblewrap's place that fails as it does. */
const failingBubblewrap = (complaint: string): string => {
  const path = join(directory, `bwrap-${complaint.length}`)
  writeFileSync(path, `#!/bin/sh\necho "bwrap: ${complaint}" >&2\nexit 1\n`)
  chmodSync(path, 0o755)
  return path
}

const complaints = [
  'loopback: Failed RTM_NEWADDR: Operation not permitted',
  'setting up uid map: Permission denied',
  'No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.',
]
for (const complaint of complaints) {
  test.skipIf(withoutLandlock)(
    `where bubblewrap says "${complaint.slice(0, 40)}" Landlock serves, and the report says why${withoutLandlock}`,
    async () => {
      const report = await sandboxOver({ ...tools, bwrap: failingBubblewrap(complaint) }, 'strong').probe()
      expect(report).toMatchObject({ level: 'strong', way: expect.stringMatching(/^Landlock/) })
      expect(report.passedOver[0]?.way).toMatch(/^bubblewrap/)
      expect(report.passedOver[0]?.reason).toContain(complaint)
      expect(report.passedOver[0]?.reason).toContain('install the AppArmor profile bwrap-userns-restrict')
      expect(report.passedOver[0]?.reason).toContain('kernel.unprivileged_userns_clone=1')
    },
  )
}

const nested = withoutBubblewrap || withoutLandlock
test.skipIf(nested)(`where namespaces are forbidden, as in a container, Landlock serves${nested}`, async () => {
  const container = [
    tools.bwrap ?? '',
    '--bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--bind',
    '/tmp',
    '/tmp',
  ]
  // One user, who is not root, and no further user namespaces.
  const forbidding = ['--unshare-user', '--disable-userns', '--uid', '1000', '--gid', '1000', '--']
  const [told] = await probeElsewhere([...container, ...forbidding])
  expect(told).toMatchObject({ user: 1000, level: 'strong', way: 'Landlock', failed: [], sum: [11, 22, 33] })
  expect(told?.passedOver[0]?.reason).toContain('bwrap')
})

const hidden = withoutRoot || withoutLandlock
test.skipIf(hidden)(`root's own directories are shut to nobody, and its worker runs from there${hidden}`, async () => {
  const found = await findWorkerFiles()
  const home = join(directory, 'root')
  mkdirSync(home, { mode: 0o700 })
  const copy = (from: string, name: string): string => {
    cpSync(from, join(home, name), { recursive: true, dereference: true })
    return join(home, name)
  }
  const files = {
    ...found,
    program: copy(found.program, 'worker.js'),
    // The largest stays: to copy it takes seconds.
    packages: found.packages.map(({ name, directory: from }, index) => ({
      name,
      directory: name === 'onnxruntime-node' ? from : copy(from, String(index)),
    })),
  }
  const { signal: stop } = new AbortController()
  const steps = isolationSteps(tools, limits)
  const startWorker = () => startIsolatedWorker({ required: 'strong', steps, tools, files, limits, stop })
  const worker = await loadWorker(
    { lendModel: (use) => use({ main: additionModel() }), threads: 1, limits, startWorker },
    stop,
  )
  expect(worker.isolation).toMatchObject({ level: 'strong', way: 'Landlock as nobody' })
  const row = { type: 'float32', dims: [1, 3], data: Float32Array.of(1, 2, 3) } as const
  expect((await worker.run({ left: row, right: row }, stop)).sum?.data).toEqual(Float32Array.of(2, 4, 6))
  await worker.kill()
})

test.skipIf(withoutPrlimit)(
  `without a wall the limits are what is proved, and only by name accepted${withoutPrlimit}`,
  async () => {
    const { bwrap: _, landlock: __, launcher: ___, ...others } = tools
    const error = await failureOf(sandboxOver(others, 'standard').probe())
    expect(error.code).toBe('ISOLATION_UNAVAILABLE')
    expect(error.message).toContain('apt install bubblewrap, or npm i koffi')
    expect(error.message).toContain("require: 'limits-only'")
    const { level, layers } = await sandboxOver(others, 'limits-only').probe()
    expect(level).toBe('limits-only')
    expect(layers.memory.state).toBe('enforced')
    expect(layers.network).toMatchObject({
      ...{ state: 'unavailable', how: 'nothing' },
      probe: 'connect to 127.0.0.1, connect to a socket of the host: done',
    })
    expect(layers.filesystem.state).toBe('unavailable')
    const waive = ['namespaces', 'landlock', 'filesystem', 'network'] as const
    const waived = createSandboxOver(others, isolationSteps(others, limits), { require: 'standard', waive })
    // What is proved is said as it is.
    expect((await waived.probe()).level).toBe('limits-only')
  },
)

test.skipIf(withoutLandlock)(`limits need no program but the launcher${withoutLandlock}`, async () => {
  const { bwrap: _, landlock: __, prlimit: ___, setpriv: ____, ...others } = tools
  const { level, way, layers } = await sandboxOver(others, 'limits-only').probe()
  expect([level, way, layers.memory.state, layers.descriptors.state]).toEqual([
    ...['limits-only', 'limits', 'enforced', 'enforced'],
  ])
})

test('on a bare host nothing is claimed, and nothing runs unless that is accepted by name', async () => {
  const bare = { platform: 'linux', isRoot: false } as const
  const error = await failureOf(sandboxOver(bare, 'limits-only').probe())
  expect(error.message).toContain('apt install bubblewrap util-linux, or npm i koffi')
  expect(error.message).toContain("require: 'none'")
  const { level, layers } = await sandboxOver(bare, 'none').probe()
  expect([level, layers.environment.state, layers.memory.state]).toEqual(['none', 'enforced', 'unavailable'])
})

test('a kernel without Landlock is named where only that is missing', async () => {
  const host = { platform: 'linux', isRoot: false, launcher: '/launcher.js' } as const
  const error = await failureOf(createSandboxOver(host, [], { require: 'strong' }).probe())
  expect(error.message).toContain('Linux 5.13 or later with landlock among the modules of its boot parameter lsm=')
})

test('on macOS and Windows no isolation is claimed, and nothing starts', async () => {
  for (const platform of ['darwin', 'win32'] as const) {
    const host = { ...tools, platform }
    const found = isolationSteps(host, limits)
    expect(found.map(({ name, claims }) => [name, Object.keys(claims)])).toEqual([['plain process', ['environment']]])
    const error = await failureOf(sandboxOver(host, 'limits-only').probe())
    expect(error.message).toContain(`no isolation is built for ${platform} yet`)
  }
})

test('a program that fails to start is a reason, not a crash', async () => {
  const broken: IsolationStep = { name: 'broken', claims: {}, command: () => ['/nonexistent/bwrap'], environment: {} }
  const error = await failureOf(createSandboxOver(tools, [broken], { require: 'none' }).probe())
  expect(error.code).toBe('ISOLATION_UNAVAILABLE')
  expect(error.message).toContain('ENOENT')
  expect(error.message).toContain('mend what stands in brackets')
})

const withTemporaryDirectory = async (path: string, use: () => Promise<void>): Promise<void> => {
  const before = process.env.TMPDIR
  process.env.TMPDIR = path
  try {
    await use()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

test('where no temporary file can be made, nothing starts, and the reason says what to set', () =>
  withTemporaryDirectory('/nonexistent', async () => {
    const error = await failureOf(sandboxOver(tools, 'none').probe())
    expect(error.code).toBe('ISOLATION_UNAVAILABLE')
    expect(error.message).toMatch(/expected to .* \/nonexistent.* ENOENT.*set TMPDIR/)
  }))

test.skipIf(withoutLandlock)(`temporary files may have long names${withoutLandlock}`, () => {
  const long = join(directory, 'long'.repeat(30))
  mkdirSync(long)
  return withTemporaryDirectory(long, async () => {
    const { bwrap: _, ...others } = tools
    expect((await sandboxOver(others, 'strong').probe()).level).toBe('strong')
  })
})

test('a host that is no good is asked before every worker, and none starts', async () => {
  const refused = new NootropicError('ISOLATION_UNAVAILABLE', 'expected a container with walls; give it some')
  let asked = 0
  const sandbox = createSandboxOver(tools, isolationSteps(tools, limits), {
    require: 'none',
    verifyHost() {
      asked += 1
      throw refused
    },
  })
  for (const _ of [1, 2]) expect(await failureOf(sandbox.open({ main: additionModel() }))).toBe(refused)
  expect(asked).toBe(2)
})
