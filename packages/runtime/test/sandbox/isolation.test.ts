import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, expect, test } from 'vitest'
import type { LaunchOrder } from '../../src/launcher/order.ts'
import { startIsolatedWorker } from '../../src/sandbox/isolate.ts'
import type { IsolationLayer } from '../../src/sandbox/isolation.ts'
import { type IsolationStep, isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits, stackBytes } from '../../src/sandbox/limits.ts'
import { createSandboxOver } from '../../src/sandbox/sandbox.ts'
import { findWorkerFiles } from '../../src/sandbox/worker-files.ts'
import { failureOf } from '../failure.ts'
import { additionModel } from '../models.ts'
import { tools, withoutFirstBubblewrap, withoutLandlock, withoutRoot } from './host.ts'

const steps = isolationSteps(tools, defaultSandboxLimits)
const stepOf = (wall: string, pick: 'first' | 'last'): IsolationStep => {
  const found = steps.filter(({ name }) => name.startsWith(wall))
  const step = pick === 'first' ? found[0] : found.at(-1)
  if (step === undefined) throw new Error(`expected a step of ${wall}`)
  return step
}

const held: readonly IsolationLayer[] = [
  ...(['filesystem', 'network', 'systemCalls', 'processes', 'signals', 'memory', 'descriptors'] as const),
  ...(['coreDumps', 'environment', 'privileges', 'servingCalls'] as const),
]

const walls = [
  ['bubblewrap', 'namespaces', withoutFirstBubblewrap],
  ['Landlock', 'landlock', withoutLandlock],
] as const

for (const [name, wall, isSkipped] of walls) {
  test.skipIf(isSkipped)(`a model under ${name} is isolated strongly, layer by layer${isSkipped}`, async () => {
    process.env.NOOTROPIC_TEST_SECRET = 'not for a model'
    const sandbox = createSandboxOver(tools, [stepOf(name, 'first')], { require: 'strong' })
    const session = await sandbox.open({ main: additionModel() })
    delete process.env.NOOTROPIC_TEST_SECRET
    const { level, way, layers } = session.isolation
    await session.close()
    expect([level, way]).toEqual(['strong', stepOf(name, 'first').name])
    for (const layer of [wall, ...held]) expect([layer, layers[layer].state]).toEqual([layer, 'enforced'])
    expect(layers.systemCalls.probe).toMatch(/^seccomp mode 2; .*socket, .*ptrace, .*: EPERM; clone3: ENOSYS$/)
    expect(layers.servingCalls.probe).toMatch(/open \/dev\/null, .*: EPERM$/)
  })
}

// Each sabotage takes one protection away and leaves the claim: the start must fail and name the layer.
type Sabotage = readonly [layer: IsolationLayer, what: string, change: (step: IsolationStep) => IsolationStep]

const words =
  (change: (command: readonly string[]) => readonly string[]) =>
  (step: IsolationStep): IsolationStep => ({ ...step, command: (files) => change(step.command(files)) })
const without = (...flags: string[]) => words((command) => command.filter((word) => !flags.includes(word)))
const withoutPrefix = (prefix: string) => words((command) => command.filter((word) => !word.startsWith(prefix)))
const withAlso = (...more: string[]) =>
  words((command) => {
    const place = command.indexOf('--proc')
    return [...command.slice(0, place), ...more, ...command.slice(place)]
  })
const withoutFilter = ({ filter: _, ...step }: IsolationStep): IsolationStep => without('--seccomp', '3')(step)
const claiming = (step: IsolationStep): IsolationStep => ({
  ...step,
  claims: { ...step.claims, privileges: 'claimed' },
})

// Twice as large: threads take as much each, and must still fit into what memory is allowed.
const bigStackBytes = 2 * stackBytes
const bigStack = `--stack=${bigStackBytes}:${bigStackBytes}`

const bubblewrapSabotages: readonly Sabotage[] = [
  ['network', 'the network of the host', (step) => without('--unshare-net')(withoutFilter(step))],
  ['namespaces', 'the processes of the host', without('--unshare-pid')],
  ['filesystem', 'the files of the host, to read', withAlso('--ro-bind', '/etc', '/etc')],
  [
    'filesystem',
    'the files of the host, to write',
    (step) => withAlso('--bind', tmpdir(), tmpdir())(withoutFilter(step)),
  ],
  ['systemCalls', 'every system call', withoutFilter],
  ['processes', 'processes of its own', withoutFilter],
  ['environment', 'a secret in the environment', withAlso('--setenv', 'SECRET', 'x')],
  ['signals', 'the processes of the host', (step) => without('--unshare-pid')(withoutFilter(step))],
  ['memory', 'any amount of memory', withoutPrefix('--data=')],
  ['memory', 'a stack of any size', words((command) => command.map((word) => word.replace(/^--stack=.*/, bigStack)))],
  ['descriptors', 'any number of files', withoutPrefix('--nofile=')],
  // Not by its absence: the host itself may have none.
  ['coreDumps', 'a core dump', words((command) => command.map((word) => word.replace('--core=1:1', '--core=2:2')))],
]

const order = (change: (order: LaunchOrder) => LaunchOrder) =>
  words(([node = '', launcher = '', text = '']) => [node, launcher, JSON.stringify(change(JSON.parse(text)))])
