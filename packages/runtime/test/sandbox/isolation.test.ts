import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, expect, test } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import type { IsolationLayer } from '../../src/sandbox/isolation.ts'
import { type IsolationStep, isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { createSandboxOver } from '../../src/sandbox/sandbox.ts'
import { failureOf } from '../failure.ts'
import { tools, withoutBubblewrap, withoutPrlimit } from './host.ts'

const steps = isolationSteps(tools, defaultSandboxLimits)
// As root the step that stays root: nobody cannot read a Node that stands in a directory of root's alone.
const bubblewrap = steps.findLast(({ name }) => name.startsWith('bubblewrap'))

test.skipIf(withoutBubblewrap)(
  `inside bubblewrap the canary reaches nothing of the host${withoutBubblewrap}`,
  async () => {
    process.env.NOOTROPIC_TEST_SECRET = 'not for a model'
    const { level, layers } = await createSandbox({ require: 'standard' }).probe()
    delete process.env.NOOTROPIC_TEST_SECRET
    expect(level).toBe('standard')
    for (const layer of ['namespaces', 'filesystem', 'network', 'environment', 'memory', 'descriptors'] as const) {
      expect([layer, layers[layer].state]).toEqual([layer, 'enforced'])
    }
    expect(layers.filesystem.probe).toContain('read /etc/passwd: ENOENT')
    expect(layers.network.probe).toMatch(/^connect 127\.0\.0\.1: E/)
  },
)

// A step that says it encloses and does not: each sabotage takes one protection away and leaves the claim.
const without =
  (...flags: string[]) =>
  (command: readonly string[]): string[] =>
    command.filter((word) => !flags.includes(word))
const withAlso =
  (...words: string[]) =>
  (command: readonly string[]): string[] => {
    const place = command.indexOf('--proc')
    return [...command.slice(0, place), ...words, ...command.slice(place)]
  }
const withoutPrefix =
  (prefix: string) =>
  (command: readonly string[]): string[] =>
    command.filter((word) => !word.startsWith(prefix))

const sabotages: [IsolationLayer, string, (command: readonly string[]) => string[]][] = [
  ['network', 'the network of the host', without('--unshare-net')],
  ['namespaces', 'the processes of the host', without('--unshare-pid')],
  ['filesystem', 'the files of the host, to read', withAlso('--ro-bind', '/etc', '/etc')],
  ['filesystem', 'the files of the host, to write', withAlso('--bind', tmpdir(), tmpdir())],
  ['environment', 'a secret in the environment', withAlso('--setenv', 'SECRET', 'x')],
  ['memory', 'any amount of memory', withoutPrefix('--data=')],
  ['descriptors', 'any number of files', withoutPrefix('--nofile=')],
]

for (const [layer, what, sabotage] of sabotages) {
  test.skipIf(withoutBubblewrap)(`a sandbox that leaves a model ${what} is refused${withoutBubblewrap}`, async () => {
    if (bubblewrap === undefined) throw new Error('expected a bubblewrap step')
    const broken: IsolationStep = { ...bubblewrap, command: (files) => sabotage(bubblewrap.command(files)) }
    const error = await failureOf(createSandboxOver(tools, [broken], { require: 'none' }).probe())
    expect(error.code).toBe('ISOLATION_UNAVAILABLE')
    expect(error.message).toContain('the canary got through ')
    expect(error.message.split(/got through |, /)).toContainEqual(expect.stringMatching(`^${layer} `))
  })
}

const asRoot = steps.find(({ name }) => name === 'bubblewrap as root')
const notRoot = asRoot === undefined ? `${withoutBubblewrap || ' (skipped: this user is not root)'}` : ''

test.skipIf(asRoot === undefined)(`a worker that is root outside is not called unprivileged${notRoot}`, async () => {
  if (asRoot === undefined) return
  const { layers } = await createSandboxOver(tools, [asRoot], {}).probe()
  expect(layers.privileges).toMatchObject({
    state: 'unavailable',
    probe: expect.stringContaining('user 0 on the host'),
  })
})

test.skipIf(withoutPrlimit)(
  `without bubblewrap the limits are what is proved, and only by name accepted${withoutPrlimit}`,
  async () => {
    const { bwrap: _, ...others } = tools
    const poor = isolationSteps(others, defaultSandboxLimits)
    const error = await failureOf(createSandboxOver(others, poor, {}).probe())
    expect(error.code).toBe('ISOLATION_UNAVAILABLE')
    expect(error.message).toContain('apt install bubblewrap')
    expect(error.message).toContain("require: 'limits-only'")
    const { level, layers } = await createSandboxOver(others, poor, { require: 'limits-only' }).probe()
    expect(level).toBe('limits-only')
    expect(layers.memory.state).toBe('enforced')
    expect(layers.network).toMatchObject({ state: 'unavailable', how: 'nothing', probe: 'connect 127.0.0.1: accepted' })
    expect(layers.filesystem.state).toBe('unavailable')
  },
)

test('on a bare host nothing is claimed, and nothing runs unless that is accepted by name', async () => {
  const bare = { platform: 'linux', isRoot: false } as const
  const plain = isolationSteps(bare, defaultSandboxLimits)
  const error = await failureOf(createSandboxOver(bare, plain, { require: 'limits-only' }).probe())
  expect(error.message).toContain('apt install bubblewrap util-linux')
  expect(error.message).toContain("require: 'none'")
  const { level, layers } = await createSandboxOver(bare, plain, { require: 'none' }).probe()
  expect([level, layers.environment.state, layers.memory.state]).toEqual(['none', 'enforced', 'unavailable'])
})

test('on macOS and Windows no isolation is claimed', () => {
  for (const platform of ['darwin', 'win32'] as const) {
    const found = isolationSteps({ ...tools, platform }, defaultSandboxLimits)
    expect(found.map(({ name, claims }) => [name, Object.keys(claims)])).toEqual([['plain process', ['environment']]])
  }
})

test('a program that fails to start is a reason, not a crash', async () => {
  const broken: IsolationStep = { name: 'broken', claims: {}, command: () => ['/nonexistent/bwrap'], environment: {} }
  const error = await failureOf(createSandboxOver(tools, [broken], { require: 'none' }).probe())
  expect(error.code).toBe('ISOLATION_UNAVAILABLE')
  expect(error.message).toContain('ENOENT')
  expect(error.message).toContain('mend what stands in brackets')
})

const bait = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`nootropic-bait-${process.pid}-`))
afterAll(() => {
  expect(bait(), 'bait left behind').toEqual([])
})
