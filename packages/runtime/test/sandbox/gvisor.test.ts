import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor } from '@nootropic/core'
import { afterAll, expect, test, vi } from 'vitest'
import type { LaunchOrder } from '../../src/launcher/order.ts'
import type { Bundles } from '../../src/sandbox/bundles.ts'
import type { BundleConfig } from '../../src/sandbox/gvisor/bundle.ts'
import type { HostTools } from '../../src/sandbox/host-tools.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import type { IsolationLayer } from '../../src/sandbox/isolation.ts'
import { gvisorSteps, type IsolationStep, isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { createSandboxOver } from '../../src/sandbox/sandbox.ts'
import { findWorkerFiles, type WorkerFiles } from '../../src/sandbox/worker-files.ts'
import { failureOf } from '../failure.ts'
import { additionModel, countingModel, expansionModel } from '../models.ts'
import { family, isRunning } from './family.ts'
import { tools, withoutGvisor } from './host.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-runsc-'))
chmodSync(directory, 0o755)
afterAll(() => rmSync(directory, { recursive: true }))

const bundles = () =>
  readdirSync(tmpdir()).filter((name) => name.includes(`-${process.pid}-`) && name.includes('gvisor'))
afterAll(() => vi.waitFor(() => expect(bundles(), 'bundles left behind').toEqual([])))

const row = (...data: number[]): Tensor => ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) })
const trips = (count: bigint): Record<string, Tensor> => ({
  trips: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
})

const held: readonly IsolationLayer[] = [
  ...(['gvisor', 'filesystem', 'network', 'systemCalls', 'processes', 'signals', 'memory', 'descriptors'] as const),
  ...(['coreDumps', 'environment', 'privileges', 'servingCalls'] as const),
]

test.skipIf(withoutGvisor)(`a model under gVisor is isolated strongly, layer by layer${withoutGvisor}`, async () => {
  const session = await createSandbox({ runner: 'gvisor', require: 'strong' }).open({ main: additionModel() })
  const { level, way, layers } = session.isolation
  const { sum } = await session.run({ left: row(1, 2, 3), right: row(10, 20, 30) })
  await session.close()
  expect(sum?.data).toEqual(Float32Array.of(11, 22, 33))
  expect([level, way]).toEqual(['strong', expect.stringMatching(/^gVisor/)])
  for (const layer of held) expect([layer, layers[layer].state]).toEqual([layer, 'enforced'])
  expect(layers.servingCalls.probe).toMatch(/open \/dev\/null, .*: EPERM$/)
})

test.skipIf(withoutGvisor)(`tensors that are larger than a frame's usual go by frames${withoutGvisor}`, async () => {
  const session = await createSandbox({ runner: 'gvisor' }).open({ main: expansionModel() })
  const count = 1_000_000n
  const { expanded } = await session.run({
    value: { type: 'float32', dims: [1], data: Float32Array.of(7) },
    shape: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
  })
  await session.close()
  expect(expanded?.dims).toEqual([1_000_000])
  expect(expanded?.data).toEqual(new Float32Array(1_000_000).fill(7))
})

test.skipIf(withoutGvisor)(
  `a deadline ends every process of gVisor, and the next run is served${withoutGvisor}`,
  async () => {
    const session = await createSandbox({ runner: 'gvisor', pool: { spare: 0 } }).open({ main: countingModel() })
    const processes = family(session.pid)
    expect(processes.length).toBeGreaterThan(3)
    expect((await failureOf(session.run(trips(2n ** 62n), { deadlineMs: 100 }))).code).toBe('DEADLINE_EXCEEDED')
    await vi.waitFor(() => expect(processes.filter(isRunning), 'left behind').toEqual([]), { timeout: 5000 })
    expect((await session.run(trips(5n))).counted?.data).toEqual(BigInt64Array.of(5n))
    const others = family(session.pid)
    await session.close()
    await vi.waitFor(() => expect(others.filter(isRunning), 'left behind').toEqual([]), { timeout: 5000 })
  },
)

test('without runsc nothing starts, and the error says what to install', async () => {
  const { runsc: _, ...others } = tools
  const steps = gvisorSteps(others, defaultSandboxLimits)
  const error = await failureOf(createSandboxOver(others, steps, { runner: 'gvisor', require: 'none' }).probe())
  expect([steps, error.code]).toEqual([[], 'ISOLATION_UNAVAILABLE'])
  expect(error.message).toContain('install what is missing: gVisor (apt install runsc')
})

test('gVisor is no way that is tried for want of another', () => {
  expect(isolationSteps(tools, defaultSandboxLimits).filter(({ name }) => name.startsWith('gVisor'))).toEqual([])
})

/** A program in the place of runsc. */
const inPlaceOfRunsc = (name: string, script: string): HostTools => {
  const runsc = join(directory, name)
  writeFileSync(runsc, `#!/bin/sh\n${script}\n`)
  chmodSync(runsc, 0o755)
  return { ...tools, runsc }
}

const reasonUnder = async (host: HostTools): Promise<string> => {
  const steps = gvisorSteps(host, defaultSandboxLimits)
  const error = await failureOf(createSandboxOver(host, steps, { runner: 'gvisor', require: 'none' }).probe())
  expect(error.code).toBe('ISOLATION_UNAVAILABLE')
  return error.message
}