const reaching = (path: string, rights: readonly ('readFile' | 'readDirectory')[]) =>
  order((given) => ({ ...given, reachable: [...(given.reachable ?? []), { path, rights }] }))
const withoutLimit = (resource: number) =>
  order((given) => ({ ...given, limits: given.limits.filter(([number]) => number !== resource) }))
const isNoCore = ([number]: readonly [number, number]): boolean => number !== 4
/** No domain: the worker is started as if there were no walls. */
const outside = (step: IsolationStep): IsolationStep => ({
  ...step,
  command: (files) =>
    order(({ reachable: _, ...given }) => ({ ...given, program: files.node, words: ['node', files.program] }))(
      step,
    ).command(files),
})
const unfiltered = order((given) => ({ ...given, filter: false }))

const landlockSabotages: readonly Sabotage[] = [
  ['landlock', 'outside of every domain', outside],
  ['landlock', 'the names of files', reaching('/', ['readDirectory'])],
  ['filesystem', 'the files of the host, to read', reaching('/etc', ['readFile'])],
  ['network', 'the network of the host', (step) => unfiltered(outside(step))],
  ['signals', 'the processes of the host', (step) => unfiltered(outside(step))],
  ['systemCalls', 'every system call', unfiltered],
  ['processes', 'processes of its own', unfiltered],
  [
    'environment',
    'a secret in the environment',
    order((given) => ({ ...given, environment: { ...given.environment, SECRET: 'x' } })),
  ],
  ['memory', 'any amount of memory', withoutLimit(2)],
  [
    'memory',
    'a stack of any size',
    order((given) => ({ ...given, limits: [...given.limits.filter(([number]) => number !== 3), [3, bigStackBytes]] })),
  ],
  ['descriptors', 'any number of files', withoutLimit(7)],
  ['coreDumps', 'a core dump', order((given) => ({ ...given, limits: [...given.limits.filter(isNoCore), [4, 2]] }))],
]

const expectRefused = async (step: IsolationStep, layer: IsolationLayer): Promise<void> => {
  const error = await failureOf(createSandboxOver(tools, [step], { require: 'none' }).probe())
  expect(error.code).toBe('ISOLATION_UNAVAILABLE')
  expect(error.message).toContain('the canary got through ')
  expect(error.message.split(/got through |\), /)).toContainEqual(expect.stringMatching(`^${layer} `))
}

for (const [layer, what, sabotage] of bubblewrapSabotages) {
  // As root the step that stays root: nobody cannot read a Node that stands in a directory of root's alone.
  test.skipIf(withoutFirstBubblewrap)(
    `bubblewrap that leaves a model ${what} is refused for its ${layer}${withoutFirstBubblewrap}`,
    () => expectRefused(sabotage(stepOf('bubblewrap', 'last')), layer),
  )
}

for (const [layer, what, sabotage] of landlockSabotages) {
  // As root the step that stays root: whom signals of nobody do not reach, they do not reach for that alone.
  test.skipIf(withoutLandlock)(
    `Landlock that leaves a model ${what} is refused for its ${layer}${withoutLandlock}`,
    () => expectRefused(sabotage(stepOf('Landlock', 'last')), layer),
  )
}

for (const [name, , isSkipped] of walls) {
  const why = isSkipped || withoutRoot
  test.skipIf(why)(`${name} that leaves a worker root outside is refused for its privileges${why}`, () =>
    expectRefused(claiming(stepOf(name, 'last')), 'privileges'),
  )

  test.skipIf(why)(`${name} as root is not called strong${why}`, async () => {
    const { level, layers } = await createSandboxOver(tools, [stepOf(name, 'last')], {}).probe()
    expect(level).toBe('standard')
    const probe = expect.stringContaining('user 0 on the host, capabilities 0000000000000000')
    expect(layers.privileges).toMatchObject({ state: 'unavailable', probe })
  })

  test.skipIf(isSkipped)(`a worker under ${name} that does not narrow itself serves no run${isSkipped}`, async () => {
    const found = await findWorkerFiles()
    // Without koffi it cannot; the claim stays.
    const files = { ...found, packages: found.packages.filter(({ name }) => !name.includes('koffi')) }
    const { signal: stop } = new AbortController()
    const limits = defaultSandboxLimits
    const worker = await startIsolatedWorker({
      ...{ required: 'none', steps: [stepOf(name, 'last')], tools, files, limits, stop },
    })
    const error = await failureOf(worker.proveServing())
    await worker.process.kill()
    expect(error.code).toBe('ISOLATION_UNAVAILABLE')
    expect(error.message).toContain('servingCalls')
  })
}

test.skipIf(withoutLandlock)(`the launcher goes no further than a domain that holds${withoutLandlock}`, async () => {
  const step = reaching('/', ['readFile', 'readDirectory'])(stepOf('Landlock', 'last'))
  const error = await failureOf(createSandboxOver(tools, [step], { require: 'none' }).probe())
  expect(error.message).toContain('launcher: expected Landlock to refuse files (EACCES), found that it does not')
})

const leftBehind = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`nootropic-bait-${process.pid}-`))
afterAll(() => {
  expect(leftBehind(), 'bait left behind').toEqual([])
})
