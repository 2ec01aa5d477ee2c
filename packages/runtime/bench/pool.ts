// What a pool gains by running requests in batches, what a killed worker costs, and how late a deadline is. Sixteen callers ask
// one model, with batches and without, in turns. Needs the built worker and launcher.
// Run: npx tsx packages/runtime/bench/pool.ts [part of a model's name, or delays]
import type { Tensor } from '@nootropic/core'
import { createNode, createOnnxModel, createTensor, createValueInfo, writeOnnx } from '@nootropic/core/formats'
import { createSandbox, type PoolEvent, type SandboxSession } from '@nootropic/runtime/sandbox'
import { median } from '../../../tools/bench/cost.ts'
import { countingModel } from '../test/models.ts'

type Nodes = ReturnType<typeof createNode>[]
type Initializers = ReturnType<typeof createTensor>[]

const model = (node: Nodes, initializer: Initializers, row: number[], output: (number | string)[]): Uint8Array =>
  writeOnnx(
    createOnnxModel({
      operatorSets: { '': 13 },
      graph: {
        name: 'bench',
        node,
        input: [createValueInfo({ name: 'x', type: 'float32', dims: ['n', ...row] })],
        output: [createValueInfo({ name: 'y', type: 'float32', dims: output })],
        initializer,
      },
    }),
  )

const weights = (name: string, ...dims: number[]) =>
  createTensor({
    name,
    type: 'float32',
    dims,
    data: Float32Array.from(
      { length: dims.reduce((product, dim) => product * dim, 1) },
      (_, at) => ((at % 17) - 8) / 64,
    ),
  })

const perceptron = (...widths: number[]): Uint8Array => {
  const last = widths.length - 1
  const nodes = widths.slice(1).flatMap((_, index) => {
    const to = index === last - 1 ? 'y' : `h${index}`
    const from = index === 0 ? 'x' : `r${index - 1}`
    const layer = createNode('Gemm', [from, `w${index}`], [to])
    return index === last - 1 ? [layer] : [layer, createNode('Relu', [to], [`r${index}`])]
  })
  const initializers = widths.slice(1).map((width, index) => weights(`w${index}`, widths[index] ?? 0, width))
  return model(nodes, initializers, [widths[0] ?? 0], ['n', widths[last] ?? 0])
}

const convolution = (channels: number, side: number): Uint8Array =>
  model(
    [createNode('Conv', ['x', 'w'], ['c'], { pads: [1n, 1n, 1n, 1n] }), createNode('Relu', ['c'], ['y'])],
    [weights('w', channels, 3, 3, 3)],
    [3, side, side],
    ['n', channels, side, side],
  )

const models = [
  { name: 'perceptron 64-128-128-10', main: perceptron(64, 128, 128, 10), row: [64] },
  { name: 'perceptron 784-512-512-10', main: perceptron(784, 512, 512, 10), row: [784] },
  { name: 'element by element', main: model([createNode('Relu', ['x'], ['y'])], [], [1024], ['n', 1024]), row: [1024] },
  { name: 'convolution 8 of 32 x 32', main: convolution(8, 32), row: [3, 32, 32] },
  { name: 'convolution 32 of 96 x 96', main: convolution(32, 96), row: [3, 96, 96] },
]

const callers = 16
const asked = 100
const turns = 9

const feedsOf = (row: number[], seed: number): Record<string, Tensor> => {
  const length = row.reduce((product, dim) => product * dim, 1)
  const data = Float32Array.from({ length }, (_, at) => Math.sin(seed + at))
  return { x: { type: 'float32', dims: [1, ...row], data } }
}

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

const askAll = (session: SandboxSession, row: number[]) =>
  Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      const feeds = feedsOf(row, caller)
      for (let question = 0; question < asked; question += 1) await session.run(feeds)
    }),
  )

const print = (cells: readonly (string | number)[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`)

process.stdout.write(`Requests a second of ${callers} callers, median of ${turns} turns.\n\n`)
print(['model', 'without batches', 'with batches', 'gain', 'largest batch'])
print(['---', '---:', '---:', '---:', '---:'])
for (const { name, main, row } of models.filter((one) => one.name.includes(process.argv[2] ?? ''))) {
  let largest = 1
  const onEvent = (event: PoolEvent): void => {
    if (event.type === 'batch-run') largest = Math.max(largest, event.size)
  }
  const [without, batched] = await Promise.all([
    createSandbox({ require: 'none', pool: { batching: false } }).open({ main }),
    createSandbox({ require: 'none', pool: { batching: true } }).open({ main }, { onEvent }),
  ])
  // The trial needs a spare worker, and some time.
  for (const session of [without, batched]) {
    await askAll(session, row)
    while (session.metrics.warm < 2) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await askAll(batched, row)
  while (batched.metrics.warm < 2) await new Promise((resolve) => setTimeout(resolve, 10))
  const times: [number[], number[]] = [[], []]
  for (let turn = 0; turn < turns; turn += 1) {
    times[0].push(await timeOf(() => askAll(without, row)))
    times[1].push(await timeOf(() => askAll(batched, row)))
  }
  const rates = times.map((taken) => (callers * asked * 1000) / median(taken))
  const [alone = Number.NaN, joined = Number.NaN] = rates
  print([name, alone.toFixed(0), joined.toFixed(0), (joined / alone).toFixed(2), largest])
  await Promise.all([without.close(), batched.close()])
}

const percentile = (values: number[], share: number): string =>
  (values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN).toFixed(1)

const printDelays = (title: string, delays: number[]): void => {
  process.stdout.write(`\n${title}\n\n`)
  print(['median', 'p99', 'most'])
  print(['---:', '---:', '---:'])
  print([percentile(delays, 0.5), percentile(delays, 0.99), percentile(delays, 1 - 1e-9)])
}

const isKilled = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    // Killed in the turn before, and not missed yet.
    return false
  }
}

const untilWarm = async (session: SandboxSession): Promise<void> => {
  while (session.metrics.warm < 2) await new Promise((resolve) => setTimeout(resolve, 5))
}

const measureRecovery = async (): Promise<void> => {
  const session = await createSandbox({ require: 'none' }).open({ main: perceptron(64, 128, 128, 10) })
  const feeds = feedsOf([64], 1)
  await session.run(feeds)
  const delays: number[] = []
  while (delays.length < 50) {
    await untilWarm(session)
    const run = session.run(feeds)
    const isCounted = isKilled(session.pid)
    const delay = await timeOf(() => run)
    if (isCounted) delays.push(delay)
  }
  await session.close()
  printDelays('Milliseconds from the kill of a busy worker to the answer of its run, a spare being warm.', delays)
}

const measureOvershoot = async (): Promise<void> => {
  const session = await createSandbox({ require: 'none' }).open({ main: countingModel() })
  const trips = (count: bigint): Record<string, Tensor> => ({
    trips: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
  })
  await session.run(trips(1n))
  const delays: number[] = []
  while (delays.length < 50) {
    await untilWarm(session)
    delays.push((await timeOf(() => session.run(trips(2n ** 62n), { deadlineMs: 100 }).catch(() => {}))) - 100)
  }
  await session.close()
  printDelays('Milliseconds that a run without end goes on after its deadline.', delays)
}

if (process.argv[2] === undefined || process.argv[2] === 'delays') {
  await measureRecovery()
  await measureOvershoot()
}
