import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { cgroupLimits, prepareCgroup } from '../../src/sandbox/cgroup.ts'
import { cgroupFiles } from '../../src/sandbox/cgroup-files.ts'
import type { CgroupPlace } from '../../src/sandbox/cgroup-places.ts'
import { startIsolatedWorker } from '../../src/sandbox/isolate.ts'
import { isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { loadWorker } from '../../src/sandbox/loaded-worker.ts'
import { findWorkerFiles } from '../../src/sandbox/worker-files.ts'
import { failureOf } from '../failure.ts'
import { additionModel } from '../models.ts'
import { tools } from './host.ts'

// Version 1 of this host, below the group that these tests are in: what they bound is bounded above as well.
const ownGroup = (controller: string): string => {
  const path =
    new RegExp(`^\\d+:${controller}:(.*)$`, 'm').exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? 'none'
  return join('/sys/fs/cgroup', controller, path)
}
const realPlaces = (['memory', 'pids'] as const).map(
  (controller): CgroupPlace => ({ version: 1, directory: ownGroup(controller), controllers: [controller] }),
)
const withoutGroups = realPlaces.every(
  ({ directory }) => existsSync(join(directory, 'tasks')) && cgroupFiles.isWritable(join(directory, 'tasks')),
)
  ? ''
  : ' (skipped: needs version 1 of control groups, and to be root)'
const groupsOf = (place: CgroupPlace) =>
  existsSync(place.directory) ? readdirSync(place.directory).filter((name) => name.includes(`-${process.pid}-`)) : []
afterAll(() => expect(realPlaces.flatMap(groupsOf), 'groups left behind').toEqual([]))

const emptied = () => expect.poll(() => realPlaces.flatMap(groupsOf), { timeout: 5000 }).toEqual([])

test.skipIf(withoutGroups)(
  `a real process is ended when its group has no memory left, and told from one that was killed${withoutGroups}`,
  async () => {
    const cgroup = prepareCgroup({ memoryBytes: 96 * 1024 ** 2, tasks: 64 }, realPlaces)
    expect(cgroup?.bounds).toEqual(['memory.limit_in_bytes 100663296', 'pids.max 64'])
    const script =
      'process.stdin.once("data", () => { const held = []; for (;;) held.push(Buffer.alloc(8 * 1024 ** 2, 1)) })'
    const greedy = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'ignore'] })
    onTestFinished(() => void greedy.kill('SIGKILL'))
    cgroup?.enter(greedy.pid ?? -1)
    expect(cgroup?.memoryKills()).toBe(0)
    greedy.stdin?.write('go')
    const signal = await new Promise((resolve) => greedy.once('exit', (_, found) => resolve(found)))
    expect([signal, (cgroup?.memoryKills() ?? 0) > 0]).toEqual(['SIGKILL', true])
    cgroup?.remove()
    await emptied()
  },
)

test.skipIf(withoutGroups)(`a real group holds a process to its number of threads${withoutGroups}`, async () => {
  const cgroup = prepareCgroup({ memoryBytes: 2 ** 30, tasks: 16 }, realPlaces)
  const script = `process.stdin.once("data", () => {
    const { status } = require("node:child_process").spawnSync("sh", ["-c", "for i in $(seq 40); do sleep 0.3 & done; wait"])
    process.stdout.write(String(status))
  })`
  const many = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'ignore'] })
  onTestFinished(() => void many.kill('SIGKILL'))
  cgroup?.enter(many.pid ?? -1)
  many.stdin?.write('go')
  const answer = await new Promise<string>((resolve) => many.stdout?.once('data', (chunk) => resolve(String(chunk))))
  many.kill('SIGKILL')
  expect(answer).not.toBe('0')
  cgroup?.remove()
  await emptied()
})

test.skipIf(withoutGroups)(
  `a worker is in its group before it sees a model, and the report says what is bounded${withoutGroups}`,
  async () => {
    const files = await findWorkerFiles()
    const { signal: stop } = new AbortController()
    const sandboxLimits = defaultSandboxLimits
    const start = (cgroups?: readonly CgroupPlace[]) =>
      startIsolatedWorker({
        ...{
          required: 'standard',
          steps: isolationSteps(tools, sandboxLimits),
          tools,
          files,
          limits: sandboxLimits,
          stop,
        },
        ...(cgroups === undefined ? {} : { cgroups }),
      })
    const bare = await start()
    expect(bare.isolation.layers.memory.how).not.toContain('control group')
    await bare.process.kill()
    const worker = await loadWorker(
      {
        lendModel: (use) => use({ main: additionModel() }),
        threads: 1,
        limits: sandboxLimits,
        startWorker: () => start(realPlaces),
      },
      stop,
    )
    const { memoryBytes, tasks } = cgroupLimits(sandboxLimits)
    const bounds = `control group: memory.limit_in_bytes ${memoryBytes}, pids.max ${tasks}`
    expect([worker.isolation.level, worker.isolation.layers.memory]).toEqual([
      'strong',
      expect.objectContaining({ state: 'enforced', how: expect.stringContaining(bounds) }),
    ])
    for (const place of realPlaces) {
      const [name = ''] = groupsOf(place)
      const inside = readFileSync(join(place.directory, name, 'cgroup.procs'), 'utf8')
      expect(inside.split('\n').length).toBeGreaterThan(1)
      expect(inside.split('\n')).toContain(`${worker.pid}`)
    }
    await worker.kill()
    await emptied()
  },
)

test.skipIf(withoutGroups)(
  `a run that its group ends for memory died of the run: it is not given to another worker for ever${withoutGroups}`,
  async () => {
    const files = await findWorkerFiles()
    const { signal: stop } = new AbortController()
    // Less than what the worker holds already: it ends at its next breath.
    const sandboxLimits = { ...defaultSandboxLimits, memoryBytes: 1024 ** 3 }
    const places = realPlaces.map((place) => ({ ...place }))
    const worker = await startIsolatedWorker({
      ...{
        required: 'standard',
        steps: isolationSteps(tools, sandboxLimits),
        tools,
        files,
        limits: sandboxLimits,
        stop,
        cgroups: places,
      },
    })
    const [place] = realPlaces
    const [name = ''] = place === undefined ? [] : groupsOf(place)
    cgroupFiles.write(join(place?.directory ?? '', name, 'memory.limit_in_bytes'), `${1024 ** 2}`)
    const error = await failureOf(
      loadWorker(
        {
          lendModel: (use) => use({ main: additionModel() }),
          threads: 1,
          limits: sandboxLimits,
          startWorker: async () => worker,
        },
        stop,
      ),
    )
    expect([error.code, error.details.cause]).toEqual(['WORKER_FAILED', 'died of the run'])
    expect(error.message).toContain('more memory than its control group may')
    await emptied()
  },
)