test.skipIf(withoutGvisor)(
  `where runsc gets no users of its own, the error says what to set${withoutGvisor}`,
  async () => {
    const complaint =
      'Error executing inside namespace: re-executing self: fork/exec /proc/self/exe: operation not permitted'
    const reason = await reasonUnder(inPlaceOfRunsc('without-users', `echo '${complaint}' >&2; exit 128`))
    expect(reason).toContain(complaint)
    expect(reason).toContain('user.max_user_namespaces')
  },
)

test.skipIf(withoutGvisor)(`a runsc that only says it is one is refused${withoutGvisor}`, async () => {
  const { node, program } = await findWorkerFiles()
  const reason = await reasonUnder(inPlaceOfRunsc('pretender', `exec '${node}' '${program}'`))
  expect(reason).toContain('the canary got through gvisor (')
})

// Each sabotage takes one protection away and leaves the claim: the start must fail and name the layer.
type Sabotage = readonly [layer: IsolationLayer, what: string, change: (step: IsolationStep) => IsolationStep]

const outside =
  (change: (order: LaunchOrder) => LaunchOrder) =>
  (step: IsolationStep): IsolationStep => ({
    ...step,
    command: (files, bundle) => {
      const [node = '', launcher = '', text = ''] = step.command(files, bundle)
      return [node, launcher, JSON.stringify(change(JSON.parse(text)))]
    },
  })
type Changed = Omit<BundleConfig, 'process'> & { process: { args: string[] } }
const bundled =
  (change: (config: Changed) => unknown) =>
  (step: IsolationStep): IsolationStep & { readonly bundles: Bundles } => {
    const make = (files: WorkerFiles): string => {
      const bundle = step.bundles?.make(files) ?? ''
      const place = join(bundle, 'config.json')
      writeFileSync(place, JSON.stringify(change(JSON.parse(readFileSync(place, 'utf8')))))
      return bundle
    }
    return { ...step, bundles: { make, remove: (bundle) => step.bundles?.remove(bundle) } }
  }
const inside = (change: (order: LaunchOrder) => LaunchOrder) =>
  bundled(({ process: { args, ...process }, ...config }) => {
    const [node = '', launcher = '', text = ''] = args
    return { ...config, process: { ...process, args: [node, launcher, JSON.stringify(change(JSON.parse(text)))] } }
  })
const withoutMount = (destination: string) =>
  bundled((config) => ({ ...config, mounts: config.mounts.filter((mount) => mount.destination !== destination) }))
const unfiltered = inside((order) => ({ ...order, filter: false }))

const withHostNetwork = (step: IsolationStep): IsolationStep => {
  const joining = bundled(({ linux, ...config }) => ({
    ...config,
    linux: { namespaces: linux.namespaces.filter(({ type }) => type !== 'network') },
  }))
  return outside((order) => ({
    ...order,
    words: order.words.map((word, index) => (order.words[index - 1] === '--network' ? 'host' : word)),
  }))(joining(step))
}
const withEtc = (step: IsolationStep): IsolationStep => {
  const changed = bundled((config) => ({
    ...config,
    mounts: [...config.mounts, { destination: '/etc', type: 'bind', source: '/etc', options: ['ro', 'rbind'] }],
  }))(step)
  const make: typeof changed.bundles.make = (files) => {
    const bundle = changed.bundles.make(files)
    mkdirSync(join(bundle, 'rootfs/etc'))
    return bundle
  }
  return { ...changed, bundles: { ...changed.bundles, make } }
}

const sabotages: readonly Sabotage[] = [
  ['filesystem', 'a directory to write', (step) => withoutMount('/tmp')(unfiltered(step))],
  ['filesystem', 'the files of the host', withEtc],
  ['network', 'the network of the host', (step) => withHostNetwork(unfiltered(step))],
  ['systemCalls', 'every system call', unfiltered],
  ['processes', 'processes of its own', unfiltered],
  ['memory', 'any amount of memory', inside(({ privateBytes: _, ...order }) => order)],
  [
    'memory',
    'any amount of memory of its kernel',
    outside((order) => ({ ...order, limits: order.limits.filter(([resource]) => resource !== 2) })),
  ],
  ['descriptors', 'any number of files', inside((order) => ({ ...order, limits: [] }))],
  [
    'environment',
    'a secret in the environment',
    inside((order) => ({ ...order, environment: { ...order.environment, SECRET: 'x' } })),
  ],
  [
    'coreDumps',
    'a core dump',
    outside((order) => ({ ...order, limits: [...order.limits.filter(([resource]) => resource !== 4), [4, 2]] })),
  ],
]
for (const [layer, what, sabotage] of sabotages) {
  test.skipIf(withoutGvisor)(
    `gVisor that leaves a model ${what} is refused for its ${layer}${withoutGvisor}`,
    async () => {
      const steps = gvisorSteps(tools, defaultSandboxLimits).map(sabotage)
      const error = await failureOf(createSandboxOver(tools, steps, { runner: 'gvisor', require: 'none' }).probe())
      expect(error.code).toBe('ISOLATION_UNAVAILABLE')
      expect(error.message.split(/got through |\), /)).toContainEqual(expect.stringMatching(`^${layer} `))
    },
  )
}
