// What isolation adds to a run: the same models and inputs in this process, by `createSandbox` as it is built, in a worker of
// each strong layer that this host offers, and in a plain child process behind `child_process`'s own messages (advanced
// serialization), in turns. Needs the built worker and launcher.
// Run: npx tsx packages/runtime/bench/sandbox.ts [part of a case's name]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Tensor } from '@nootropic/core'
import { createNode, createOnnxModel, createTensor, createValueInfo, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { createSandbox } from '@nootropic/runtime/sandbox'
import { median } from '../../../tools/bench/cost.ts'
import { findHostTools } from '../src/sandbox/host-tools.ts'
import { startIsolatedWorker } from '../src/sandbox/isolate.ts'
import { type IsolationStep, isolationSteps } from '../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits as limits } from '../src/sandbox/limits.ts'
import { loadWorker } from '../src/sandbox/loaded-worker.ts'
import { findWorkerFiles } from '../src/sandbox/worker-files.ts'

type Feeds = Record<string, Tensor>

/** Somewhere that a model runs. */
interface Place {
  run(feeds: Feeds): Promise<unknown>
  close(): Promise<void>
}

const openHere = async (main: Uint8Array): Promise<Place> => {
  const session = await createInProcessSessions().open({ main })
  return { run: (feeds) => session.run(feeds), close: () => session.close() }
}

// The rival's child: this program, started anew.
if (process.argv[2] === 'rival') {
  let place: Place | undefined
  process.on('message', async ({ main, feeds }: { main?: Uint8Array; feeds?: Feeds }) => {
    if (main !== undefined) place = await openHere(main)
    process.send?.(feeds === undefined ? {} : await place?.run(feeds))
  })
  await once(process, 'disconnect')
  process.exit()
}

const openRival = async (main: Uint8Array): Promise<Place> => {
  const child = fork(fileURLToPath(import.meta.url), ['rival'], { serialization: 'advanced' })
  const ask = async (message: object): Promise<unknown> => {
    child.send(message)
    return (await once(child, 'message'))[0]
  }
  await ask({ main })
  return {
    run: (feeds) => ask({ feeds }),
    async close() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

const tools = findHostTools()
const files = await findWorkerFiles()
const { signal: never } = new AbortController()

const openIsolated = async (step: IsolationStep, main: Uint8Array) =>
  loadWorker(
    {
      lendModel: (use) => use({ main }),
      threads: 1,
      limits,
      startWorker: (stop) => startIsolatedWorker({ required: 'none', steps: [step], tools, files, limits, stop }),
    },
    never,
  )

const steps = isolationSteps(tools, limits)
const layers = ['bubblewrap', 'Landlock'].flatMap((name) => steps.find((step) => step.name.startsWith(name)) ?? [])
const ways: Record<string, (main: Uint8Array) => Promise<Place>> = {
  'in process': openHere,
  // What users have: the built package, with pool, deadlines and checks of inputs; the layers below are run from source. A
  // spare worker is started once, which start.ts is about.
  createSandbox: (main) => createSandbox({ require: 'none', pool: { spare: 0 } }).open({ main }),
}
for (const step of layers.length > 0 ? layers : steps.slice(0, 1)) {
  ways[step.name] = async (main) => {
    const worker = await openIsolated(step, main)
    return { run: (feeds) => worker.run(feeds, never), close: () => worker.kill() }
  }
}
ways['advanced IPC'] = openRival

const columns = 1024
const weights = createTensor({
  name: 'weights',
  type: 'float32',
  dims: [columns, columns],
  data: new Float32Array(columns * columns).fill(0.001),
})

/** The operators one after the other, each on what the one before gives. */
const chain = (operators: readonly string[], output: (number | string)[]): Uint8Array =>
  writeOnnx(
    createOnnxModel({
      operatorSets: { '': 13 },
      graph: {
        name: 'bench',
        node: operators.map((operator, index) => {
          const from = index === 0 ? 'x' : `x${index}`
          const to = index === operators.length - 1 ? 'y' : `x${index + 1}`
          return createNode(operator, operator === 'MatMul' ? [from, 'weights'] : [from], [to])
        }),
        input: [createValueInfo({ name: 'x', type: 'float32', dims: ['rows', columns] })],
        output: [createValueInfo({ name: 'y', type: 'float32', dims: output })],
        initializer: operators.includes('MatMul') ? [weights] : [],
      },
    }),
  )

const feedsOf = (rows: number): Feeds => ({
  x: { type: 'float32', dims: [rows, columns], data: new Float32Array(rows * columns).fill(1) },
})

const work = (products: number): Uint8Array => chain([...Array(products).fill('MatMul'), 'ReduceMean'], [1, 1])

const cases = [
  { name: '4 KiB in and out', main: chain(['Relu'], ['rows', columns]), rows: 1, warm: 160, turns: 40, runs: 20 },
  { name: '588 KiB in, 4 B out', main: chain(['ReduceMean'], [1, 1]), rows: 147, warm: 160, turns: 40, runs: 20 },
  { name: '588 KiB in, 4 B out, more work', main: work(4), rows: 147, warm: 40, turns: 12, runs: 15 },
  { name: '588 KiB in and out', main: chain(['Relu'], ['rows', columns]), rows: 147, warm: 160, turns: 40, runs: 10 },
  {
    name: '16 MiB in and out, Relu',
    main: chain(['Relu'], ['rows', columns]),
    rows: 4096,
    warm: 12,
    turns: 6,
    runs: 8,
  },
  {
    name: '16 MiB in and out, Identity',
    main: chain(['Identity'], ['rows', columns]),
    rows: 4096,
    warm: 12,
    turns: 6,
    runs: 8,
  },
]

const print = (cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`)

const timeOf = async (place: Place, feeds: Feeds): Promise<number> => {
  const begun = performance.now()
  await place.run(feeds)
  return performance.now() - begun
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Runs at the start of each turn that do not count. */
const unmeasured = 5

/** The medians of every way, in milliseconds. */
const measure = async ({ main, rows, warm, turns, runs }: (typeof cases)[number]): Promise<Map<string, number>> => {
  const feeds = feedsOf(rows)
  const places: [name: string, place: Place, times: number[]][] = []
  for (const [name, open] of Object.entries(ways)) places.push([name, await open(main), []])
  // V8 goes on compiling for thousands of runs, in every process.
  for (let turn = -warm; turn < turns; turn += 1) {
    for (const [, place, times] of places) {
      // What the way before left to be collected, and its bytes in the caches, are not this one's.
      collectGarbage()
      for (let run = -unmeasured; run < runs; run += 1) {
        const elapsed = await timeOf(place, feeds)
        if (turn >= 0 && run >= 0) times.push(elapsed)
      }
    }
  }
  await Promise.all(places.map(([, place]) => place.close()))
  return new Map(places.map(([name, , times]) => [name, median(times)]))
}

process.stdout.write('Milliseconds of one run, median of turns; added: to the run in this process.\n\n')
print(['run', 'way', 'ms', 'added', 'against in process', 'against advanced IPC'])
print(['---', '---', '---:', '---:', '---:', '---:'])
for (const one of cases.filter(({ name }) => name.includes(process.argv[2] ?? ''))) {
  const medians = await measure(one)
  const [here = Number.NaN, rival = Number.NaN] = [medians.get('in process'), medians.get('advanced IPC')]
  for (const [way, ms] of medians) {
    print([
      one.name,
      way,
      ...[ms, ms - here].map((value) => value.toFixed(3)),
      ...[ms / here, ms / rival].map((value) => value.toFixed(2)),
    ])
  }
}

// A run of some 200 ms, and how late the timers of this process are meanwhile.
const feeds = feedsOf(147)
const calibration = await openHere(work(8))
await calibration.run(feeds)
const long = work(Math.max(1, Math.round((8 * 200) / (await timeOf(calibration, feeds)))))
await calibration.close()

process.stdout.write('\nHow late the timers of this process are while runs go on, in milliseconds.\n\n')
print(['way', 'one run', 'median', 'p99', 'most'])
print(['---', '---:', '---:', '---:', '---:'])
for (const [name, open] of Object.entries(ways)) {
  const place = await open(long)
  await place.run(feeds)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const times: number[] = []
  for (let run = 0; run < 10; run += 1) times.push(await timeOf(place, feeds))
  delay.disable()
  const late = [delay.percentile(50), delay.percentile(99), delay.max].map((nanoseconds) =>
    (nanoseconds / 1e6).toFixed(1),
  )
  print([name, median(times).toFixed(0), ...late])
  await place.close()
}
